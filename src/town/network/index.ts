/**
 * The network: heat source (热源) > station (热力站) > loop (环路) > community (小区) > building (楼) > unit (单元) > premises
 * (户). A station belongs to the company (自管, taken over 接管 on a day) or to a property firm (物业).
 */
import type { Sql } from "#src/platform/sql.ts";
import { findStationRowOfPremises, type StationRow } from "./queries.ts";

export {
  createBuilding,
  createCommunity,
  createHeatSource,
  createLoop,
  createPremises,
  createStation,
  createUnit,
} from "./build-network.ts";
export { changeStation } from "./change-station.ts";
export { doorLabel, stairwellOrder, walkingOrder } from "./door-label.ts";
export { importStationList, type StationListReport } from "./import-stations.ts";
export { STATION_OWNER_WORDS } from "./station-words.ts";
export { foreseeNetworkGrowth, growNetwork, type NetworkGrowth, premisesNamed } from "./growth-queries.ts";
export { type CommunityName, splitPhase } from "./phase.ts";
export { STATION_OWNERS, type StationInput, type StationOwner, type StationRow } from "./queries.ts";
export { networkRoutes } from "./routes.ts";

/** The station that heats premises, with its owner and the property firm's phone; null for unknown premises. */
export const findStationOfPremises = (sql: Sql, premisesId: bigint): Promise<StationRow | null> =>
  findStationRowOfPremises(sql, premisesId);
