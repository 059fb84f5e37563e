/** SQL of the preview of a move between areas. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

export type MovedBuilding = {
  readonly id: bigint;
  readonly name: string;
  readonly areaId: bigint | null;
  readonly area: string | null;
  /** Accounts that are not closed. */
  readonly homes: number;
  readonly openCases: number;
  /** Its area began then or later than the day: history is not rewritten. */
  readonly laterFrom: Day | null;
};

export type Places = {
  readonly buildingIds: readonly bigint[];
  readonly communityIds: readonly bigint[];
  readonly areaIds: readonly bigint[];
};

// Cases of a home and cases of a building as such.
const buildings = `
  with wanted as (
    select id from buildings where id = any(:buildingIds::bigint[]) or community_id = any(:communityIds::bigint[])
    union
    select building_id from service_area_buildings
    where area_id = any(:areaIds::bigint[]) and valid @> :day::date
  ), homes as (
    select premises.building_id, count(*) as count
    from wanted join premises on premises.building_id = wanted.id
    join heat_accounts account on account.premises_id = premises.id and account.state <> 'closed'
    group by premises.building_id
  ), open_cases as (
    select coalesce(ticket.building_id, premises.building_id) as building_id, count(*) as count
    from tickets ticket left join premises on premises.id = ticket.premises_id
    where ticket.state not in ('closed', 'cancelled', 'merged')
      and coalesce(ticket.building_id, premises.building_id) in (select id from wanted)
    group by 1
  )
  select building.id, community.name || building.name as name, area.id as "areaId", area.name as area,
    coalesce(homes.count, 0)::int as homes, coalesce(open_cases.count, 0)::int as "openCases",
    (select min(lower(later.valid)) from service_area_buildings later
      where later.building_id = building.id and lower(later.valid) >= :day::date) as "laterFrom"
  from wanted join buildings building on building.id = wanted.id
  join communities community on community.id = building.community_id
  left join service_area_buildings served on served.building_id = building.id and served.valid @> :day::date
  left join service_areas area on area.id = served.area_id
  left join homes on homes.building_id = building.id left join open_cases on open_cases.building_id = building.id
  order by community.name, building.name, building.id limit :limit::integer`;

/** The buildings that places stand for on a day, with what moves with them. */
export const findMovedBuildings = (sql: Sql, query: Places & { readonly day: Day; readonly limit: number }) =>
  sql.rows<MovedBuilding>(buildings, query);
