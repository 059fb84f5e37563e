/**
 * SQL of what was collected (收费): principal of a season, posted less reversed, by accounting date; money that the banks do not
 * confirm yet (存疑) is left out. Closed days come added up per building (`collected_*`, written by collection); only what moved
 * on later days, and what is doubtful now, is counted from the postings. `recount-queries.ts` counts the same bill by bill.
 */
import { buildingScope } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import { AREA_FACTS, inNamedAreas } from "./area-queries.ts";
import {
  type AreaCollection,
  type ChannelCollection,
  type DayCollection,
  DOUBTFUL_POSTINGS,
} from "./collection-parts-queries.ts";
import { recountByArea, recountByChannel, recountByDay } from "./recount-queries.ts";
import type { Span } from "./span.ts";

const IN_REACH = (buildingId: `${string}.${string}`): string =>
  `${buildingScope(buildingId)} and ${inNamedAreas(buildingId)}`;

const KEPT_BY_BUILDING = `
    select t.day, t.building_id, t.source, t.channel_id, t.season_id, t.is_heat, t.payments, t.lines, t.fen
    from collected_takings t where t.day between :since::date and (select day from covered)`;
// Whoever asks of the whole town needs no buildings: of the two one is read, and the other never begun.
const ASKS_OF_TOWN = ":scopeKind::text = 'everything' and :inAreas::bigint[] is null";
const KEPT = `${KEPT_BY_BUILDING} and not (${ASKS_OF_TOWN})
    union all
    select t.day, null, t.source, t.channel_id, t.season_id, t.is_heat, t.payments, t.lines, t.fen
    from collected_town_takings t where ${ASKS_OF_TOWN} and t.day between :since::date and (select day from covered)`;

// What was allocated since `:since` to the end of the span. Kept rows know nothing of doubt: what is doubtful now goes off again.
// Where the kept days reach the end of the span, no posting is looked at.
const takings = (kept: string): string => `
  covered as materialized (
    select least(:toDay::date, coalesce(max(day), '-infinity')) as day from collected_days
  ), doubted as materialized (select unnest(${DOUBTFUL_POSTINGS}) as id
  ), counted as (
    select p.id, p.kind, p.source_id, p.accounting_date, 1 as sign from postings p
    where (select day from covered) < :toDay::date
      and p.accounting_date > (select day from covered) and p.accounting_date between :since::date and :toDay::date
      and p.id not in (select id from doubted)
    union all
    select p.id, p.kind, p.source_id, p.accounting_date, -1 from doubted join postings p on p.id = doubted.id
    where p.accounting_date between :since::date and (select day from covered)
  ), takings as (${kept}
    union all
    select c.accounting_date, home.building_id, collected_source(c.kind), payment.channel_id, b.season_id,
      coalesce(b.kind = 'heat', false), case when c.kind = 'payment' and not exists (
        select 1 from allocations first where first.posting_id = a.posting_id and first.id < a.id) then c.sign else 0 end,
      c.sign, c.sign * a.amount_fen
    from counted c join allocations a on a.posting_id = c.id
    join heat_accounts account on account.id = a.account_id join premises home on home.id = account.premises_id
    left join bills b on b.id = a.bill_id
    left join payments payment on payment.id = c.source_id and c.kind in ('payment', 'payment-reversed')
  )`;

// As on the last kept day, and for the homes that moved since: what they are now less what they were then.
const byArea = `
  with ${takings(KEPT_BY_BUILDING)}, movers as materialized (
    select m.account_id from collected_movers((select day from covered), :toDay::date) m
    where (select day from covered) < :toDay::date and m.season_id = :season::smallint
    union
    select b.account_id from doubted join allocations a on a.posting_id = doubted.id join bills b on b.id = a.bill_id
    where b.season_id = :season::smallint and b.kind = 'heat'
  ), past as (
    select account_id, sum(bills) as bills, sum(issued_fen) as issued_fen, sum(received_fen) as received_fen,
      sum(milli_m2) as milli_m2
    from collected_steps(:season::smallint, array(select account_id from movers), (select day from covered), '{}')
    group by account_id
  ), present as (
    select account_id, sum(bills) as bills, sum(issued_fen) as issued_fen, sum(received_fen) as received_fen,
      sum(milli_m2) as milli_m2
    from collected_steps(:season::smallint, array(select account_id from movers), :toDay::date, array(select id from doubted))
    group by account_id
  ), states as (
    select account_id, 1 as sign, bills > 0 as stands, received_fen >= issued_fen as paid, issued_fen, received_fen, milli_m2
    from present
    union all
    select account_id, -1, bills > 0, received_fen >= issued_fen, issued_fen, received_fen, milli_m2 from past
  ), parts as (
    select building.id as building_id, t.homes, t.paid_homes, t.issued_fen, t.received_fen, 0 as span_fen, t.milli_m2,
      t.paid_milli_m2
    from buildings building cross join lateral (
      select kept.* from collected_standings kept
      where kept.season_id = :season::smallint and kept.building_id = building.id and kept.day <= (select day from covered)
      order by kept.day desc limit 1
    ) t
    union all
    select home.building_id, s.sign * s.stands::int, s.sign * (s.stands and s.paid)::int, s.sign * s.issued_fen,
      s.sign * s.received_fen, 0, s.sign * s.milli_m2, s.sign * (s.stands and s.paid)::int * s.milli_m2
    from states s join heat_accounts account on account.id = s.account_id join premises home on home.id = account.premises_id
    union all
    select t.building_id, 0, 0, 0, 0, t.fen, 0, 0 from takings t where t.season_id = :season::smallint and t.is_heat
    union all
    -- a bill that was withdrawn by then stands no more, nor does what was paid on it
    select home.building_id, 0, 0, 0, 0, -a.amount_fen, 0, 0
    from bill_cancellations gone join bills b on b.id = gone.bill_id
    join allocations a on a.bill_id = b.id join postings p on p.id = a.posting_id
    join heat_accounts account on account.id = b.account_id join premises home on home.id = account.premises_id
    where b.season_id = :season::smallint and b.kind = 'heat' and b.state = 'cancelled'
      and gone.cancelled_at < :to::timestamptz and p.accounting_date between :since::date and :toDay::date
      and p.id not in (select id from doubted)
  ), of_building as (
    select building_id, sum(homes) as homes, sum(paid_homes) as paid_homes, sum(issued_fen) as issued_fen,
      sum(received_fen) as received_fen, sum(span_fen) as span_fen, sum(milli_m2) as milli_m2,
      sum(paid_milli_m2) as paid_milli_m2
    from parts group by building_id
  )
  select area.id as "areaId", area.name as area, area.branch_id as "branchId", area.branch_name as branch,
    area.manager_id as "managerId", area.manager_name as manager,
    sum(b.homes)::bigint as homes, sum(b.paid_homes)::bigint as "paidHomes", sum(b.issued_fen)::bigint as "issuedFen",
    sum(b.received_fen)::bigint as "receivedFen", sum(b.span_fen)::bigint as "spanFen", sum(b.milli_m2)::bigint as "milliM2",
    sum(b.paid_milli_m2)::bigint as "paidMilliM2"
  from of_building b
  left join service_area_buildings served on served.building_id = b.building_id and served.valid @> :toDay::date
  left join ${AREA_FACTS} area on area.id = served.area_id
  where ${IN_REACH("b.building_id")}
  group by area.id, area.name, area.code, area.branch_id, area.branch_name, area.manager_id, area.manager_name
  having sum(b.homes) > 0
  order by area.code nulls last`;

/** Figures are kept by building: who sees single homes of one is answered by counting these. */
const seesHomes = (span: Span): boolean => span.scopeKind === "accounts";

/** By area, to the end of the span; the figures of a branch, a manager or the company are sums of these. */
export const collectByArea = (sql: Sql, span: Span) =>
  seesHomes(span)
    ? recountByArea(sql, span)
    : sql.rows<AreaCollection>(byArea, { ...span, since: span.fromDay });

// What prepaid paid, and what was claimed from suspense, came in on another day and by nobody's channel of today.
const byChannel = `
  with ${takings(KEPT)}
  select coalesce(channel.code, case when t.source = 'suspense' then 'suspense' else 'prepaid' end) as code, channel.name,
    channel.name_en as "nameEn",
    coalesce(sum(t.payments) filter (where t.day >= :fromDay::date), 0)::bigint as payments,
    coalesce(sum(t.fen) filter (where t.season_id = :season and t.is_heat and t.day >= :fromDay::date), 0)::bigint
      as "seasonFen",
    coalesce(sum(t.fen) filter (where t.season_id is not null and not (t.season_id = :season and t.is_heat)
      and t.day >= :fromDay::date), 0)::bigint as "oldFen",
    coalesce(sum(t.fen) filter (where t.season_id is null and t.day >= :fromDay::date), 0)::bigint as "prepaidFen",
    coalesce(sum(t.fen) filter (where t.source = 'channel' and t.day >= :fromDay::date), 0)::bigint as "cashFen",
    coalesce(sum(t.fen) filter (where t.season_id = :season and t.is_heat), 0)::bigint as "toDateFen"
  from takings t left join channels channel on channel.id = t.channel_id
  where t.source <> 'other' and ${IN_REACH("t.building_id")}
  group by channel.id, channel.code, channel.name, channel.name_en, t.source = 'suspense' having sum(t.lines) <> 0
  order by channel.id nulls last, 1`;
export const collectByChannel = (sql: Sql, span: Span) =>
  seesHomes(span)
    ? recountByChannel(sql, span)
    : sql.rows<ChannelCollection>(byChannel, { ...span, since: span.seasonFrom });

const byDay = `
  with ${takings(KEPT)}
  select t.day, sum(t.fen)::bigint as fen from takings t
  where t.season_id = :season::smallint and t.is_heat and ${IN_REACH("t.building_id")}
  group by t.day having sum(t.lines) <> 0 order by t.day`;
/** Principal of the season by day, to the end of the span. */
export const collectByDay = (sql: Sql, span: Span) =>
  seesHomes(span) ? recountByDay(sql, span) : sql.rows<DayCollection>(byDay, { ...span, since: "-infinity" });
