/**
 * Service areas (网格/片区) as a tree of company, branch (分公司) and area; the buildings each serves and the area manager
 * (片区专管员) on duty, both dated; the crews of stations, and how much one person may have open. Two areas never serve one building on one day: the database excludes it.
 */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { Route } from "#src/platform/route.ts";
import { capacityRoutes } from "./capacity-routes.ts";
import { findServingArea, type ServingArea } from "./queries.ts";
import { gridRoutes as areaRoutes } from "./routes.ts";

export { openAreaTask } from "./area-task.ts";
export { assignBuildings, assignDuty, createArea } from "./assign-areas.ts";
export { joinStationCrew, leaveStationCrew, setDutyCapacity, setStaffCapacity } from "./capacities.ts";
export { CAPACITY_DUTIES, type CapacityDuty } from "./capacity-queries.ts";
export {
  AREA_LEVELS,
  type AreaLevel,
  COVERAGE_KINDS,
  type CoverageFinding,
  DUTIES,
  type Duty,
  findArea,
  findCoverage,
  growGrid,
  type ServingArea,
} from "./queries.ts";

export const gridRoutes: readonly Route[] = [...areaRoutes, ...capacityRoutes];

/**
 * Who serves a building on a day: its area, and the manager on duty there or in the nearest area above that has one.
 * Null when no area serves it: a finding of `findCoverage`.
 */
export const areaOfBuilding = (sql: Sql, buildingId: bigint, day: Day): Promise<ServingArea | null> =>
  findServingArea(sql, buildingId, day);
