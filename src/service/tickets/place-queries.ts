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

export type Visitor = { readonly login: string; readonly name: string };

const visitors = `
  select m.login, m.display_name as name from staff_members m
  where m.disabled_at is null
    and (:login::text is null or m.login = :login::text)
    and (:staffId::bigint is null or m.id = :staffId::bigint)
    and exists (select from staff_roles held where held.staff_id = m.id and held.role = any(:roles::text[]))
  order by (m.id = :ownerId::bigint) desc nulls last,
    exists (select from staff_areas mine join service_area_buildings served on served.area_id = mine.area_id
      and served.valid @> :day::date and served.building_id = :buildingId::bigint
      where mine.staff_id = m.id and mine.valid @> :day::date) desc,
    m.login
  limit 500`;
/** Who goes to homes: the owner of a case first, then those whose area serves its building. */
export const findVisitors = (
  sql: Sql,
  asked: {
    roles: readonly string[];
    ownerId: bigint | null;
    buildingId: bigint | null;
    day: string;
    login: string | null;
    staffId: bigint | null;
  },
) => sql.rows<Visitor>(visitors, asked);
