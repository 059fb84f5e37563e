/**
 * Reports (报表): what is read across rooms. It writes nothing.
 *
 * - ledger check (账务核对): every room's proofs and the seals of the books; an offender is named by its row
 * - sheet (晨报), board (看板), ledger (台账): figures and grids, each number with the list behind it (明细)
 * - list (明细): the rows behind a number, within the reader's areas; taken along as a table with its purpose
 * - search box (一框搜): each room's own search behind one door; what somebody may not read is not looked for
 * - audit search (审计查询): who did what, asked for and answered by the names and numbers that people know
 * - household on one page (住户全景): what each room knows of one household, in one light read
 * - my day (我的片区今日): what waits in an area manager's areas, in the order in which one walks
 */
import type { Route } from "#src/platform/route.ts";
import { auditSearchRoutes } from "./audit-routes.ts";
import { areaMoveRoutes } from "./area-move-routes.ts";
import { reportListRoutes } from "./report-routes.ts";
import { searchRoutes } from "./search-routes.ts";

export { checkLedger, type LedgerCheck, ledgerCheckProofs, type ProofResult } from "./ledger-check.ts";
export { myDayRoutes } from "./my-day.ts";
export { searchEverything } from "./search.ts";
export { householdOverview } from "./household.ts";
export { householdRoutes } from "./household-routes.ts";
export {
  type Figure,
  type FigureKind,
  figureOut,
  type Grid,
  gridOut,
  type Report,
  reportOut,
} from "./figures.ts";
export { listExport } from "./list-export.ts";
export { keepOneMoment } from "./moment-queries.ts";
export { inOneMoment, REPORT_TAG, wordOut, wordsOf } from "./report-routes.ts";
export { type ListRow, LISTS, readList, requireList } from "./read-list.ts";
export { COLLECTION_BY } from "./boards.ts";
export { makeSheet, type SheetName, SHEETS, WHOLE_COMPANY_SHEETS } from "./sheets.ts";
export { type Span, spanOf } from "./span.ts";
export { hasWord, reportWord, VALUE_WORDS, valueWord, type Word } from "./words.ts";

export const reportRoutes: readonly Route[] = [
  ...searchRoutes,
  ...auditSearchRoutes,
  ...reportListRoutes,
  ...areaMoveRoutes,
];
