-- Posts payments, many by one statement (a bank file). collection-post-one-payment.sql is its twin for one payment; a
-- property test holds the two, and a model written by hand, equal to the fen.
-- docs/postings.md rows 6 and 7. Money goes (1) to the bill that the payer or the bank designated, (2) by the company's
-- policy, (3) to the oldest bill first; what is left over becomes prepaid. The rule is stored with every fen.
--
-- Locks the accounts in id order, so postings of one household take turns and two files never deadlock.
-- A serial that the channel has used already, or a closed account, posts nothing and is answered as such.

create or replace function lock_accounting_day(p_day date) returns void language plpgsql as $$
begin
  -- closing a day takes this lock exclusively; a hot row would make all payments queue
  perform pg_advisory_xact_lock_shared(815031, p_day - date '2000-01-01');
  -- Days are closed in order: a day before a closed one is closed too, also when nothing was ever posted to it.
  if exists (select 1 from accounting_days where day >= p_day and state = 'closed') then
    raise exception 'accounting day % is closed', p_day using errcode = 'NY002';
  end if;
end $$;

-- The version without p_proved and p_explain.
drop function if exists post_payments(smallint, ledger_code, text, bigint, date, bigint, timestamptz, allocation_rule,
  smallint, bigint[], bigint[], text[], timestamptz[], date[], bigint[]);

-- p_proved: the payments come from the channel's own file. p_explain: false leaves the shares out, which a bulk caller
-- does not read.
create or replace function post_payments(
  p_channel smallint, p_debit ledger_code, p_tender text, p_shift bigint,
  p_accounting_date date, p_actor bigint, p_now timestamptz, p_policy allocation_rule, p_season smallint,
  p_accounts bigint[], p_amounts bigint[], p_serials text[], p_paid_at timestamptz[], p_value_dates date[],
  p_bills bigint[], p_proved boolean default false, p_explain boolean default true
) returns table (n bigint, payment_id bigint, posting_id bigint, outcome text, shares jsonb)
language plpgsql as $$
#variable_conflict use_column
begin
  perform lock_accounting_day(p_accounting_date);
  perform 1 from heat_accounts where id = any(p_accounts) order by id for no key update;
  return query
  with input as materialized (
    select i.n, i.account_id, i.amount_fen, i.serial, i.paid_at, i.value_date, i.bill_id, a.state <> 'closed' as takes_money
    from unnest(p_accounts, p_amounts, p_serials, p_paid_at, p_value_dates, p_bills)
      with ordinality i (account_id, amount_fen, serial, paid_at, value_date, bill_id, n)
    join heat_accounts a on a.id = i.account_id
  ), paid as (
    insert into payments (account_id, channel_id, serial, amount_fen, tender, paid_at, shift_id, designated_bill_id,
      proved)
    select account_id, p_channel, serial, amount_fen, p_tender, paid_at, p_shift, bill_id, p_proved
    from input where takes_money order by n
    on conflict (channel_id, serial) do nothing
    returning id, serial
  ), money as materialized (
    select paid.id, nextval('postings_id_seq') as posting_id, input.n, input.account_id, input.amount_fen,
      input.value_date, input.bill_id
    from paid join input on input.serial = paid.serial
  ), open_bills as materialized (
    select b.id, b.account_id, b.season_id, b.state, b.kind, b.amount_fen - b.paid_fen as open_fen
    from bills b
    where b.account_id = any(p_accounts) and b.state <> 'cancelled' and b.amount_fen > b.paid_fen
  ), named as (
    select m.posting_id, m.account_id, o.id as bill_id, o.season_id, o.state,
      greatest(0, least(m.amount_fen, o.open_fen - coalesce(sum(m.amount_fen) over (
        partition by o.id order by m.n rows between unbounded preceding and 1 preceding), 0)))::bigint as amount_fen
    from money m join open_bills o on o.id = m.bill_id and o.account_id = m.account_id
  ), rest_money as (
    select m.posting_id, m.account_id, m.rest_fen,
      sum(m.rest_fen) over running as until_fen, sum(m.rest_fen) over running - m.rest_fen as from_fen
    from (
      select m.posting_id, m.account_id, m.n, m.amount_fen - coalesce(named.amount_fen, 0) as rest_fen
      from money m left join named on named.posting_id = m.posting_id
    ) m where m.rest_fen > 0
    window running as (partition by m.account_id order by m.n)
  ), rest_bills as (
    select o.id, o.account_id, o.season_id, o.state, o.rest_fen, o.preferred,
      row_number() over ranked as rank,
      sum(o.rest_fen) over ranked as until_fen, sum(o.rest_fen) over ranked - o.rest_fen as from_fen
    from (
      select o.id, o.account_id, o.season_id, o.state, o.kind,
        o.open_fen - coalesce(taken.amount_fen, 0) as rest_fen,
        case p_policy when 'old-debt-first' then o.state = 'due' and o.season_id < p_season
                      when 'this-season-first' then o.season_id = p_season else false end as preferred
      from open_bills o
      left join (select bill_id, sum(amount_fen)::bigint as amount_fen from named group by bill_id) taken
        on taken.bill_id = o.id
    ) o where o.rest_fen > 0
    window ranked as (partition by o.account_id order by not o.preferred, o.season_id, o.kind, o.id)
  ), shared as materialized (
    select posting_id, account_id, bill_id, season_id, state, amount_fen, 'designated'::allocation_rule as rule, 0 as rank
    from named where amount_fen > 0
    union all
    select m.posting_id, m.account_id, b.id, b.season_id, b.state,
      (least(m.until_fen, b.until_fen) - greatest(m.from_fen, b.from_fen))::bigint,
      case when b.preferred then p_policy else 'oldest-first' end, b.rank::integer
    from rest_money m join rest_bills b
      on b.account_id = m.account_id and m.from_fen < b.until_fen and b.from_fen < m.until_fen
    union all
    select m.posting_id, m.account_id, null, null, null,
      (m.until_fen - greatest(m.from_fen, coalesce(b.total_fen, 0)))::bigint, 'overpayment', 999
    from rest_money m
    left join (select account_id, max(until_fen) as total_fen from rest_bills group by account_id) b
      on b.account_id = m.account_id
    where m.until_fen > coalesce(b.total_fen, 0)
  ), posted as (
    insert into postings (id, kind, source_id, accounting_date, value_date, actor_id, created_at)
    select posting_id, 'payment', id, p_accounting_date, value_date, p_actor, p_now from money order by posting_id
  ), moved as (
    insert into transfers (posting_id, debit, credit, amount_fen, accounting_date, account_id, season_id, bill_id, channel_id)
    select posting_id, p_debit,
      case when bill_id is null then 'prepaid' when state = 'offered' then 'offered' else 'receivable' end::ledger_code,
      amount_fen, p_accounting_date, account_id, season_id, bill_id, p_channel
    from shared order by posting_id, rank
  ), allocated as (
    insert into allocations (posting_id, account_id, bill_id, amount_fen, rule, rank)
    select posting_id, account_id, bill_id, amount_fen, rule, rank::smallint from shared order by posting_id, rank
  ), settled as (
    update bills set paid_fen = bills.paid_fen + taken.amount_fen
    from (select bill_id, sum(amount_fen)::bigint as amount_fen from shared where bill_id is not null group by bill_id) taken
    where bills.id = taken.bill_id
  ), lowered as (
    update household_balances h set balance_fen = h.balance_fen - taken.amount_fen
    from (
      select account_id, case when state = 'offered' then 'offered' else 'receivable' end::ledger_code as code,
        sum(amount_fen)::bigint as amount_fen
      from shared where bill_id is not null group by 1, 2
    ) taken
    where h.account_id = taken.account_id and h.code = taken.code
  ), raised as (
    insert into household_balances as h (account_id, code, balance_fen)
    select account_id, 'prepaid', sum(amount_fen)::bigint from shared where bill_id is null group by account_id
    on conflict (account_id, code) do update set balance_fen = h.balance_fen + excluded.balance_fen
  ), explained as (
    select posting_id, jsonb_agg(jsonb_build_object('billId', bill_id, 'seasonId', season_id,
      'amountFen', amount_fen, 'rule', rule) order by rank) as shares
    from shared where p_explain group by posting_id
  )
  select input.n, money.id, money.posting_id,
    case when money.id is not null then 'posted'
      when input.takes_money or exists (select 1 from payments known
        where known.channel_id = p_channel and known.serial = input.serial) then 'duplicate'
      else 'closed' end,
    explained.shares
  from input
  left join money on money.n = input.n
  left join explained on explained.posting_id = money.posting_id
  order by input.n;
end $$;
