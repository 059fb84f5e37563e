/**
 * Reminders (缴费通知): the ladder of payment notices, the lists of who has to pay, and the letter of demand. What a household is
 * written is called a payment notice, names its amount, and never threatens.
 *
 * ladder (通知阶梯)          the stages of a season, in versions that two people set
 * stage (通知阶段)           bill open (账单已出), gentle (温馨提示), last days (临近截止), valve notice (关阀告知), demand letter (催告函);
 *                           begins on a day of the season calendar and ends where the next one begins
 * pass (执行)               brings the accounts of a day to its stage: each once, never back
 * pause (暂缓)              dispute, payment plan, care, mourning: a hold keeps an account where it is
 * certified day (已核对日)   all channels that collected have certified it: lists of debtors wait for that
 * arrears list (欠费清单)    who has what to pay
 * closing list (关阀名单)    whose valve is closed: own loop, unpaid, told beforehand
 * demand letter (催告函)     what is due, bill by bill, with the proof of its delivery (送达)
 */
import type { Route } from "#src/platform/route.ts";
import { ladderRoutes } from "./ladder-routes.ts";
import { letterRoutes } from "./letter-routes.ts";
import type { ToldOfClosing } from "./closing-list.ts";
import { listRoutes } from "./list-routes.ts";

export { type Advance, ADVANCE_CHUNK_ACCOUNTS, advanceLadder, type AdvanceOptions } from "./advance.ts";
export { collectionsNotCertified, noteCertifiedDay, requireCertified } from "./certified-days.ts";
export {
  CLOSING_VISIT_KIND,
  type ClosingMade,
  makeClosingList,
  TELLING_RESULTS,
  type Told,
  type ToldOfClosing,
  type Verdict,
} from "./closing-list.ts";
export {
  accessLetter,
  letterDocument,
  makeDemandLetter,
  makeDemandLetters,
  recordDelivery,
} from "./demand-letter.ts";
export { type Ladder, nextStageAfter, type Stage, stageOn, stageStartsOn } from "./ladder.ts";
export { arrearsExport, closingExport } from "./list-export.ts";
export { findLadder } from "./ladder-queries.ts";
export { reminderProofs } from "./proofs.ts";
export { paymentsNow, type ReminderRun, reminderRun } from "./reminder-run.ts";
export { advanceJson, advanceOut } from "./schema.ts";
export { LADDER_APPROVAL, type LadderOrder, setLadder } from "./set-ladder.ts";
export { type ReminderNow, remindersNow, stageOf, type Standing } from "./standing.ts";

/** @param toldOfClosing the word of the room that sends (`messages/notices`), which stands above this one */
export const reminderRoutes = (toldOfClosing: ToldOfClosing): readonly Route[] => [
  ...ladderRoutes,
  ...listRoutes(toldOfClosing),
  ...letterRoutes,
];
