/**
 * Reports (报表): what is read across rooms. It writes nothing.
 *
 * - ledger check (账务核对): every room's proofs and the seals of the books; an offender is named by its row
 */
export { checkLedger, type LedgerCheck, ledgerCheckProofs, type ProofResult } from "./ledger-check.ts";
