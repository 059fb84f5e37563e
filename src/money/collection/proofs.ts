/** What must hold over all payments, as SQL that returns offenders. An empty list is the proof. */
import type { Proof } from "#src/money/ledger/index.ts";

export const collectionProofs: readonly Proof[] = [
  {
    rule: "what a bill counts as paid is what was allocated to it",
    sql: `
      select 'bills:' || b.id as row, coalesce(a.fen, 0)::text as expected, b.paid_fen::text as found
      from bills b
      left join (select bill_id, sum(amount_fen)::bigint as fen from allocations where bill_id is not null
        group by bill_id) a on a.bill_id = b.id
      where b.paid_fen <> coalesce(a.fen, 0)`,
  },
  {
    rule: "a payment has one posting, whose transfers and allocations sum to its amount",
    sql: `
      select 'payments:' || p.id as row, p.amount_fen || '/' || p.amount_fen as expected,
        coalesce(t.fen, 0) || '/' || coalesce(a.fen, 0) as found
      from payments p
      left join postings g on g.kind = 'payment' and g.source_id = p.id
      left join (select posting_id, sum(amount_fen)::bigint as fen from transfers group by posting_id) t
        on t.posting_id = g.id
      left join (select posting_id, sum(amount_fen)::bigint as fen from allocations group by posting_id) a
        on a.posting_id = g.id
      where coalesce(t.fen, 0) <> p.amount_fen or coalesce(a.fen, 0) <> p.amount_fen`,
  },
  {
    rule: "a payment is reversed exactly when it has one reversal of its whole amount",
    sql: `
      select 'payments:' || p.id as row,
        case when p.state = 'reversed' then 'one reversal of ' || p.amount_fen else 'no reversal' end as expected,
        coalesce(r.fen::text, 'none') || '/' || coalesce(named.payment_id::text, 'none') as found
      from payments p
      left join (
        select g.source_id, g.corrects_id, g.id, sum(t.amount_fen)::bigint as fen
        from postings g join transfers t on t.posting_id = g.id where g.kind = 'payment-reversed' group by g.id
      ) r on r.source_id = p.id
      left join payment_reversals named on named.payment_id = p.id and named.posting_id = r.id
      left join postings original on original.kind = 'payment' and original.source_id = p.id
      where (p.state = 'reversed') <> (r.id is not null)
        or (r.id is not null and (r.fen <> p.amount_fen or named.payment_id is null
          or r.corrects_id is distinct from original.id))`,
  },
  {
    rule: "a reversal is the opposite of what it reverses, bill by bill",
    sql: `
      with shares as (
        select g.source_id as payment_id, a.bill_id, sum(a.amount_fen)::bigint as fen
        from postings g join allocations a on a.posting_id = g.id
        where g.kind in ('payment', 'payment-reversed')
          and exists (select 1 from payment_reversals r where r.payment_id = g.source_id)
        group by g.source_id, a.bill_id)
      select 'payments:' || payment_id || '/' || coalesce(bill_id::text, 'prepaid') as row, '0' as expected,
        fen::text as found
      from shares where fen <> 0`,
  },
  {
    rule: "transfers of a payment go where its allocations say",
    sql: `
      with moved as (
        select t.posting_id, t.bill_id, sum(t.amount_fen)::bigint as fen
        from transfers t join postings g on g.id = t.posting_id
        where g.kind in ('payment', 'payment-reversed', 'prepaid-applied') group by t.posting_id, t.bill_id),
      allocated as (
        select a.posting_id, a.bill_id, sum(abs(a.amount_fen))::bigint as fen
        from allocations a join postings g on g.id = a.posting_id
        where g.kind in ('payment', 'payment-reversed', 'prepaid-applied') group by a.posting_id, a.bill_id)
      select 'postings:' || coalesce(m.posting_id, a.posting_id) as row, coalesce(a.fen, 0)::text as expected,
        coalesce(m.fen, 0)::text as found
      from moved m full join allocated a on a.posting_id = m.posting_id
        and coalesce(a.bill_id, 0) = coalesce(m.bill_id, 0)
      where coalesce(a.fen, 0) <> coalesce(m.fen, 0)`,
  },
  {
    rule: "prepaid is what payments left over less what bills took of it",
    sql: `
      with allocated as (
        select a.account_id, sum(case when g.kind = 'prepaid-applied' then -a.amount_fen when a.bill_id is null
          then a.amount_fen else 0 end)::bigint as fen
        from allocations a join postings g on g.id = a.posting_id group by a.account_id),
      others as (
        -- prepaid that came by other ways than payments: the opening, suspense
        select t.account_id, sum(case when t.credit = 'prepaid' then t.amount_fen else -t.amount_fen end)::bigint as fen
        from transfers t join postings g on g.id = t.posting_id
        where 'prepaid' in (t.debit, t.credit)
          and not exists (select 1 from allocations a where a.posting_id = g.id)
        group by t.account_id)
      select 'household_balances:' || h.account_id || '/prepaid' as row,
        (coalesce(a.fen, 0) + coalesce(o.fen, 0))::text as expected, h.balance_fen::text as found
      from household_balances h
      left join allocated a on a.account_id = h.account_id
      left join others o on o.account_id = h.account_id
      where h.code = 'prepaid' and h.balance_fen <> coalesce(a.fen, 0) + coalesce(o.fen, 0)`,
  },
  {
    rule: "what came in for a household is what its bills count as paid and its prepaid",
    sql: `
      with brought as (
        select account_id, sum(fen)::bigint as fen from (
          select account_id, amount_fen as fen from payments where state <> 'reversed'
          union all
          select claimed_account_id, amount_fen from suspense_items where state = 'claimed'
          union all
          select account_id, amount_fen from transfers where debit = 'opening_balance' and credit = 'prepaid'
        ) came group by account_id),
      stands as (
        select account_id, sum(fen)::bigint as fen from (
          select account_id, paid_fen as fen from bills
          union all
          select account_id, balance_fen from household_balances where code = 'prepaid'
        ) counted group by account_id)
      select 'heat_accounts:' || coalesce(b.account_id, s.account_id) as row, coalesce(b.fen, 0)::text as expected,
        coalesce(s.fen, 0)::text as found
      from brought b full join stands s on s.account_id = b.account_id where coalesce(b.fen, 0) <> coalesce(s.fen, 0)`,
  },
  {
    rule: "receipt numbers have no gap and end where the series goes on",
    sql: `
      select 'number_series:' || s.code as row, (s.next_number - 1)::text as expected,
        count(r.id) || ' from ' || coalesce(min(r.number), 0) || ' to ' || coalesce(max(r.number), 0) as found
      from number_series s join receipts r on r.series = s.code
      group by s.code, s.next_number
      having max(r.number) <> s.next_number - 1 or count(*) <> max(r.number) - min(r.number) + 1`,
  },
  {
    rule: "a receipt's total is the sum of its payments",
    sql: `
      with named as (
        select named.receipt_id, p.amount_fen from receipt_payments named join payments p on p.id = named.payment_id
        union all
        select named.receipt_id, i.amount_fen from receipt_claims named join suspense_items i on i.id = named.item_id)
      select 'receipts:' || r.id as row, coalesce(sum(named.amount_fen), 0)::text as expected, r.total_fen::text as found
      from receipts r left join named on named.receipt_id = r.id
      group by r.id having coalesce(sum(named.amount_fen), 0) <> r.total_fen`,
  },
  {
    rule: "a reversed payment stands on no valid receipt, and a void receipt holds no payment",
    sql: `
      select 'receipts:' || r.id as row, case when r.voided_at is null then 'posted payments' else 'no payment held' end
        as expected, 'payment ' || p.id || ' ' || p.state as found
      from receipts r
      join receipt_payments named on named.receipt_id = r.id
      join payments p on p.id = named.payment_id
      where named.active and (r.voided_at is not null or p.state = 'reversed')`,
  },
  {
    rule: "a closed shift's expected money is what its payments brought until then",
    sql: `
      with money as (
        select s.id,
          coalesce(sum(case when t.debit = 'cash' then t.amount_fen when t.credit = 'cash' then -t.amount_fen else 0 end),
            0)::bigint as cash_fen,
          coalesce(sum(case when t.debit = 'pos_clearing' then t.amount_fen when t.credit = 'pos_clearing'
            then -t.amount_fen else 0 end), 0)::bigint as pos_fen
        from shifts s
        left join payments p on p.shift_id = s.id
        left join postings g on g.kind in ('payment', 'payment-reversed') and g.source_id = p.id
          and g.id <= s.last_posting_id
        left join transfers t on t.posting_id = g.id
        where s.state = 'closed' group by s.id)
      select 'shifts:' || s.id as row, (s.opening_cash_fen + m.cash_fen) || '/' || m.pos_fen as expected,
        s.expected_cash_fen || '/' || s.expected_pos_fen as found
      from shifts s join money m on m.id = s.id
      where s.expected_cash_fen <> s.opening_cash_fen + m.cash_fen or s.expected_pos_fen <> m.pos_fen`,
  },
  {
    rule: "a closed shift's difference is posted to the fen",
    sql: `
      with moved as (
        select g.source_id, sum(case when t.credit = 'cash_difference' then t.amount_fen else -t.amount_fen end)::bigint
          as fen
        from postings g join transfers t on t.posting_id = g.id where g.kind = 'shift-difference' group by g.source_id)
      select 'shifts:' || s.id as row,
        (s.counted_cash_fen - s.expected_cash_fen + s.pos_total_fen - s.expected_pos_fen)::text as expected,
        coalesce(m.fen, 0)::text as found
      from shifts s left join moved m on m.source_id = s.id
      where s.state = 'closed'
        and s.counted_cash_fen - s.expected_cash_fen + s.pos_total_fen - s.expected_pos_fen <> coalesce(m.fen, 0)`,
  },
  {
    rule: "kept totals of the closed days are the allocations of these days",
    sql: `
      with kept as (select day, sum(lines) as lines, sum(fen)::bigint as fen from collected_takings group by day
      ), allocated as (
        select p.accounting_date as day, count(*) as lines, sum(a.amount_fen)::bigint as fen
        from allocations a join postings p on p.id = a.posting_id
        where p.accounting_date <= (select max(day) from collected_days) group by p.accounting_date)
      select 'collected_takings:' || day as row, coalesce(a.lines, 0) || '/' || coalesce(a.fen, 0) as expected,
        coalesce(k.lines, 0) || '/' || coalesce(k.fen, 0) as found
      from kept k full join allocated a using (day)
      where coalesce(a.lines, 0) <> coalesce(k.lines, 0) or coalesce(a.fen, 0) <> coalesce(k.fen, 0)`,
  },
  {
    rule: "kept totals of the town are those of its buildings",
    sql: `
      with of_buildings as (
        select day, source, channel_id, season_id, is_heat, sum(payments) as payments, sum(lines) as lines, sum(fen)::bigint as fen
        from collected_takings group by day, source, channel_id, season_id, is_heat
      ), differing as (
        (select day, source, channel_id, season_id, is_heat, payments, lines, fen from of_buildings
         except select day, source, channel_id, season_id, is_heat, payments, lines, fen from collected_town_takings)
        union all
        (select day, source, channel_id, season_id, is_heat, payments, lines, fen from collected_town_takings
         except select day, source, channel_id, season_id, is_heat, payments, lines, fen from of_buildings))
      select 'collected_town_takings:' || d.day as row,
        coalesce((select sum(b.lines) || '/' || sum(b.fen) from of_buildings b where b.day = d.day), '0/0') as expected,
        coalesce((select sum(t.lines) || '/' || sum(t.fen) from collected_town_takings t where t.day = d.day), '0/0') as found
      from (select distinct day from differing) d`,
  },
  {
    rule: "kept standings of a season are its bills as of the last day that was added up",
    sql: `
      with kept as (
        select season_id, sum(homes) as homes, sum(issued_fen)::bigint as issued_fen, sum(received_fen)::bigint as received_fen
        from (
          select distinct on (season_id, building_id) season_id, homes, issued_fen, received_fen
          from collected_standings order by season_id, building_id, day desc) last
        group by season_id
      ), counted as (
        select season.id as season_id, sum(home.issued_fen)::bigint as issued_fen, sum(home.received_fen)::bigint as received_fen,
          count(*) filter (where home.bills > 0) as homes
        from heating_seasons season cross join lateral (
          select account_id, sum(bills) as bills, sum(issued_fen) as issued_fen, sum(received_fen) as received_fen
          from collected_steps(season.id, null, (select max(day) from collected_days), '{}') group by account_id) home
        group by season.id)
      select 'collected_standings:' || season_id as row,
        coalesce(c.homes, 0) || '/' || coalesce(c.issued_fen, 0) || '/' || coalesce(c.received_fen, 0) as expected,
        coalesce(k.homes, 0) || '/' || coalesce(k.issued_fen, 0) || '/' || coalesce(k.received_fen, 0) as found
      from kept k full join counted c using (season_id)
      where coalesce(c.homes, 0) <> coalesce(k.homes, 0) or coalesce(c.issued_fen, 0) <> coalesce(k.issued_fen, 0)
        or coalesce(c.received_fen, 0) <> coalesce(k.received_fen, 0)`,
  },
];
