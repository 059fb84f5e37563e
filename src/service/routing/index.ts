/**
 * Routing (派单): whose case it is, and why nobody else's.
 *
 * - boundary (资产边界): who runs the station: ours (自管), the property firm (物业, 未接管), unknown
 * - level (三级客服): area (片区、班组), branch (分公司), company (公司)
 * - responsibility table (责任表): category x boundary x level > role; draft (草稿), live (生效), dated
 * - chain (派单链): everybody who was looked at and why not: manager 经理 > deputy 副手 > chief 负责人 > station 站 > head office 总部
 * - return (退回), ruling desk (裁定席), ruling (裁定), precedent (先例)
 * - ladder (升级阶梯): steps behind a clock, each fires once, to named people, with a read receipt (已读回执)
 */
import type { Route } from "#src/platform/route.ts";
import { caseRoutes } from "./case-routes.ts";
import { ladderRoutes } from "./ladder-routes.ts";
import { reassignmentRoutes } from "./reassignment-routes.ts";
import { settingRoutes } from "./setting-routes.ts";
import { tableRoutes } from "./table-routes.ts";
import { trialRoutes } from "./trial-routes.ts";

export { checkCoverage, type CoverageFinding } from "./coverage.ts";
export { fireLadders, readNotice, setLadder } from "./ladders.ts";
export type { Ladder, LadderStep } from "./ladder-queries.ts";
export type { PlannedRoute, WantedRoute } from "./plan-routes.ts";
export { carryOutReassignment, previewReassignment, type ReassignmentPreview } from "./reassign.ts";
export { undoReassignment } from "./undo-reassignment.ts";
export { type CaseReturn, escalateCase, returnCase, ruleCase, type Ruling } from "./returns.ts";
export { routeCases } from "./route-cases.ts";
export { endPrecedent, joinDesk, leaveDesk, setReturnReason, setRole, setStartLevel } from "./settings.ts";
export { STANDARD_TABLE } from "./standard-table.ts";
export {
  dutyWatchSubscriber,
  routeWaiting,
  routingSubscriber,
  sweepUnrouted,
  tellOfAbsent,
} from "./subscriber.ts";
export { exportTable, readTableFile } from "./table-file.ts";
export { findLiveTableId as liveTableId } from "./table-queries.ts";
export { coverageOfTable, type DraftRow, draftTable, makeTableLive } from "./tables.ts";
export { BOUNDARIES, type Boundary, type Level, LEVELS } from "./vocabulary.ts";

export const routingRoutes: readonly Route[] = [
  ...caseRoutes,
  ...tableRoutes,
  ...reassignmentRoutes,
  ...ladderRoutes,
  ...settingRoutes,
  ...trialRoutes,
];
