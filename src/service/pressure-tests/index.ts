/**
 * Pressure tests (试压/注水) and cold runs (冷态运行): an operation, not a blast. A home that nobody warned is flooded.
 *
 * - round (试压计划)      what is scheduled together: by station, loop or buildings, with what it has to hold
 * - test (试压)           one building, one window, one table of states
 * - telling (告知)        a week before, the day before, a change, the result: each once for a window, by a notice (通知)
 * - posting (张贴)        paper at a stairwell (单元), proved by its photo; with slips to tear off (回执)
 * - reach (告知率)        homes that know: message delivered, paper, told at the door; every door counts, heated or not
 * - gap (缺口)            a home that nothing reached, on the list to knock on (敲门名单); water comes in when each is named
 * - reading (试压记录)    pressure, hold and drop from the gauge, with a witness (见证人)
 * - leak (漏水)           a case that hangs under its test; isolated (已隔离) before the test may pass
 * - key holder (代管人)   whom somebody finds for a household that will be away (不在家)
 * - re-test (复试)        after a failed one, a test of its own
 */
export { noteAbsence, pressureReplySubscriber } from "./absences.ts";
export { announceDue, announceRound, type Announced, lookAfterUnused } from "./announce.ts";
export { type TestToday, testsOfBuilding } from "./building-tests.ts";
export {
  beginTest,
  cancelTest,
  failTest,
  moveToWindow,
  passTest,
  postponeTest,
  retestTest,
  type TestChanged,
} from "./change-test.ts";
export { windowStandsCheck } from "./claim-check.ts";
export { figuresOfDay, type TestFigures } from "./figures.ts";
export { pressureFirmSubscriber } from "./firms.ts";
export { pressureChangeSubscriber } from "./tell-people.ts";
export { isolateLeak, joinLeak, pressureLeakSubscriber } from "./leaks.ts";
export { type NewRound, type PlannedRound, planRound, type TestWindow } from "./plan-round.ts";
export { pressureProofs } from "./proofs.ts";
export {
  basisPoints,
  gapsOfTest,
  type Reach,
  reachByStairwell,
  reachOfTest,
  reachOfTests,
  sumReach,
} from "./reach.ts";
export { DOORS_OF_WINDOWS } from "./reach-queries.ts";
export { recordDoor, recordPosting, recordReading, setPropertyFirm } from "./record.ts";
export { pressureTestRoutes } from "./routes.ts";
export { formatTestNo, type Round, type Test } from "./schema.ts";
