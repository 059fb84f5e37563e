-- What was collected, added up per building and closed day (收费累计). The boards read these rows and count only what is
-- later from the postings themselves.

-- What the heating bills of a season made of each home, as signed steps by day: bills that stand, what they are of, what was
-- received on them, their area. A bill stands from the day it was issued on until the day it was withdrawn; what was paid
-- counts while it stands. `p_accounts`: of these homes only, null for all. `p_without`: postings that do not count.
create or replace function collected_steps(p_season smallint, p_accounts bigint[], p_until date, p_without bigint[])
returns table (account_id bigint, day date, bills bigint, issued_fen bigint, received_fen bigint, milli_m2 bigint)
language plpgsql stable
-- One home, a day's homes and a whole town are three plans.
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
begin
  return query
  with mine as materialized (
    select b.id, b.account_id, b.amount_fen, b.issued_on, case when b.state = 'cancelled'
        then greatest(b.issued_on, (gone.cancelled_at at time zone 'Asia/Shanghai')::date) end as gone_on
    from bills b left join bill_cancellations gone on gone.bill_id = b.id
    where b.season_id = p_season and b.kind = 'heat' and b.issued_on <= p_until
      and (b.state <> 'cancelled' or gone.bill_id is not null)
      and (p_accounts is null or b.account_id = any(p_accounts))
  ), sized as materialized (
    select m.id, coalesce(sum(line.billing_area_milli_m2), 0)::bigint as milli_m2
    from mine m join bill_lines line on line.bill_id = m.id group by m.id
  ), received as materialized (
    select m.id, m.account_id, m.gone_on, greatest(p.accounting_date, m.issued_on) as day, a.amount_fen
    from mine m join allocations a on a.bill_id = m.id join postings p on p.id = a.posting_id
    where p.accounting_date <= p_until and p.id <> all (p_without)
      and (m.gone_on is null or greatest(p.accounting_date, m.issued_on) < m.gone_on)
  ), steps as (
    select m.account_id, m.issued_on as day, 1 as bills, m.amount_fen as issued_fen, 0::bigint as received_fen, s.milli_m2
    from mine m left join sized s on s.id = m.id
    union all
    select m.account_id, m.gone_on, -1, -m.amount_fen, -coalesce(paid.fen, 0)::bigint, -s.milli_m2
    from mine m left join sized s on s.id = m.id
    left join (select id, sum(amount_fen) as fen from received where gone_on is not null group by id) paid on paid.id = m.id
    where m.gone_on <= p_until
    union all
    select account_id, day, 0, 0, amount_fen, 0 from received
  )
  select account_id, day, sum(bills)::bigint, sum(issued_fen)::bigint, sum(received_fen)::bigint,
    coalesce(sum(milli_m2), 0)::bigint
  from steps group by account_id, day;
end $$;

-- The homes whose standing in a season moved on the days after `p_after` up to `p_until`.
create or replace function collected_movers(p_after date, p_until date)
returns table (season_id smallint, account_id bigint) language sql stable as $$
  select b.season_id, b.account_id
  from postings p join allocations a on a.posting_id = p.id join bills b on b.id = a.bill_id
  where p.accounting_date > p_after and p.accounting_date <= p_until and b.kind = 'heat'
  union
  select b.season_id, b.account_id from bills b
  where b.issued_on > p_after and b.issued_on <= p_until and b.kind = 'heat'
  union
  select b.season_id, b.account_id from bill_cancellations gone join bills b on b.id = gone.bill_id
  where (gone.cancelled_at at time zone 'Asia/Shanghai')::date > p_after
    and (gone.cancelled_at at time zone 'Asia/Shanghai')::date <= p_until and b.kind = 'heat'
$$;

-- Where money came from that a posting of this kind allocates.
create or replace function collected_source(p_kind posting_kind) returns text language sql immutable as $$
  select case p_kind when 'payment' then 'channel' when 'payment-reversed' then 'channel'
    when 'prepaid-applied' then 'prepaid' when 'suspense-claimed' then 'suspense' else 'other' end
$$;

-- The town's totals of the days that it lacks, from those of its buildings. Also of days that a program of before added up by building
-- only, while the new one was put in its place.
create or replace function add_up_collected_town() returns void language sql
set plan_cache_mode = force_custom_plan
as $$
  insert into collected_town_takings (day, source, channel_id, season_id, is_heat, payments, lines, fen)
  select t.day, t.source, t.channel_id, t.season_id, t.is_heat, sum(t.payments), sum(t.lines), sum(t.fen)
  from collected_takings t where t.day > coalesce((select max(day) from collected_town_takings), '-infinity')
  group by t.day, t.source, t.channel_id, t.season_id, t.is_heat;
$$;

-- Adds up the closed days that are not added up yet, and answers how many there were. Repeating is safe; two at a time take
-- turns. A first run reads the whole town once, a later one the homes that moved.
create or replace function add_up_collected_days(p_now timestamptz) returns integer language plpgsql
set plan_cache_mode = force_custom_plan
as $$
declare
  v_after date;
  v_until date;
  v_days integer;
  v_season smallint;
  v_homes bigint[];
begin
  perform pg_advisory_xact_lock(815091);
  select coalesce(max(day), '-infinity') into v_after from collected_days;
  insert into collected_days (day, added_at)
    select day, p_now from accounting_days where state = 'closed' and day > v_after order by day;
  get diagnostics v_days = row_count;
  if v_days = 0 then
    perform add_up_collected_town();
    return 0;
  end if;
  select max(day) into v_until from collected_days;

  insert into collected_takings (day, building_id, source, channel_id, season_id, is_heat, payments, lines, fen)
  select p.accounting_date, home.building_id,
    collected_source(p.kind), payment.channel_id, b.season_id, coalesce(b.kind = 'heat', false),
    -- a payment is one, however many bills it paid
    count(*) filter (where p.kind = 'payment' and a.first), count(*), sum(a.amount_fen)
  from (
    select posting_id, account_id, bill_id, amount_fen, id = min(id) over (partition by posting_id) as first from allocations
    where v_after = '-infinity' or posting_id in (
      select id from postings where accounting_date > v_after and accounting_date <= v_until)
  ) a
  join postings p on p.id = a.posting_id and p.accounting_date <= v_until
  join heat_accounts account on account.id = a.account_id join premises home on home.id = account.premises_id
  left join bills b on b.id = a.bill_id
  left join payments payment on payment.id = p.source_id and p.kind in ('payment', 'payment-reversed')
  group by 1, 2, 3, 4, 5, 6;

  perform add_up_collected_town();

  for v_season, v_homes in
    select season_id, array_agg(account_id) from collected_movers(v_after, v_until) group by season_id order by season_id
  loop
    insert into collected_standings (season_id, building_id, day, homes, paid_homes, issued_fen, received_fen, milli_m2,
      paid_milli_m2)
    with standings as (
      select step.account_id, step.day, sum(step.bills) over run > 0 as stands,
        sum(step.bills) over run > 0 and sum(step.received_fen) over run >= sum(step.issued_fen) over run as paid,
        sum(step.milli_m2) over run as milli_m2, step.issued_fen, step.received_fen, step.milli_m2 as more_milli_m2
      from collected_steps(v_season, case when v_after > '-infinity' then v_homes end, v_until, '{}') step
      window run as (partition by step.account_id order by step.day)
    ), moved as (
      select s.*, coalesce(lag(s.stands) over run, false) as stood, coalesce(lag(s.paid) over run, false) as was_paid,
        coalesce(lag(s.milli_m2) over run, 0) as had_milli_m2
      from standings s window run as (partition by s.account_id order by s.day)
    ), changes as (
      select home.building_id, m.day, sum(m.stands::int - m.stood::int) as homes, sum(m.paid::int - m.was_paid::int) as paid_homes,
        sum(m.issued_fen) as issued_fen, sum(m.received_fen) as received_fen, sum(m.more_milli_m2) as milli_m2,
        sum(m.paid::int * m.milli_m2 - m.was_paid::int * m.had_milli_m2) as paid_milli_m2
      from moved m join heat_accounts account on account.id = m.account_id join premises home on home.id = account.premises_id
      where m.day > v_after group by home.building_id, m.day
    )
    select v_season, c.building_id, c.day,
      coalesce(before.homes, 0) + sum(c.homes) over run, coalesce(before.paid_homes, 0) + sum(c.paid_homes) over run,
      coalesce(before.issued_fen, 0) + sum(c.issued_fen) over run,
      coalesce(before.received_fen, 0) + sum(c.received_fen) over run,
      coalesce(before.milli_m2, 0) + sum(c.milli_m2) over run,
      coalesce(before.paid_milli_m2, 0) + sum(c.paid_milli_m2) over run
    -- A first time there is nothing before; looked for in a table that was empty when this was planned, it would be what is being
    -- written, read anew for each of its rows.
    from changes c left join lateral (
      select t.* from collected_standings t
      where v_after > '-infinity' and t.season_id = v_season and t.building_id = c.building_id and t.day <= v_after
      order by t.day desc limit 1
    ) before on true
    window run as (partition by c.building_id order by c.day);
  end loop;
  return v_days;
end $$;
