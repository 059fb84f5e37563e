-- A bank day from both sides: our events, the lines of the bank's files, and the bridge between them.
--
-- These functions read whole days at once. Without statistics (a fresh database, a day just posted) the planner takes a
-- day for a few rows and walks it in nested loops, three thousand times three thousand; so they are told not to. They
-- write nothing, so the setting reaches no foreign-key check.

-- The instants of a bank day of the channel: from its cut to the next (日切). A cut at 00:00 is the calendar day; a cut at
-- 23:00 ends the day then, and what comes later belongs to the next.
create or replace function bank_day_span(p_channel smallint, p_day date)
returns table (since timestamptz, until timestamptz, waits_from timestamptz, real_time boolean)
language sql stable as $$
  select s.since, s.until, s.until - make_interval(mins => c.day_cut_tolerance_minutes), c.real_time
  from channels c cross join lateral (
    select ((p_day - case when c.day_cut_at = '00:00' then 0 else 1 end) + c.day_cut_at) at time zone 'Asia/Shanghai'
        as since,
      ((p_day + case when c.day_cut_at = '00:00' then 1 else 0 end) + c.day_cut_at) at time zone 'Asia/Shanghai' as until
  ) s
  where c.id = p_channel
$$;

-- Whether a posted file of the channel is of this day, by what it states or by its lines.
create or replace function bank_day_has_file(p_channel smallint, p_day date) returns boolean language sql stable as $$
  select exists (select 1 from import_files f where f.channel_id = p_channel and f.kind = 'collection'
    and f.state = 'posted' and (f.bank_day = p_day or (f.bank_day is null and p_day between f.first_day and f.last_day)))
$$;

-- Lines of the channel's files for the day before, the day and the day after; a line belongs to the day that the bank
-- gave it.
create or replace function bank_day_lines(p_channel smallint, p_day date)
returns table (id bigint, is_payment boolean, bank_day date, state text, match_rule text, payment_id bigint,
  signed_fen bigint)
language sql stable as $$
  select l.id, l.kind = 'payment', l.bank_day, l.state, l.match_rule, l.payment_id,
    case when l.kind = 'payment' then l.amount_fen else -l.amount_fen end
  from bank_lines l
  where l.file_id = any (array(
      select f.id from import_files f
      where f.channel_id = p_channel and f.kind = 'collection' and f.state in ('posting', 'posted')
        and (f.bank_day between p_day - 1 and p_day + 1
          or (f.bank_day is null and f.first_day <= p_day + 1 and f.last_day >= p_day - 1))))
    and l.bank_day between p_day - 1 and p_day + 1
$$;

-- What our books took in for the day, as signed events: payments, and reversals that the bank asked for, each with the
-- line that speaks of it. Corrections that we make later (a missing payment reversed, a bank's payment posted afterwards)
-- belong to the day on which they are made and change this day no more. A payment that was taken back before any file
-- named it cancels itself out. What comes by message after the day was certified changes it no more either: it stands where
-- its line is, or as a difference of the day on which it is found. A payment that was moved to another home is counted once, as what the bank's message was: its
-- replacement is ours alone. A file channel's payments are those of its file: the file's day is theirs. What the bank took back in
-- part moved nothing of ours, and a second line of a payment that another line proved is the bank's alone.
create or replace function bank_day_ours(p_channel smallint, p_day date)
returns table (payment_id bigint, is_payment boolean, signed_fen bigint, at timestamptz, state text, line_id bigint,
  line_day date, line_fen bigint)
language plpgsql stable set enable_nestloop = off as $$
#variable_conflict use_column
declare
  v_span record;
  v_issued timestamptz;
begin
  select * into v_span from bank_day_span(p_channel, p_day);
  select z.issued_at into v_issued from bank_days d join bank_certificates z on z.bank_day_id = d.id
    where d.channel_id = p_channel and d.bank_day = p_day;
  return query
  with matches as materialized (
    -- an amount that differs is still the same payment; a line that says the same comes before it
    select distinct on (l.payment_id, l.is_payment) l.payment_id, l.is_payment, l.id, l.bank_day, l.signed_fen,
      l.state as line_state
    from bank_day_lines(p_channel, p_day) l
    where l.payment_id is not null
      and (l.state in ('proved', 'posted') or (l.state = 'break' and l.match_rule = 'amount-differs'))
    order by l.payment_id, l.is_payment, l.state = 'break' and not (v_span.real_time and l.is_payment), l.id
  ), reversed as materialized (
    select r.payment_id, r.kind, r.reversed_at from payment_reversals r
    where r.kind in ('bank-reversal', 'void-in-shift') and r.reversed_at >= v_span.since - interval '1 day'
  ), late as materialized (
    select g.source_id from postings g
    where v_issued is not null and g.kind = 'payment' and g.created_at > v_issued
      -- of this day, found by their key: not every payment that was ever posted
      and g.source_id = any (array(select p.id from payments p
        where p.channel_id = p_channel and p.paid_at >= v_span.since and p.paid_at < v_span.until))
  ), live as materialized (
    select p.id, p.amount_fen, p.paid_at, p.state from payments p
    where v_span.real_time and p.channel_id = p_channel and p.paid_at >= v_span.since and p.paid_at < v_span.until
      and p.moved_from_id is null
      and p.id not in (select late.source_id from late)
      and p.id not in (select b.payment_id from breaks b where b.resolution = 'back-posted' and b.payment_id is not null)
  )
  select p.id, true, p.amount_fen, p.paid_at, p.state, m.id, m.bank_day, m.signed_fen
  from live p
  left join matches m on m.payment_id = p.id and m.is_payment
  left join reversed r on r.payment_id = p.id
  where m.id is not null or r.payment_id is null
  union all
  select p.id, false, -p.amount_fen, r.reversed_at, p.state, m.id, m.bank_day, m.signed_fen
  from reversed r join payments p on p.id = r.payment_id
  left join matches m on m.payment_id = p.id and not m.is_payment
  left join matches paid on paid.payment_id = p.id and paid.is_payment
  where v_span.real_time and p.channel_id = p_channel and r.kind = 'bank-reversal'
    and r.reversed_at >= v_span.since and r.reversed_at < v_span.until
    and (m.id is not null or paid.id is not null)
  union all
  select p.id, m.is_payment, case when m.is_payment then p.amount_fen else -p.amount_fen end, p.paid_at, p.state, m.id,
    m.bank_day, m.signed_fen
  from matches m join payments p on p.id = m.payment_id
  where not v_span.real_time and m.bank_day = p_day
    and (m.line_state <> 'break' or (m.is_payment and not p.proved))
    and p.id = any (array(select x.payment_id from matches x where x.bank_day = p_day))
    and p.id not in (select b.payment_id from breaks b where b.resolution = 'back-posted' and b.payment_id is not null);
end $$;

-- What the day's files do not name and nobody has named yet: payments, and reversals that came by message. What lies close to
-- the day cut waits for the next file, until that is there. `stands`: the money is ours still, on this home or another.
create or replace function bank_day_unnamed(p_channel smallint, p_day date)
returns table (payment_id bigint, is_payment boolean, amount_fen bigint, stands boolean)
language sql stable set enable_nestloop = off as $$
  select o.payment_id, o.is_payment, abs(o.signed_fen), o.state <> 'reversed' or live_payment(o.payment_id) is not null
  from bank_day_ours(p_channel, p_day) o
  cross join bank_day_span(p_channel, p_day) span
  where o.line_id is null
    and (o.at < span.waits_from or bank_day_has_file(p_channel, p_day + 1))
    and not exists (select 1 from breaks b where b.payment_id = o.payment_id and b.bank_line_id is null
      and b.class = case when o.is_payment then 'ours-only' else 'state' end)
$$;

-- The parts of the bridge: `ours`, every class of difference with the sign by which it leads from our side to the file's,
-- and `lines`, what the lines themselves add up to.
create or replace function bank_day_bridge(p_channel smallint, p_day date)
returns table (part text, items bigint, fen bigint)
language sql stable set enable_nestloop = off as $$
  with ours as materialized (
    select * from bank_day_ours(p_channel, p_day)
  ), classed as materialized (
    select distinct on (b.bank_line_id) b.bank_line_id, b.class
    from breaks b join bank_days d on d.id = b.bank_day_id
    where d.channel_id = p_channel and b.bank_line_id is not null and d.bank_day between p_day - 1 and p_day + 1
    order by b.bank_line_id, b.id
  ), missing as materialized (
    select b.payment_id, b.class = 'ours-only' as is_payment
    from breaks b join bank_days d on d.id = b.bank_day_id
    where d.channel_id = p_channel and b.bank_line_id is null and b.class in ('ours-only', 'state')
  ), of_day as materialized (
    select l.id, l.state, l.signed_fen, c.class, o.line_id is not null as is_ours
    from bank_day_lines(p_channel, p_day) l
    left join classed c on c.bank_line_id = l.id
    left join ours o on o.line_id = l.id
    where l.bank_day = p_day
  ), parts as (
    select 'ours' as part, count(*) as items, sum(signed_fen) as fen from ours
    union all
    select 'dayCutOut', -count(*), -sum(signed_fen) from ours where line_day <> p_day
    union all
    select case when m.payment_id is null then 'waiting' when o.is_payment then 'oursOnly' else 'state' end, -count(*),
      -sum(o.signed_fen)
    from ours o left join missing m on m.payment_id = o.payment_id and m.is_payment = o.is_payment
    where o.line_id is null group by 1
    union all
    select 'amount', 0, sum(line_fen - signed_fen) from ours where line_day = p_day and line_fen <> signed_fen
    union all
    -- the bank counts to this day what we counted to another
    select 'dayCutIn', count(*), sum(signed_fen) from of_day
    where class is null and not is_ours and state in ('proved', 'posted')
    union all
    select case class when 'bank-only' then 'bankOnly' when 'unknown-account' then 'unknownAccount'
        when 'duplicate' then 'duplicate' when 'amount' then 'amount' else 'state' end, count(*), sum(signed_fen)
    from of_day where class is not null and not is_ours group by 1
    union all
    select 'repeated', count(*), sum(signed_fen) from of_day where state = 'ignored'
    union all
    select 'lines', count(*), sum(signed_fen) from of_day
  )
  select part, sum(items)::bigint, coalesce(sum(fen), 0)::bigint from parts group by part
$$;
