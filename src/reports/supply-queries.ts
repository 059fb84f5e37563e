/** SQL of supply and valves (供热阀门): as they stood at the end of the span, and what happened in it. */
import { accountScope, buildingScope } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import { LEAK_CATEGORIES, ticketScope } from "#src/service/tickets/index.ts";
import { inNamedAreas } from "./area-queries.ts";
import { STANDING_BILLS } from "./collection-parts-queries.ts";
import type { Span } from "./span.ts";

const ours = `${accountScope("account")} and ${inNamedAreas("home.building_id")}`;
const HOME_OF_POINT = `join heat_accounts account on account.id = point.account_id and account.state <> 'closed'
    join premises home on home.id = account.premises_id`;

/** Charge points that were supplied on the last day of the span, as `point`, with `terms` of that day. */
export const SUPPLIED_POINTS = `supply_states supplied join charge_points point on point.id = supplied.charge_point_id
    ${HOME_OF_POINT}
    left join charge_point_terms terms on terms.charge_point_id = point.id and terms.valid @> :toDay::date
    where supplied.state = 'supplied' and supplied.valid @> :toDay::date and ${ours}`;

/** Valves that were turned in the span, as `turned`. */
export const TURNED_VALVES = `state_changes turned join heat_accounts account on account.id = turned.account_id
    join premises home on home.id = account.premises_id
    where turned.machine = 'valve' and turned.effective_on between :fromDay::date and :toDay::date and ${ours}`;

/** Paid, and for more than a day nobody has opened, as `task`. */
export const NOT_OPENED = `tasks task join heat_accounts account on account.id = task.account_id
    join premises home on home.id = account.premises_id
    where task.kind = 'valve-opening' and task.created_at < :cut::timestamptz - interval '1 day'
      and coalesce(task.closed_at, 'infinity') >= :cut::timestamptz and ${ours}`;

/** Bills of the season with something open at the end of the span, as `b`: with what is open as `b.open_fen`. */
const UNPAID = `(
    select standing.*, standing.amount_fen - coalesce(paid.fen, 0) as open_fen from (${STANDING_BILLS}
    ) standing left join (
      select a.bill_id, sum(a.amount_fen)::bigint as fen from allocations a join postings p on p.id = a.posting_id
      where a.bill_id is not null and p.accounting_date <= :toDay::date group by a.bill_id
    ) paid on paid.bill_id = standing.id
    where standing.amount_fen > coalesce(paid.fen, 0)) b
    join charge_points point on point.id = b.charge_point_id ${HOME_OF_POINT}
    left join charge_point_terms terms on terms.charge_point_id = point.id and terms.valid @> :toDay::date`;
/** Unpaid in a building where the valve of a home can be shut alone, and it is open. */
export const NOT_CLOSED = `${UNPAID}
    join valve_states valve on valve.charge_point_id = point.id and valve.valid @> :toDay::date and valve.state = 'open'
    where coalesce(terms.loop_type, 'independent') = 'independent' and ${ours}`;
/** Unpaid where nobody can be shut off alone (串联). */
export const SERIES_UNPAID = `${UNPAID} where terms.loop_type = 'series' and ${ours}`;

const standing = `
  select
    (select count(distinct account.id) from ${SUPPLIED_POINTS}) as "suppliedHomes",
    (select coalesce(sum(terms.billing_area_milli_m2), 0)::bigint from ${SUPPLIED_POINTS}) as "suppliedMilliM2",
    (select count(*) from ${TURNED_VALVES} and turned.to_state = 'open') as opened,
    (select count(*) from ${TURNED_VALVES} and turned.to_state in ('closed', 'sealed')) as closed,
    (select count(*) from ${NOT_OPENED}) as "notOpened",
    (select count(distinct account.id) from ${NOT_CLOSED}) as "notClosed",
    series.homes as "seriesHomes", series.fen as "seriesFen"
  from (select count(distinct account.id) as homes, coalesce(sum(b.open_fen), 0)::bigint as fen from ${SERIES_UNPAID}) series`;
export type SupplyFigures = {
  readonly suppliedHomes: bigint;
  readonly suppliedMilliM2: bigint;
  readonly opened: bigint;
  readonly closed: bigint;
  /** Paid for more than a day. */
  readonly notOpened: bigint;
  readonly notClosed: bigint;
  readonly seriesHomes: bigint;
  readonly seriesFen: bigint;
};
export const supplyFigures = (sql: Sql, span: Span) => sql.one<SupplyFigures>(standing, span);

/** Buildings without heat within the span, as `timed`: each for its own seconds, however many outages overlap. */
export const DARK_BUILDINGS = `dark as materialized (
    select road.building_id, loops.station_id, range_agg(road.valid * tstzrange(:from::timestamptz, :cut::timestamptz)) as hours
    from building_outages road join buildings b on b.id = road.building_id join loops on loops.id = b.loop_id
    where road.valid && tstzrange(:from::timestamptz, :cut::timestamptz)
      and ${buildingScope("road.building_id")} and ${inNamedAreas("road.building_id")}
      and (:station::bigint is null or loops.station_id = :station::bigint)
    group by road.building_id, loops.station_id
  ), timed as (
    select dark.building_id, dark.station_id,
      (select sum(extract(epoch from upper(part) - lower(part)))::bigint from unnest(dark.hours) part) as seconds
    from dark
  )`;
/** Supplied on the last day of the span, as `account` in `home`. */
export const IS_SUPPLIED = `account.state <> 'closed' and exists (select 1 from charge_points point
      join supply_states s on s.charge_point_id = point.id and s.valid @> :toDay::date and s.state = 'supplied'
      where point.account_id = account.id)`;

const outages = `
  with ${DARK_BUILDINGS}, counted as (
    select timed.*, (select count(distinct account.id) from premises home
      join heat_accounts account on account.premises_id = home.id and account.state <> 'closed'
      join charge_points point on point.account_id = account.id
      join supply_states s on s.charge_point_id = point.id and s.valid @> :toDay::date and s.state = 'supplied'
      where home.building_id = timed.building_id) as homes
    from timed
  )
  select station.id, station.code, station.name, sum(counted.homes)::bigint as homes,
    max(counted.seconds)::bigint as seconds, sum(counted.homes * counted.seconds)::bigint as "homeSeconds"
  from counted join stations station on station.id = counted.station_id
  group by station.id, station.code, station.name order by 6 desc, station.code limit 100`;
export type OutageFigures = {
  readonly id: bigint;
  readonly code: string;
  readonly name: string;
  readonly homes: bigint;
  readonly seconds: bigint;
  readonly homeSeconds: bigint;
};
export const outagesByStation = (sql: Sql, span: Span) => sql.rows<OutageFigures>(outages, span);

/** Leaks that were reported in the span, with the clock of the way there, as `t` and `way`. */
export const LEAKS = `tickets t left join ticket_clocks way on way.ticket_id = t.id and way.kind = 'on-site' and way.state <> 'cancelled'
      and way.subject = ''
    where t.category_code = any(array[${LEAK_CATEGORIES.map((code) => `'${code}'`).join(", ")}])
      and t.state not in ('cancelled', 'merged') and t.opened_at >= :from::timestamptz and t.opened_at < :to::timestamptz
      and ${ticketScope("t")} and ${inNamedAreas("t.building_id")}`;
export const ARRIVAL_MINUTES = `ceil(extract(epoch from way.stopped_at - t.opened_at) / 60)::int`;

const leaks = `
  select count(*) as leaks, count(way.stopped_at) as reached, count(*) filter (where way.met) as "inTime",
    percentile_disc(0.5) within group (order by ${ARRIVAL_MINUTES}) as "medianMinutes", max(${ARRIVAL_MINUTES}) as "longestMinutes"
  from ${LEAKS}`;
export type LeakFigures = {
  readonly leaks: bigint;
  readonly reached: bigint;
  readonly inTime: bigint;
  readonly medianMinutes: number | null;
  readonly longestMinutes: number | null;
};
export const leakFigures = (sql: Sql, span: Span) => sql.one<LeakFigures>(leaks, span);

/**
 * Slips measured in the span that count, as `slip` with `coldest`, the coldest room: windows shut for half an hour (the method of
 * measuring), and at least one room read.
 */
export const VALID_SLIPS = `(
    select slip.id, slip.measured_at, slip.outdoor_tenths, work.id as order_id, work.address, account.account_no,
      (select min(reading.reading_tenths) from temperature_readings reading where reading.slip_id = slip.id) as coldest
    from temperature_slips slip join work_orders work on work.id = slip.work_order_id
    left join heat_accounts account on account.id = work.account_id
    where slip.windows = 'closed-30-min' and slip.measured_at >= :from::timestamptz and slip.measured_at < :to::timestamptz
      and ${buildingScope("work.building_id")} and ${inNamedAreas("work.building_id")}) slip
    where slip.coldest is not null`;

const slips = `
  select count(*) as valid, count(*) filter (where slip.coldest >= 180) as passed,
    round(avg(slip.outdoor_tenths))::int as "outdoorTenths", count(slip.outdoor_tenths) as "outdoorRead"
  from ${VALID_SLIPS}`;
export type SlipFigures = {
  readonly valid: bigint;
  /** The coldest room has 18.0 or more. */
  readonly passed: bigint;
  readonly outdoorTenths: number | null;
  readonly outdoorRead: bigint;
};
export const slipFigures = (sql: Sql, span: Span) => sql.one<SlipFigures>(slips, span);
