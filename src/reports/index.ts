/**
 * Reports (报表): what is read across rooms. It writes nothing.
 *
 * - ledger check (账务核对): every room's proofs and the seals of the books; an offender is named by its row
 * - search box (一框搜): each room's own search behind one door; what somebody may not read is not looked for
 * - household on one page (住户全景): what each room knows of one household, in one light read
 */
export { checkLedger, type LedgerCheck, ledgerCheckProofs, type ProofResult } from "./ledger-check.ts";
export { searchEverything } from "./search.ts";
export { householdOverview } from "./household.ts";
export { householdRoutes } from "./household-routes.ts";
export { reportRoutes } from "./search-routes.ts";
