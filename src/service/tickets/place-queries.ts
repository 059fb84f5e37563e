/** Where a case is: the building of an account, the station of a building. */
import type { Sql } from "#src/platform/sql.ts";

const stationOf = `
  select station.id as "stationId", station.owner as "stationOwner" from buildings building
  join loops loop on loop.id = building.loop_id join stations station on station.id = loop.station_id
  where building.id = :buildingId`;
export const findStationOfBuilding = (sql: Sql, buildingId: bigint) =>
  sql.maybeOne<{ stationId: bigint; stationOwner: "company" | "property-firm" }>(stationOf, { buildingId });

const buildingOf = `
  select premises.building_id as "buildingId" from heat_accounts account
  join premises on premises.id = account.premises_id where account.id = :accountId`;
export const findBuildingOfAccount = async (sql: Sql, accountId: bigint): Promise<bigint> =>
  (await sql.one<{ buildingId: bigint }>(buildingOf, { accountId })).buildingId;
