/**
 * SQL that counts what was collected bill by bill: for whoever sees single homes and not buildings, and what the kept figures are
 * held against. It reads every bill of the season; a board does not ask it.
 */
import { accountScope } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import { AREA_FACTS, inNamedAreas } from "./area-queries.ts";
import {
  type AreaCollection,
  type ChannelCollection,
  type DayCollection,
  DOUBTFUL_POSTINGS,
  STANDING_BILLS,
} from "./collection-parts-queries.ts";
import type { Span } from "./span.ts";

// First by account: a home has paid when all of its bills are.
const byArea = `
  with standing as materialized (${STANDING_BILLS}
  ), received as materialized (
    select a.bill_id, sum(a.amount_fen)::bigint as fen,
      coalesce(sum(a.amount_fen) filter (where p.accounting_date >= :fromDay::date), 0)::bigint as span_fen
    from allocations a join postings p on p.id = a.posting_id
    where a.bill_id in (select id from standing) and p.accounting_date <= :toDay::date
      and p.id <> all (${DOUBTFUL_POSTINGS})
    group by a.bill_id
  ), areas_of as materialized (
    select line.bill_id, sum(line.billing_area_milli_m2)::bigint as milli_m2
    from bill_lines line where line.bill_id in (select id from standing) group by line.bill_id
  ), homes as (
    select s.account_id, sum(s.amount_fen)::bigint as amount_fen, coalesce(sum(r.fen), 0)::bigint as received_fen,
      coalesce(sum(r.span_fen), 0)::bigint as span_fen, coalesce(sum(m.milli_m2), 0)::bigint as milli_m2
    from standing s left join received r on r.bill_id = s.id left join areas_of m on m.bill_id = s.id
    group by s.account_id
  )
  select area.id as "areaId", area.name as area, area.branch_id as "branchId", area.branch_name as branch,
    area.manager_id as "managerId", area.manager_name as manager,
    count(*) as homes, count(*) filter (where h.received_fen >= h.amount_fen) as "paidHomes",
    sum(h.amount_fen)::bigint as "issuedFen", sum(h.received_fen)::bigint as "receivedFen", sum(h.span_fen)::bigint as "spanFen",
    sum(h.milli_m2)::bigint as "milliM2",
    coalesce(sum(h.milli_m2) filter (where h.received_fen >= h.amount_fen), 0)::bigint as "paidMilliM2"
  from homes h join heat_accounts account on account.id = h.account_id
  join premises home on home.id = account.premises_id
  left join service_area_buildings served on served.building_id = home.building_id and served.valid @> :toDay::date
  left join ${AREA_FACTS} area on area.id = served.area_id
  where ${accountScope("account")} and ${inNamedAreas("home.building_id")}
  group by area.id, area.name, area.code, area.branch_id, area.branch_name, area.manager_id, area.manager_name
  order by area.code nulls last`;

export const recountByArea = (sql: Sql, span: Span) => sql.rows<AreaCollection>(byArea, span);

// What prepaid paid, and what was claimed from suspense, came in on another day and by nobody's channel of today.
const byChannel = `
  with money as materialized (
    select p.kind, p.source_id, p.accounting_date, a.account_id, a.bill_id, a.amount_fen
    from postings p join allocations a on a.posting_id = p.id
    where p.kind in ('payment', 'payment-reversed', 'prepaid-applied', 'suspense-claimed')
      and p.accounting_date between :seasonFrom::date and :toDay::date
      and p.id <> all (${DOUBTFUL_POSTINGS})
  )
  select coalesce(channel.code, case when m.kind = 'suspense-claimed' then 'suspense' else 'prepaid' end) as code,
    channel.name, channel.name_en as "nameEn",
    count(distinct m.source_id) filter (where m.kind = 'payment' and m.accounting_date >= :fromDay::date) as payments,
    coalesce(sum(m.amount_fen) filter (where b.season_id = :season and b.kind = 'heat'
      and m.accounting_date >= :fromDay::date), 0)::bigint as "seasonFen",
    coalesce(sum(m.amount_fen) filter (where m.bill_id is not null and not (b.season_id = :season and b.kind = 'heat')
      and m.accounting_date >= :fromDay::date), 0)::bigint as "oldFen",
    coalesce(sum(m.amount_fen) filter (where m.bill_id is null and m.accounting_date >= :fromDay::date), 0)::bigint as "prepaidFen",
    coalesce(sum(m.amount_fen) filter (where m.kind in ('payment', 'payment-reversed')
      and m.accounting_date >= :fromDay::date), 0)::bigint as "cashFen",
    coalesce(sum(m.amount_fen) filter (where b.season_id = :season and b.kind = 'heat'), 0)::bigint as "toDateFen"
  from money m left join bills b on b.id = m.bill_id
  left join payments payment on payment.id = m.source_id and m.kind in ('payment', 'payment-reversed')
  left join channels channel on channel.id = payment.channel_id
  join heat_accounts account on account.id = m.account_id join premises home on home.id = account.premises_id
  where ${accountScope("account")} and ${inNamedAreas("home.building_id")}
  group by channel.id, channel.code, channel.name, channel.name_en, m.kind = 'suspense-claimed'
  order by channel.id nulls last, 1`;

export const recountByChannel = (sql: Sql, span: Span) => sql.rows<ChannelCollection>(byChannel, span);

const byDay = `
  select p.accounting_date as day, sum(a.amount_fen)::bigint as fen
  from bills b join allocations a on a.bill_id = b.id join postings p on p.id = a.posting_id
  join heat_accounts account on account.id = b.account_id join premises home on home.id = account.premises_id
  where b.season_id = :season and b.kind = 'heat' and p.accounting_date <= :toDay::date
    and p.id <> all (${DOUBTFUL_POSTINGS}) and ${accountScope("account")} and ${inNamedAreas("home.building_id")}
  group by 1 order by 1`;
export const recountByDay = (sql: Sql, span: Span) => sql.rows<DayCollection>(byDay, span);
