/**
 * Cutover (迁入): a company moves in with the balances of its old system.
 *
 * - opening balance (期初余额): old debts (欠费) by household and season, prepaid (预收), money of nobody (待核销)
 * - trial balance (试算平衡表): three control totals that the file must equal to the fen
 * - 迁移待查: technical accounts for money whose household is not on the roll, until a person finds its home
 * - stop in force (停用), valve (阀门), last receipt number (末次收据号): what the old system knew besides money
 */
export {
  importOpening,
  type OpeningOptions,
  type OpeningReport,
  PENDING_DEBTS,
  PENDING_PREPAID,
} from "./import-opening.ts";
export { OpeningRefused, type TrialBalance } from "./judge-opening.ts";
export { cutoverProofs } from "./proofs.ts";
