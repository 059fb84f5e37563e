/** What waits for an area manager today, in one question each: cases, visits, valves, papers to post, and where all that is. */
import { buildingScope } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import { OPEN_STATES, type TicketReach, ticketScope } from "#src/service/tickets/index.ts";

export type DayQuery = TicketReach & { readonly now: Date; readonly limit: number };

export type DayCase = {
  readonly ticketNo: string;
  readonly category: string;
  readonly categoryName: string;
  readonly categoryNameEn: string;
  readonly severity: string;
  readonly state: string;
  readonly summary: string;
  readonly addressText: string | null;
  readonly address: string | null;
  readonly accountNo: string | null;
  readonly buildingId: bigint | null;
  readonly hasNumber: boolean;
  readonly openedAt: Date;
  /** Also while its clock stands still: then it is the due time it had. */
  readonly dueAt: Date | null;
  readonly waitsFor: string | null;
  readonly waitsForEn: string | null;
  readonly waitsSince: Date | null;
  readonly mine: boolean;
  readonly version: number;
};
const STATES = OPEN_STATES.map((state) => `'${state}'`).join(", ");
const cases = `
  select t.ticket_no as "ticketNo", t.category_code as category, category.name as "categoryName",
    category.name_en as "categoryNameEn", t.severity, t.state, t.summary, t.address_text as "addressText",
    coalesce(premises.address, t.address_text) as address, account.account_no as "accountNo",
    t.building_id as "buildingId", t.caller_number is not null as "hasNumber", t.opened_at as "openedAt",
    solution.due_at as "dueAt", waits.name as "waitsFor", waits.name_en as "waitsForEn", solution.paused_at as "waitsSince",
    t.owner_id is not distinct from :staffId::bigint as mine, t.version
  from tickets t join ticket_categories category on category.code = t.category_code
  left join heat_accounts account on account.id = t.account_id
  left join premises on premises.id = t.premises_id
  left join lateral (select clock.id, clock.due_at, clock.paused_at from ticket_clocks clock
    where clock.ticket_id = t.id and clock.kind = 'solution' and clock.state in ('running', 'paused')
    order by clock.id desc limit 1) solution on true
  left join clock_pauses pause on pause.clock_id = solution.id and pause.resumed_at is null
  left join pause_reasons waits on waits.code = pause.reason
  where t.state in (${STATES}) and ${ticketScope("t")}
  order by solution.paused_at is not null, solution.due_at nulls last, t.id limit :limit`;
/** Open cases of the scope, what is due first at the top; those that wait for somebody else stand below them. */
export const casesOfDay = (sql: Sql, query: DayQuery) => sql.rows<DayCase>(cases, query);

export type DayVisit = {
  readonly id: bigint;
  readonly kind: string;
  readonly state: string;
  readonly address: string;
  readonly summary: string;
  readonly accountNo: string | null;
  readonly buildingId: bigint | null;
  readonly slotFrom: Date | null;
  readonly slotUntil: Date | null;
  readonly version: number;
};
const visits = `
  select o.id, o.kind, o.state, o.address, o.summary, account.account_no as "accountNo", o.building_id as "buildingId",
    o.slot_from as "slotFrom", o.slot_until as "slotUntil", o.version
  from work_orders o left join heat_accounts account on account.id = o.account_id
  where o.kind <> 'valve' and o.state not in ('done', 'cancelled')
    and (:scopeKind::text = 'everything' or (o.building_id is not null and ${buildingScope("o.building_id")}))
  order by coalesce(o.slot_from, 'infinity'), o.id limit :limit`;
/** Orders that need somebody at a door, but valves: those with a window first. */
export const visitsOfDay = (sql: Sql, query: DayQuery) => sql.rows<DayVisit>(visits, query);

export type DayValves = { readonly buildingId: bigint; readonly doors: number; readonly oldest: Date };
const valves = `
  select o.building_id as "buildingId", count(*)::int as doors, min(o.opened_at) as oldest from work_orders o
  where o.kind = 'valve' and o.state not in ('done', 'cancelled') and o.building_id is not null
    and ${buildingScope("o.building_id")}
  group by o.building_id order by o.building_id`;
/** How many valves wait in each building. */
export const valvesOfDay = (sql: Sql, query: DayQuery) => sql.rows<DayValves>(valves, query);

export type DayPosting = {
  readonly testId: bigint;
  readonly unitId: bigint;
  readonly unit: string;
  readonly buildingId: bigint;
  readonly startsAt: Date;
};
const postings = `
  select test.id as "testId", unit.id as "unitId", unit.name as unit, test.building_id as "buildingId",
    test.starts_at as "startsAt"
  from pressure_tests test join units unit on unit.building_id = test.building_id
  where test.state in ('planned', 'announced') and test.starts_at >= :now::timestamptz
    and test.starts_at < :now::timestamptz + interval '8 days' and ${buildingScope("test.building_id")}
    and not exists (select 1 from pressure_postings hung where hung.test_id = test.id
      and hung.window_no = test.window_no and hung.unit_id = unit.id and hung.paper = 'notice')
  order by test.starts_at, test.id, unit.id limit :limit`;
/** Stairwells of the tests of the next days where the paper does not hang yet. */
export const postingsOfDay = (sql: Sql, query: DayQuery) => sql.rows<DayPosting>(postings, query);

export type DayBuilding = {
  readonly id: bigint;
  readonly name: string;
  readonly communityId: bigint;
  readonly community: string;
  readonly district: string;
};
const buildings = `
  select building.id, building.name, community.id as "communityId", community.name as community, community.district
  from buildings building join communities community on community.id = building.community_id
  where building.id = any(:buildingIds::bigint[])
  order by community.id, coalesce(substring(building.name from '[0-9]{1,4}')::integer, 0), building.name, building.id`;
/** In the order in which one walks: community by community, 2号楼 before 10号楼. */
export const buildingsOfDay = (sql: Sql, buildingIds: readonly bigint[]) =>
  sql.rows<DayBuilding>(buildings, { buildingIds });
