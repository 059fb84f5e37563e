/**
 * Reconciliation (对账): bank files and statements, whether the banks and we agree on a day, and what people decide where
 * we do not.
 *
 * bank day (银行日)         a channel's day as the bank cuts it (日切)
 * bridge (调节表)           from our side to the file's, by class of difference, to the fen
 * break (差错)              长款 bank-only, 短款 ours-only, 金额不符 amount, 重复 duplicate, 户号不明 unknown-account,
 *                          跨日切 day-cut, 状态不符 state; each is a task with an owner
 * suspense (待核销)         money of nobody we know, until it is claimed (认领), returned (退回) or settled (划账)
 * credit (到账)             what the bank put on our account for a day, less its fee (手续费)
 * draft (待导入文件)         a file that was looked at (试算) and waits for somebody's word
 * certificate (对账证明)    the day as it was signed: written once
 */
import type { Route } from "#src/platform/route.ts";
import { breakRoutes } from "./break-routes.ts";
import { dayRoutes } from "./day-routes.ts";
import { defineChannelRoute } from "./define-channel.ts";
import { importRoutes } from "./import-routes.ts";
import { draftRoutes } from "./draft-routes.ts";
import { boardRoute } from "./board-routes.ts";
import { candidateRoutes } from "./candidate-routes.ts";
import { errorFileRoutes } from "./error-file.ts";
import { unprovedRoute } from "./unproved-routes.ts";

export { type Bridge, DIFFERENCE_PARTS, type DifferencePart, type Side } from "./bridge.ts";
export { certifyBankDay } from "./certify-day.ts";
export { recordCreditByHand } from "./credit-by-hand.ts";
export { dayJson } from "./day-json.ts";
export { type ChannelOrder, defineChannel } from "./define-channel.ts";
export type { BankImportReport, BankImportRequest } from "./import-bank-file.ts";
export { importBankFile } from "./import-door.ts";
export { confirmDraft, resumeDrafts } from "./confirm-draft.ts";
export { keepDraft } from "./keep-draft.ts";
export { BANK_RETENTION_DAYS, forgetRefusedFiles } from "./forget-drafts.ts";
export { resumeBankImports } from "./resume-imports.ts";
export { forgetAbandonedLines } from "./forget-staging.ts";
export { bankProofs } from "./proofs.ts";
export { alarmLateFiles, type BankDayView, readBankDay, reconcileBankDay } from "./reconcile-day.ts";
export { type BankCredit, recordBankCredit } from "./record-credit.ts";
export type { Resolution } from "./resolution-table.ts";
export { requestResolution, resolveBreak, type ResolveOrder } from "./resolve-break.ts";
export {
  type CreditDifference,
  requestSettlement,
  type SettleOrder,
  settleSuspense,
} from "./settle-suspense.ts";
export { alarmUnfinished } from "./unfinished.ts";
export { alarmUnproved } from "./unproved.ts";
export { claimSuspense, requestClaim, requestReturn, returnSuspense } from "./suspense.ts";

export const bankRoutes: readonly Route[] = [
  ...importRoutes,
  ...draftRoutes,
  ...errorFileRoutes,
  boardRoute,
  ...dayRoutes,
  ...breakRoutes,
  ...candidateRoutes,
  unprovedRoute,
  defineChannelRoute,
];
