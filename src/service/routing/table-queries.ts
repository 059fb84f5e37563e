/** All SQL of the responsibility table: drafts, what is live, and what a coverage check reads. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { ResponsibilityRow } from "./choose-role.ts";

export type TableState = "draft" | "live" | "withdrawn";
export type ResponsibilityTable = {
  readonly id: bigint;
  readonly name: string;
  readonly state: TableState;
  readonly liveFrom: Date | null;
  readonly liveUntil: Date | null;
  readonly createdAt: Date;
  readonly rows: number;
  readonly version: number;
};

const COLUMNS = `
  t.id, t.name, t.state, lower(t.valid) as "liveFrom", upper(t.valid) as "liveUntil", t.created_at as "createdAt",
  (select count(*) from responsibilities r where r.table_id = t.id)::int as rows, t.version`;

const allTables = `
  select ${COLUMNS} from responsibility_tables t
  where :afterId::bigint is null or t.id < :afterId::bigint order by t.id desc limit :limit::integer`;
export const findTables = (sql: Sql, page: { afterId: bigint | null; limit: number }) =>
  sql.rows<ResponsibilityTable>(allTables, page);

const oneTable = `select ${COLUMNS} from responsibility_tables t where t.id = :id`;
export const findTable = (sql: Sql, id: bigint) => sql.maybeOne<ResponsibilityTable>(oneTable, { id });
export const lockTable = (sql: Sql, id: bigint) =>
  sql.maybeOne<ResponsibilityTable>(`${oneTable} for update of t`, { id });

const liveTableId = `
  select id from responsibility_tables where state = 'live' and valid @> :at::timestamptz`;
export const findLiveTableId = async (sql: Sql, at: Date): Promise<bigint | null> =>
  (await sql.maybeOne<{ id: bigint }>(liveTableId, { at }))?.id ?? null;

const rowsOfTable = `
  select category, boundary, level, role_code as role from responsibilities where table_id = :id
  order by category, boundary, level`;
export const findRows = (sql: Sql, id: bigint) => sql.rows<ResponsibilityRow>(rowsOfTable, { id });

const addTable = `
  insert into responsibility_tables (name, created_at, created_by) values (:name, :now, :by) returning id`;
const addRows = `
  insert into responsibilities (table_id, category, boundary, level, role_code)
  select :tableId, r.category, r.boundary, r.level, r.role
  from jsonb_to_recordset(:rows::jsonb) r (category text, boundary text, level text, role text)`;
export const insertDraft = async (
  sql: Sql,
  draft: { name: string; rows: readonly ResponsibilityRow[]; now: Date; by: bigint | null },
): Promise<bigint> => {
  const { id } = await sql.one<{ id: bigint }>(addTable, draft);
  await sql.run(addRows, { tableId: id, rows: JSON.stringify(draft.rows) });
  return id;
};

const lockLiveTables = `
  select id, lower(valid) as "liveFrom" from responsibility_tables
  where state = 'live' and (upper_inf(valid) or upper(valid) > :from::timestamptz) order by id for update`;
const oneAtATime = `select pg_advisory_xact_lock(hashtextextended('responsibility-tables:live', 0))`;
/** Tables that are live at an instant or after it. One at a time goes live: whoever waited sees what the other one made live. */
export const lockLiveFrom = async (sql: Sql, from: Date) => {
  await sql.rows(oneAtATime);
  return sql.rows<{ id: bigint; liveFrom: Date }>(lockLiveTables, { from });
};

const endLive = `
  update responsibility_tables set version = version + 1,
    state = case when lower(valid) < :from::timestamptz then 'live' else 'withdrawn' end,
    valid = case when lower(valid) < :from::timestamptz then tstzrange(lower(valid), :from::timestamptz) end
  where id = any(:ids::bigint[])`;
const beginLive = `
  update responsibility_tables set state = 'live', valid = tstzrange(:from::timestamptz, null), live_by = :by,
    version = version + 1
  where id = :id and state = 'draft'`;
/** What was live ends at that instant. */
export const makeLive = async (
  sql: Sql,
  change: { id: bigint; endIds: readonly bigint[]; from: Date; by: bigint | null },
): Promise<void> => {
  await sql.run(endLive, { ids: change.endIds, from: change.from });
  await sql.run(beginLive, change);
};

const secondLevel = `
  select code from ticket_categories where parent_code is not null and active order by ordinal, code`;
export const findCategories = async (sql: Sql): Promise<string[]> =>
  (await sql.rows<{ code: string }>(secondLevel)).map((row) => row.code);

const knownCategories = `select code from ticket_categories`;
export const findAllCategories = async (sql: Sql): Promise<string[]> =>
  (await sql.rows<{ code: string }>(knownCategories)).map((row) => row.code);

const roleNames = `
  select code, name, name_en as "nameEn", staff_role as "staffRole", desk from routing_roles order by code`;
export type RoutingRoleRow = {
  readonly code: string;
  readonly name: string;
  readonly nameEn: string;
  readonly staffRole: string;
  readonly desk: boolean;
};
export const findRoutingRoles = (sql: Sql) => sql.rows<RoutingRoleRow>(roleNames);

export type UnservedBuilding = {
  readonly kind: "building-without-area" | "building-in-two-areas";
  readonly id: bigint;
  readonly name: string;
};
const unservedBuildings = `
  select case when served.areas = 0 then 'building-without-area' else 'building-in-two-areas' end as kind,
    b.id, c.name || b.name as name
  from buildings b join communities c on c.id = b.community_id
  cross join lateral (select count(*) as areas from service_area_buildings s
    where s.building_id = b.id and s.valid @> :day::date) served
  where served.areas <> 1 order by b.id limit :limit::integer`;
export const findUnservedBuildings = (sql: Sql, query: { day: Day; limit: number }) =>
  sql.rows<UnservedBuilding>(unservedBuildings, query);

export type ServedPlace = {
  readonly areaId: bigint;
  readonly areaCode: string;
  readonly branchId: bigint | null;
  readonly companyId: bigint | null;
};
const servedPlaces = `
  with recursive up as (
    select area.id as start_id, area.code, area.id, area.parent_id, area.level, 0 as height from service_areas area
    where exists (select from service_area_buildings s where s.area_id = area.id and s.valid @> :day::date)
    union all
    select up.start_id, up.code, parent.id, parent.parent_id, parent.level, up.height + 1
    from up join service_areas parent on parent.id = up.parent_id where up.height < 10
  )
  select start_id as "areaId", code as "areaCode", min(id) filter (where level = 'branch') as "branchId",
    coalesce(min(id) filter (where level = 'company'),
      (select min(id) from service_areas where level = 'company')) as "companyId"
  from up group by start_id, code order by start_id`;
/** Areas that serve buildings on a day, with the branch and the company above. */
export const findServedPlaces = (sql: Sql, day: Day) => sql.rows<ServedPlace>(servedPlaces, { day });

const companyArea = `select min(id) as id from service_areas where level = 'company'`;
export const findCompanyArea = async (sql: Sql): Promise<bigint | null> =>
  (await sql.one<{ id: bigint | null }>(companyArea)).id;
