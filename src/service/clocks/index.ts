/**
 * Clocks (时限): what a case owes in time.
 *
 * - rule (时限规则): working minutes of a calendar by category, severity, station and season; the most specific one counts
 * - first response (首次响应), on site (到场), solution (办结), call-back (回访), ruling (裁定): counted by rules
 * - referral (转办): due when the order from outside says so; never counted, never paused
 * - pause (暂停计时): for a reason of the list; the clock stands still and is due later by that much working time
 * - due soon (临期), overdue (超时), met (按时), missed (逾期办结)
 */
export { type CaseFacts, chooseRule, type ClockRule, type RuleCriteria } from "./choose-rule.ts";
export {
  cancelClocks,
  type ClockStart,
  type ClockView,
  findClocks,
  findDueClocks,
  type GivenClock,
  hasGivenClock,
  moveGivenClock,
  pauseClocks,
  restoreClocks,
  resumeClocks,
  startClocks,
  startClocksAtEnd,
  type StartedClock,
  startGivenClock,
  stopClock,
  type StoppedClock,
  transferGivenClock,
} from "./clocks.ts";
export { type ClockTerms, dueTimeOf, type Pause, usedMsAt } from "./due-time.ts";
export { loadShareTimes, type SharedClock, shareTimeOf } from "./share-time.ts";
export type { DueClock } from "./queries.ts";
export { recalculateClocks, type Recalculation, reclassifyClocks } from "./recalculate.ts";
export { clockRoutes } from "./routes.ts";
export { retireRule, type RuleInput, setPauseReason, setRule } from "./rules.ts";
export { CLOCK_KINDS, type ClockKind, COUNTED_KINDS, type CountedKind } from "./schema.ts";
