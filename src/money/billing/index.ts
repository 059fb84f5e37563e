/**
 * Billing (开单): the bills of a season, from the preview to the debt.
 *
 * - bill (账单), bill line (账单行): what a charge point is charged for a season; the line keeps its inputs and says why
 * - candidate (待开账单): what the billing rule makes of a charge point now, or why it makes nothing
 * - bill run (批量开单): checked > posting > posted; resumed after a kill, never repeated
 * - offer (已开单未到期): a bill of a season not yet opened; it falls due (到期) by the season's due rule
 * - cancel (作废): takes a wholly unpaid bill back, with a reason and a second person
 */
export {
  type Bill,
  type BillLine,
  type BillState,
  findBillsOf,
  findLines,
  findPrintFacts,
  type PrintFacts,
} from "./bill-queries.ts";
export { cancelBill, type Cancellation } from "./cancel-bill.ts";
export {
  type BillCandidate,
  type BillRefusal,
  defaultAsOf,
  findCandidates,
  previewBill,
} from "./candidate.ts";
export { type Expectation } from "./check-run.ts";
export { explainBillLine, type LineExplanation } from "./explain.ts";
export { fallDue, type FallDueResult } from "./fall-due.ts";
export { seasonsWithOffersDue } from "./run-queries.ts";
export { resumeBillRuns } from "./resume-runs.ts";
export { ISSUE_CHUNK_ACCOUNTS, issueBillRun, type IssueOptions, type IssueResult } from "./issue-bill-run.ts";
export {
  type BillRunPreview,
  DEFAULT_LIMIT_BASIS_POINTS,
  DEFAULT_LIMIT_FEN,
  previewBillRun,
  type PreviewOptions,
  previewPages,
  previewReason,
  previewRecord,
} from "./preview.ts";
export { PREVIEW_GROUPS, type PreviewGroup, type PreviewRow } from "./preview-queries.ts";
export { billingProofs } from "./proofs.ts";
export { billingRoutes } from "./routes.ts";
export { type BillRun, findRun } from "./run-queries.ts";
export { issueJson, issueOut, lineOut, previewJson, previewOut, runJson } from "./schema.ts";
export { accessBill, billDocument, billJson } from "./view-bill.ts";
