/** All SQL on service areas, the buildings they serve and who is on duty in them. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

export const AREA_LEVELS = ["company", "branch", "area"] as const;
export type AreaLevel = (typeof AREA_LEVELS)[number];
export const DUTIES = ["manager", "deputy", "chief"] as const;
export type Duty = (typeof DUTIES)[number];

export type AreaRow = {
  readonly id: bigint;
  readonly parentId: bigint | null;
  readonly code: string;
  readonly name: string;
  readonly level: AreaLevel;
};

const addArea = `
  insert into service_areas (parent_id, code, name, level) values (:parentId, :code, :name, :level)
  on conflict do nothing returning id`;
export const insertArea = (
  sql: Sql,
  row: { parentId: bigint | null; code: string; name: string; level: AreaLevel },
) => sql.maybeOne<{ id: bigint }>(addArea, row);

const areaById = `
  select id, parent_id as "parentId", code, name, level from service_areas where id = :areaId`;
export const findArea = (sql: Sql, areaId: bigint) => sql.maybeOne<AreaRow>(areaById, { areaId });

const onDuty = (duty: Duty): string => `
    (select staff.display_name from area_duties duty join staff_members staff on staff.id = duty.staff_id
      where duty.area_id = area.id and duty.duty = '${duty}' and duty.valid @> :day::date
      order by duty.id desc limit 1) as ${duty}`;
const allAreas = `
  select area.id, area.parent_id as "parentId", area.code, area.name, area.level,
    (select count(*) from service_area_buildings served
      where served.area_id = area.id and served.valid @> :day::date)::int as buildings,
    ${DUTIES.map(onDuty).join(",")}
  from service_areas area order by area.code`;
export const findAreas = (sql: Sql, day: Day) =>
  sql.rows<AreaRow & { buildings: number } & Record<Duty, string | null>>(allAreas, { day });

const lockBuildings = `
  select id from buildings where id = any(:buildingIds::bigint[]) order by id for update`;
/** Locks them in id order and answers those that exist. */
export const lockKnownBuildings = (sql: Sql, buildingIds: readonly bigint[]) =>
  sql.rows<{ id: bigint }>(lockBuildings, { buildingIds });

const startedLater = `
  select building_id as "buildingId", lower(valid) as "from" from service_area_buildings
  where building_id = any(:buildingIds::bigint[]) and lower(valid) >= :from::date
  order by building_id limit 1`;
/** A building whose area began on or after a day, if there is one. */
export const findLaterAssignment = (sql: Sql, buildingIds: readonly bigint[], from: Day) =>
  sql.maybeOne<{ buildingId: bigint; from: Day }>(startedLater, { buildingIds, from });

const endService = `
  update service_area_buildings set valid = daterange(lower(valid), :from)
  where building_id = any(:buildingIds::bigint[]) and valid @> :from::date`;
const beginService = `
  insert into service_area_buildings (area_id, building_id, valid)
  select :areaId, building_id, daterange(:from, null) from unnest(:buildingIds::bigint[]) building_id`;
export const moveBuildings = async (
  sql: Sql,
  row: { areaId: bigint; buildingIds: readonly bigint[]; from: Day },
): Promise<void> => {
  await sql.run(endService, row);
  await sql.run(beginService, row);
};

const staffExists = `select 1 as one from staff_members where id = :staffId`;
export const staffKnown = async (sql: Sql, staffId: bigint): Promise<boolean> =>
  (await sql.maybeOne(staffExists, { staffId })) !== null;

const endDuties = `
  update area_duties set valid = daterange(lower(valid), :from)
  where area_id = :areaId and duty = :duty and valid @> :from::date and lower(valid) < :from`;
// A duty that begins on the very day that another takes it over was never carried out.
const dropDuties = `
  delete from area_duties where area_id = :areaId and duty = :duty and lower(valid) >= :from`;
const dutyHolders = `
  select staff_id as "staffId" from area_duties
  where area_id = :areaId and duty = :duty and (upper_inf(valid) or upper(valid) > :from::date) order by id for update`;
/** Who has a duty on a day or is to have it later; locks the rows. */
export const lockDutyHolders = (sql: Sql, row: { areaId: bigint; duty: Duty; from: Day }) =>
  sql.rows<{ staffId: bigint }>(dutyHolders, row);
const beginDuty = `
  insert into area_duties (area_id, staff_id, duty, valid)
  values (:areaId, :staffId, :duty, daterange(:from, null)) returning id`;
export const replaceDuty = async (
  sql: Sql,
  row: { areaId: bigint; staffId: bigint; duty: Duty; from: Day },
): Promise<bigint> => {
  await sql.run(dropDuties, row);
  await sql.run(endDuties, row);
  return (await sql.one<{ id: bigint }>(beginDuty, row)).id;
};

export type ServingArea = {
  readonly areaId: bigint;
  readonly code: string;
  readonly name: string;
  /** The manager on duty that day, of this area or, where it has none, of the nearest area above. */
  readonly managerId: bigint | null;
  readonly managerName: string | null;
  readonly managerAreaId: bigint | null;
};

const servingArea = `
  with recursive chain as (
    select area.id, area.parent_id, area.code, area.name, 0 as height
    from service_area_buildings served join service_areas area on area.id = served.area_id
    where served.building_id = :buildingId and served.valid @> :day::date
    union all
    select parent.id, parent.parent_id, parent.code, parent.name, chain.height + 1
    from chain join service_areas parent on parent.id = chain.parent_id where chain.height < 10
  ), manager as (
    select chain.id as area_id, staff.id, staff.display_name
    from chain join area_duties duty on duty.area_id = chain.id and duty.duty = 'manager' and duty.valid @> :day::date
    join staff_members staff on staff.id = duty.staff_id
    order by chain.height, duty.id desc limit 1
  )
  select chain.id as "areaId", chain.code, chain.name, manager.id as "managerId",
    manager.display_name as "managerName", manager.area_id as "managerAreaId"
  from chain left join manager on true where chain.height = 0`;
export const findServingArea = (sql: Sql, buildingId: bigint, day: Day) =>
  sql.maybeOne<ServingArea>(servingArea, { buildingId, day });

export const COVERAGE_KINDS = [
  "building-without-area",
  "area-without-manager",
  "duty-without-person",
] as const;
export type CoverageFinding = {
  readonly kind: (typeof COVERAGE_KINDS)[number];
  readonly id: bigint;
  readonly name: string;
  /** Of a duty whose person has a login no more. */
  readonly duty: Duty | null;
};

/** Buildings as if an area served them. */
export type SupposedMove = { readonly areaId: bigint; readonly buildingIds: readonly bigint[] };

// A duty of somebody whose login was ended is a duty of nobody.
const coverage = `
  with served as (
    select building_id, area_id from service_area_buildings
    where valid @> :day::date and building_id <> all(:moved::bigint[])
    union all
    select moved, :areaId::bigint from unnest(:moved::bigint[]) moved
  )
  select 'building-without-area' as kind, building.id, community.name || building.name as name, null as duty
  from buildings building join communities community on community.id = building.community_id
  where not exists (select 1 from served where served.building_id = building.id)
  union all
  select 'area-without-manager', area.id, area.name, null from service_areas area
  where exists (select 1 from served where served.area_id = area.id)
    and not exists (select 1 from area_duties duty
      where duty.area_id = area.id and duty.duty = 'manager' and duty.valid @> :day::date)
  union all
  select 'duty-without-person', area.id, area.name, duty.duty
  from area_duties duty join service_areas area on area.id = duty.area_id
  join staff_members staff on staff.id = duty.staff_id
  where duty.valid @> :day::date and staff.disabled_at is not null
  order by 1, 3, 2, 4 limit :limit`;
/** What nobody serves on a day; with `supposed` as it would be after a move. */
export const findCoverage = (sql: Sql, day: Day, limit: number, supposed?: SupposedMove) =>
  sql.rows<CoverageFinding>(coverage, {
    day,
    limit,
    areaId: supposed?.areaId ?? null,
    moved: supposed?.buildingIds ?? [],
  });

const growAreas = (rows: string) => `
  insert into service_areas (code, name, level)
  select 'A' || substr(encode(sha256(convert_to(area, 'UTF8')), 'hex'), 1, 10), area, 'area'
  from (select distinct area_settled as area from ${rows} where area_settled is not null) named
  where not exists (select 1 from service_areas known where known.name = named.area or known.code = named.area)
  on conflict do nothing`;
const serveBuildings = (rows: string) => `
  insert into service_area_buildings (area_id, building_id, valid)
  select distinct on (building.id) area.id, building.id, daterange(:from, null)
  from (select distinct district, street, community, building, area_settled from ${rows}
    where area_settled is not null) named
  join communities community on community.district = named.district and community.street = named.street
    and community.name = named.community
  join buildings building on building.community_id = community.id and building.name = named.building
  join service_areas area on area.name = named.area_settled or area.code = named.area_settled
  where not exists (select 1 from service_area_buildings served where served.building_id = building.id)
  order by building.id, area.id`;

/**
 * Adds the service areas that `rows` names (by name or code) and gives each building that never had an area its own
 * from a day on; buildings that have one are left alone. `rows` has the columns district, street, community, building and
 * area_settled (one value a building, null = none). Repeating adds nothing.
 */
export const growGrid = async (
  sql: Sql,
  rows: string,
  from: Day,
): Promise<{ areas: number; buildings: number }> => {
  const areas = await sql.run(growAreas(rows));
  const buildings = await sql.run(serveBuildings(rows), { from });
  return { areas, buildings };
};
