/**
 * Ledger (总账): accounts (科目), postings (记账) and transfers (分录), household balances (户余额), accounting days (账务日).
 * docs/postings.md is the table of every posting. Nothing here is updated or deleted; a correction is a new posting.
 *
 * Glossary: receivable 应收, offered 已开单未到期, prepaid 预收, suspense 待核销, clearing 在途, accounting date 入账日,
 * value date 起息日, trial balance 试算平衡表, close the day 日结.
 */
export { closeDay } from "./close-day.ts";
export { postTransfers, type PostTransfers } from "./post-transfers.ts";
export { type GuardWords, postingWords } from "./posting-words.ts";
export { ledgerProofs, type Offender, type Proof, runProofs } from "./proofs.ts";
export {
  dayState,
  type HouseholdBalances,
  householdBalances,
  type LedgerCode,
  lockOpenDay,
  type TransferRow,
  trialBalance,
  type TrialBalanceRow,
} from "./queries.ts";
export { ledgerRoutes } from "./routes.ts";
