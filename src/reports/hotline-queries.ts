/** SQL of calls and cases for the hotline sheet and the service board: counts of the span, and as they stood at its end. */
import type { Sql } from "#src/platform/sql.ts";
import { VISIBLE_CALL } from "#src/service/hotline/index.ts";
import { ticketScope } from "#src/service/tickets/index.ts";
import { accountScope, buildingScope } from "#src/platform/scope.ts";
import { inNamedAreas } from "./area-queries.ts";
import type { Span } from "./span.ts";

/** Inbound calls that began in the span, as `c`, within the reader's reach. */
export const CALLS_IN = `calls c left join heat_accounts account on account.id = c.account_id
  where c.direction = 'inbound' and c.began_at >= :from::timestamptz and c.began_at < :to::timestamptz and ${VISIBLE_CALL}`;
/** What stands below the line of the answer rate: answered, or given up after five seconds in the queue. */
export const CALL_BASE = `(c.outcome = 'answered' or (c.outcome = 'abandoned'
  and c.finished_at - coalesce(c.queued_at, c.began_at) > interval '5 seconds'))`;
export const ANSWERED_IN_TIME = `(c.outcome = 'answered' and c.answered_at - coalesce(c.queued_at, c.began_at)
  <= :withinSeconds::int * interval '1 second')`;

/** The numbers whose calls were lost in the span, once each, as `lost`: when first, and how soon somebody spoke with them. */
export const LOST_NUMBERS = `(
    select c.number, min(c.finished_at) as lost_at, max(c.id) as id, count(*) as calls,
      (select min(r.answered_at) from calls r where r.number = c.number and r.answered_at > min(c.finished_at)) as reached_at,
      exists (select 1 from call_backs b where b.number = c.number and b.state = 'open') as waits
    from ${CALLS_IN} and c.outcome = 'abandoned' and c.number is not null
    group by c.number) lost`;
export const REACHED_IN_TIME = `lost.reached_at <= lost.lost_at + interval '2 hours'`;

const calls = `
  with day as materialized (select c.* from ${CALLS_IN}), lost as materialized (select lost.* from ${LOST_NUMBERS})
  select count(*) as calls, count(*) filter (where c.outcome = 'self-served') as "selfServed",
    count(*) filter (where c.outcome = 'answered') as answered, count(*) filter (where c.outcome = 'abandoned') as abandoned,
    count(*) filter (where ${CALL_BASE}) as base, count(*) filter (where ${ANSWERED_IN_TIME}) as "inTime",
    (select count(*) from lost) as "lostNumbers",
    (select count(*) from lost where ${REACHED_IN_TIME}) as "reachedInTime",
    (select count(*) from lost where lost.waits) as "lostOpen",
    (select count(*) from lost where lost.reached_at is not null) as "reachedAtAll",
    (select percentile_disc(0.5) within group (order by ceil(extract(epoch from lost.reached_at - lost.lost_at) / 60)::int)
      from lost where lost.reached_at is not null) as "medianMinutes",
    (select max(ceil(extract(epoch from lost.reached_at - lost.lost_at) / 60)::int) from lost) as "longestMinutes"
  from day c`;
export type CallFigures = {
  readonly calls: bigint;
  readonly selfServed: bigint;
  readonly answered: bigint;
  readonly abandoned: bigint;
  readonly base: bigint;
  readonly inTime: bigint;
  readonly lostNumbers: bigint;
  /** Spoken with within two hours of the first lost call. */
  readonly reachedInTime: bigint;
  readonly lostOpen: bigint;
  readonly reachedAtAll: bigint;
  readonly medianMinutes: number | null;
  readonly longestMinutes: number | null;
};
export const countCalls = (sql: Sql, span: Span & { readonly withinSeconds: number }) =>
  sql.one<CallFigures>(calls, span);

const callDays = `
  select to_char(c.began_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD') as day, count(*) as calls,
    count(*) filter (where c.outcome = 'self-served') as "selfServed", count(*) filter (where c.outcome = 'answered') as answered,
    count(*) filter (where c.outcome = 'abandoned') as abandoned, count(*) filter (where ${CALL_BASE}) as base
  from ${CALLS_IN} group by 1 order by 1`;
export type CallDay = {
  readonly day: string;
  readonly calls: bigint;
  readonly selfServed: bigint;
  readonly answered: bigint;
  readonly abandoned: bigint;
  readonly base: bigint;
};
export const callsByDay = (sql: Sql, span: Span) => sql.rows<CallDay>(callDays, span);

/** Cases within reach, of a category (either level), of the named areas. */
export const CASES = `tickets t where t.state not in ('cancelled', 'merged') and ${ticketScope("t")}
    and (:category::text is null or t.category_code = :category::text or t.category_code like :category::text || '.%')
    and ${inNamedAreas("t.building_id")}`;
export const CASE_PARTS = {
  new: `t.opened_at >= :from::timestamptz and t.opened_at < :to::timestamptz`,
  closed: `t.closed_at >= :from::timestamptz and t.closed_at < :to::timestamptz`,
  open: `t.opened_at < :cut::timestamptz and coalesce(t.closed_at, 'infinity') >= :cut::timestamptz`,
} as const;

const cases = `
  select first.code, first.name, first.name_en as "nameEn",
    count(t.id) filter (where ${CASE_PARTS.new}) as "new", count(t.id) filter (where ${CASE_PARTS.closed}) as closed,
    count(t.id) filter (where ${CASE_PARTS.open}) as open
  from ticket_categories first left join (
    select t.id, split_part(t.category_code, '.', 1) as level_one, t.opened_at, t.closed_at from ${CASES}
      and (t.opened_at >= :from::timestamptz or t.closed_at is null or t.closed_at >= :from::timestamptz)
  ) t on t.level_one = first.code
  where first.parent_code is null group by first.code, first.name, first.name_en, first.ordinal order by first.ordinal`;
export type CaseFigures = {
  readonly code: string;
  readonly name: string;
  readonly nameEn: string;
  readonly new: bigint;
  readonly closed: bigint;
  readonly open: bigint;
};
export const countCases = (sql: Sql, span: Span) => sql.rows<CaseFigures>(cases, span);

/** Homes that were supplied on the last day of the span, as accounts with their building. */
export const SUPPLIED_HOMES = `
    select distinct account.id, home.building_id from supply_states supplied
    join charge_points point on point.id = supplied.charge_point_id
    join heat_accounts account on account.id = point.account_id join premises home on home.id = account.premises_id
    where supplied.state = 'supplied' and supplied.valid @> :toDay::date and account.state <> 'closed'
      and ${accountScope("account")} and ${inNamedAreas("home.building_id")}`;

const coldStations = `
  with cold as materialized (
    select loops.station_id, count(*) as cases from tickets t join buildings b on b.id = t.building_id
    join loops on loops.id = b.loop_id
    where t.state not in ('cancelled', 'merged') and ${CASE_PARTS.new} and t.category_code like 'heat.%'
      and ${buildingScope("t.building_id")} and ${inNamedAreas("t.building_id")}
    group by loops.station_id
  ), homes as (
    select loops.station_id, count(*) as homes from (${SUPPLIED_HOMES}) supplied
    join buildings b on b.id = supplied.building_id join loops on loops.id = b.loop_id
    where loops.station_id in (select station_id from cold) group by loops.station_id
  )
  select station.id, station.code, station.name, cold.cases, coalesce(homes.homes, 0) as homes
  from cold join stations station on station.id = cold.station_id left join homes on homes.station_id = cold.station_id
  order by cold.cases::numeric / greatest(coalesce(homes.homes, 0), 1) desc, cold.cases desc, station.code limit 10`;
export type ColdStation = {
  readonly id: bigint;
  readonly code: string;
  readonly name: string;
  readonly cases: bigint;
  readonly homes: bigint;
};
/** The ten worst by cold cases on supplied homes. */
export const worstStations = (sql: Sql, span: Span) => sql.rows<ColdStation>(coldStations, span);
