/**
 * What routing looks at, read for any number of cases at once: where a case lies (category, building, station and its owner,
 * the areas above), what the live table and the precedents say of it, and who could take it with load and absence.
 */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { PrecedentRow, ResponsibilityRow } from "./choose-role.ts";
import type { Candidate } from "./walk-chain.ts";
import type { Boundary, Level, OwnerRole, RoutingStep } from "./vocabulary.ts";

export type CaseFacts = {
  readonly ticketId: bigint;
  readonly ticketNo: string;
  readonly category: string;
  readonly state: string;
  readonly ownerId: bigint | null;
  readonly returnCount: number;
  readonly reopenCount: number;
  /** At which a case of this channel begins. */
  readonly startLevel: Level;
  readonly buildingId: bigint | null;
  readonly communityId: bigint | null;
  readonly stationId: bigint | null;
  readonly boundary: Boundary;
  readonly stationName: string | null;
  readonly firmName: string | null;
  readonly firmPhone: string | null;
  readonly takenOverOn: Day | null;
  /** The area that serves the building that day, the branch and the company above it. */
  readonly areaId: bigint | null;
  readonly branchId: bigint | null;
  readonly companyId: bigint | null;
  /** The assignment that holds now. */
  readonly lastRole: string | null;
  readonly lastLevel: Level | null;
  /** The one before the case came to the ruling desk, or the last: whom a reopened case goes back to. */
  readonly workRole: string | null;
  readonly workLevel: Level | null;
  readonly workStaffId: bigint | null;
};

/** A station is ours from the day on which we took it over. */
const BOUNDARY = `
  case when station.id is null then 'unknown'
    when station.owner = 'company' and station.taken_over_on <= :day::date then 'ours'
    else 'property-firm' end`;

const factsOf = (source: string): string => `
  select t.id as "ticketId", t.ticket_no as "ticketNo", t.category_code as category, t.state,
    t.owner_id as "ownerId", t.return_count as "returnCount",
    t.reopen_count as "reopenCount", coalesce(start.level, 'area') as "startLevel",
    building.id as "buildingId", building.community_id as "communityId", station.id as "stationId",
    ${BOUNDARY} as boundary, station.name as "stationName", station.property_firm_name as "firmName",
    station.property_firm_phone as "firmPhone", station.taken_over_on as "takenOverOn",
    above.area_id as "areaId", above.branch_id as "branchId",
    coalesce(above.company_id, (select min(id) from service_areas where level = 'company')) as "companyId",
    last.role_code as "lastRole", last.level as "lastLevel",
    work.role_code as "workRole", work.level as "workLevel", work.staff_id as "workStaffId"
  from ${source} t
  left join routing_start_levels start on start.channel = t.channel
  left join premises on premises.id = t.premises_id
  left join buildings building on building.id = coalesce(t.building_id, premises.building_id)
  left join loops loop on loop.id = building.loop_id
  left join stations station on station.id = loop.station_id
  left join lateral (
    with recursive up as (
      select area.id, area.parent_id, area.level, 0 as height
      from service_area_buildings served join service_areas area on area.id = served.area_id
      where served.building_id = building.id and served.valid @> :day::date
      union all
      select parent.id, parent.parent_id, parent.level, up.height + 1
      from up join service_areas parent on parent.id = up.parent_id where up.height < 10
    )
    select min(id) filter (where height = 0) as area_id, min(id) filter (where level = 'branch') as branch_id,
      min(id) filter (where level = 'company') as company_id
    from up
  ) above on true
  left join lateral (
    select role_code, level from ticket_assignments a where a.ticket_id = t.id order by a.id desc limit 1
  ) last on true
  left join lateral (
    select role_code, level, staff_id from ticket_assignments a
    where a.ticket_id = t.id and a.role_code <> 'ruling-desk' order by a.id desc limit 1
  ) work on true`;
const caseFacts = `${factsOf("tickets")} where t.id = any(:ticketIds::bigint[]) order by t.id`;
/** In the order of ids; what is not there is left out. */
export const findCaseFacts = (sql: Sql, query: { ticketIds: readonly bigint[]; day: Day }) =>
  sql.rows<CaseFacts>(caseFacts, query);

/** A case that nobody opened: what routing would look at if there was one. */
const supposedFacts = factsOf(`(
    select 0::bigint as id, '' as ticket_no, :category::text as category_code, 'new' as state, null::bigint as owner_id,
      0 as return_count, 0 as reopen_count, :channel::text as channel, null::bigint as premises_id,
      :buildingId::bigint as building_id)`);
export const findSupposedFacts = (
  sql: Sql,
  supposed: { category: string; channel: string; buildingId: bigint | null; day: Day },
) => sql.one<CaseFacts>(supposedFacts, supposed);

const namesOf = `select id, login, display_name as name from staff_members where id = any(:ids::bigint[])`;
export const findStaffNames = (sql: Sql, ids: readonly bigint[]) =>
  sql.rows<{ id: bigint; login: string; name: string }>(namesOf, { ids });

const lockAreas = `
  select pg_advisory_xact_lock(815031, area::int) from (
    select distinct coalesce(served.area_id, 0) as area
    from tickets t left join premises on premises.id = t.premises_id
    left join service_area_buildings served
      on served.building_id = coalesce(t.building_id, premises.building_id) and served.valid @> :day::date
    where t.id = any(:ticketIds::bigint[]) order by 1
  ) areas`;
/**
 * Cases of one area are given out one after the other until the transaction ends, so that two at once do not both see the
 * same person as the one with the fewest. Areas in order of id; sent in the same flight as what is read after it.
 */
export const lockAreasOfCases = (sql: Sql, query: { ticketIds: readonly bigint[]; day: Day }) =>
  sql.run(lockAreas, query);

const liveTable = `
  select t.id as "tableId",
    coalesce((select jsonb_agg(jsonb_build_object('category', r.category, 'boundary', r.boundary, 'level', r.level,
        'role', r.role_code))
      from responsibilities r where r.table_id = t.id and r.category = any(:categories::text[])), '[]') as rows
  from responsibility_tables t where t.state = 'live' and t.valid @> :at::timestamptz`;
/** The table that is live at an instant, with the rows that speak of these categories; null when none is. */
export const findLiveTable = (sql: Sql, query: { at: Date; categories: readonly string[] }) =>
  sql.maybeOne<{ tableId: bigint; rows: readonly ResponsibilityRow[] }>(liveTable, query);

const precedentsOf = `
  select asked.key, p.id, p.role_code as role, p.level,
    case when p.building_id is not null then 'building' when p.community_id is not null then 'community'
      else 'station' end as scope
  from unnest(:keys::bigint[], :categories::text[], :boundaries::text[], :buildings::bigint[], :communities::bigint[],
    :stations::bigint[]) asked (key, category, boundary, building_id, community_id, station_id)
  join precedents p on p.category_code = asked.category and p.boundary = asked.boundary and p.ended_at is null
    and (p.building_id = asked.building_id or p.community_id = asked.community_id or p.station_id = asked.station_id)`;
export const findPrecedentsOf = async (
  sql: Sql,
  cases: readonly CaseFacts[],
): Promise<(PrecedentRow & { readonly key: bigint })[]> =>
  sql.rows(precedentsOf, {
    keys: cases.map((one) => one.ticketId),
    categories: cases.map((one) => one.category),
    boundaries: cases.map((one) => one.boundary),
    buildings: cases.map((one) => one.buildingId),
    communities: cases.map((one) => one.communityId),
    stations: cases.map((one) => one.stationId),
  });

/** A role asked at a place: whoever is free there is the same for all cases with this key. */
export type AskedRole = {
  readonly key: string;
  readonly role: string;
  readonly areaId: bigint | null;
  readonly companyId: bigint | null;
  readonly stationId: bigint | null;
};

export type RoleFacts = {
  readonly role: string;
  readonly name: string;
  readonly nameEn: string;
  readonly staffRole: OwnerRole;
  readonly desk: boolean;
  readonly steps: readonly RoutingStep[];
};

const rolesWithSteps = `
  select r.code as role, r.name, r.name_en as "nameEn", r.staff_role as "staffRole", r.desk,
    coalesce((select jsonb_agg(jsonb_build_object('position', s.position, 'source', s.source, 'duty', s.duty,
        'heedsCapacity', s.heeds_capacity) order by s.position)
      from routing_steps s where s.role_code = r.code), '[]') as steps
  from routing_roles r where r.code = any(:roles::text[])`;
export const findRoles = (sql: Sql, roles: readonly string[]) =>
  sql.rows<RoleFacts>(rolesWithSteps, { roles });

/** Not closed, cancelled, merged or waiting to be confirmed: what lies on a person's desk. */
const OPEN_STATES = `('new', 'assigned', 'accepted', 'working', 'waiting')`;

const candidatesOf = `
  with recursive asked as (
    select * from unnest(:keys::text[], :roles::text[], :areas::bigint[], :companies::bigint[], :stations::bigint[])
      asked (key, role, area_id, company_id, station_id)
  ), steps as (
    select asked.*, s.position, s.source, s.duty, s.holder_role, s.climbs
    from asked join routing_steps s on s.role_code = asked.role
  ), above as (
    select start.id as start_id, start.id, start.parent_id, 0 as height
    from service_areas start where start.id in (select area_id from asked)
    union all
    select above.start_id, parent.id, parent.parent_id, above.height + 1
    from above join service_areas parent on parent.id = above.parent_id where above.height < 10
  ), on_duty as (
    select steps.key, steps.position, d.staff_id, steps.duty as capacity_of,
      rank() over (partition by steps.key, steps.position order by above.height) as nearness
    from steps join above on above.start_id = steps.area_id and (steps.climbs or above.height = 0)
    join area_duties d on d.area_id = above.id and d.duty = steps.duty and d.valid @> :day::date
    where steps.source = 'duty'
  ), found as (
    select key, position, staff_id, capacity_of from on_duty where nearness = 1
    union
    select steps.key, steps.position, d.staff_id, 'station'
    from steps join station_duties d on d.station_id = steps.station_id and d.valid @> :day::date
    where steps.source = 'station'
    union
    select steps.key, steps.position, m.staff_id, 'desk'
    from steps join routing_desk_members m on m.valid @> :day::date
      and m.role_code = case steps.source when 'desk' then steps.role else 'head-office' end
    where steps.source in ('desk', 'head-office')
    union
    select steps.key, steps.position, d.staff_id, 'desk'
    from steps join area_duties d on d.area_id = steps.company_id and d.valid @> :day::date
    where steps.source = 'head-office'
    union
    select steps.key, steps.position, r.staff_id, 'holder'
    from steps join staff_roles r on r.role = steps.holder_role
    where steps.source = 'holders'
      and (not exists (select from staff_areas bound where bound.staff_id = r.staff_id)
        or exists (select from staff_areas bound join above on above.id = bound.area_id
          where bound.staff_id = r.staff_id and bound.valid @> :day::date and above.start_id = steps.area_id))
  )
  select found.key, found.position, found.staff_id as "staffId", m.disabled_at is not null as disabled,
    exists (select from absences a where a.staff_id = m.id and a.valid @> :day::date) as "onLeave",
    (select count(*) from tickets t where t.owner_id = m.id and t.state in ${OPEN_STATES})::int as "openCount",
    coalesce((select c.open_limit from staff_capacities c where c.staff_id = m.id and c.valid @> :day::date),
      (select c.open_limit from duty_capacities c where c.duty = found.capacity_of), 2147483647) as "openLimit",
    (select a.decided_at from ticket_assignments a where a.staff_id = m.id order by a.id desc limit 1) as "lastAssignedAt"
  from found join staff_members m on m.id = found.staff_id
  order by found.key, found.position, found.staff_id`;
export const findCandidates = (sql: Sql, asked: readonly AskedRole[], day: Day) =>
  sql.rows<Candidate & { readonly key: string }>(candidatesOf, {
    keys: asked.map((one) => one.key),
    roles: asked.map((one) => one.role),
    areas: asked.map((one) => one.areaId),
    companies: asked.map((one) => one.companyId),
    stations: asked.map((one) => one.stationId),
    day,
  });
