/**
 * Supply (供热运行): what happens on the network, told by the dispatch centre (调度中心) or entered by a person.
 *
 * - report (上报)         one message: alarm (报警), analysis (故障分析), stop (停热), return (恢复), switch (切换)
 * - switch (切换)         from this instant another source feeds the station (热源切换), another loop the building
 * - outage (停热)         an asset without heat, from and to; hours (停热时长) follow for every building and home
 * - affected (受影响)     who hangs on it as the network is switched at that instant, not as it was built
 */
export { type Affected, affectedBuildings, affectedPremises } from "./affected.ts";
export {
  buildingsOut,
  findOutage,
  outageOfBuilding,
  roadOfBuilding,
  secondsWithoutHeat,
} from "./affected.ts";
export {
  type BuildingOutage,
  findReportRow as findReport,
  type OutageRow,
  type ReportRow,
  type Road,
} from "./affected-queries.ts";
export { recordReport, type RecordedReport } from "./record-report.ts";
export { supplyRoutes } from "./routes.ts";
export { dispatchMessageIn, type Happening, happeningIn, type ReportKind } from "./schema.ts";
