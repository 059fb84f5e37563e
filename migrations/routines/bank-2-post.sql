-- Posts one chunk of a staged file: payments, suspense, breaks and the final line rows, in one call.
-- docs/postings.md rows 6, 7 and 10. Lines are written once, as what they are; nothing is updated afterwards.
--
-- The caller has moved the file's cursor in the same transaction, so a chunk is posted once however often it is tried.
-- Locks the households of the chunk in id order (inside post_payments), so chunks are kept short.
-- A line that changed its meaning between classification and posting (somebody posted the serial meanwhile) raises
-- 40001, and the command classifies anew.
--
-- No plan_cache_mode on these functions: it would reach the foreign-key checks that run inside them, which would then be
-- planned anew for each row (measured: more than twice the time of a chunk).

create or replace function post_bank_payments(
  p_file bigint, p_channel smallint, p_real_time boolean, p_tender text, p_from integer, p_to integer,
  p_accounting_date date, p_actor bigint, p_now timestamptz, p_policy allocation_rule, p_season smallint
) returns table (payment_ids bigint[], counts jsonb, breaks jsonb)
language plpgsql as $$
declare
  v_ordinals integer[];
  v_accounts bigint[];
  v_amounts bigint[];
  v_serials text[];
  v_paid_at timestamptz[];
  v_value_dates date[];
  v_bills bigint[];
  v_payments bigint[];
  v_held integer[];
  v_held_accounts bigint[];
  v_held_payments bigint[];
  v_held_amounts bigint[];
  v_held_outcomes text[];
  v_held_classes text[];
  v_held_rules text[];
begin
  insert into bank_days (channel_id, bank_day)
  select distinct p_channel, bank_day from bank_staging_lines
  where file_id = p_file and ordinal > p_from and ordinal <= p_to
  on conflict do nothing;

  -- A payment without a time of its own is dated at the start of its day.
  select array_agg(c.ordinal) filter (where c.outcome = 'pay'),
    array_agg(c.account_id) filter (where c.outcome = 'pay'),
    array_agg(c.amount_fen) filter (where c.outcome = 'pay'),
    array_agg(c.serial) filter (where c.outcome = 'pay'),
    array_agg(coalesce(c.paid_at, c.value_date::timestamp at time zone 'Asia/Shanghai')) filter (where c.outcome = 'pay'),
    array_agg(c.value_date) filter (where c.outcome = 'pay'),
    array_agg(c.bill_id) filter (where c.outcome = 'pay'),
    array_agg(c.ordinal) filter (where c.outcome <> 'pay'),
    array_agg(c.account_id) filter (where c.outcome <> 'pay'),
    array_agg(c.payment_id) filter (where c.outcome <> 'pay'),
    array_agg(c.our_amount_fen) filter (where c.outcome <> 'pay'),
    array_agg(c.outcome) filter (where c.outcome <> 'pay'),
    array_agg(c.class) filter (where c.outcome <> 'pay'),
    array_agg(c.rule) filter (where c.outcome <> 'pay')
  into v_ordinals, v_accounts, v_amounts, v_serials, v_paid_at, v_value_dates, v_bills,
    v_held, v_held_accounts, v_held_payments, v_held_amounts, v_held_outcomes, v_held_classes, v_held_rules
  from (
    select * from classify_bank_payments(p_file, p_channel, p_real_time, p_from, p_to) order by ordinal
  ) c;

  if v_ordinals is not null then
    select array_agg(p.payment_id order by p.n) filter (where p.outcome = 'posted') into v_payments
    from post_payments(p_channel, 'channel_clearing', p_tender, null, p_accounting_date, p_actor, p_now, p_policy,
      p_season, v_accounts, v_amounts, v_serials, v_paid_at, v_value_dates, v_bills, true, false) p;
    if cardinality(v_payments) is distinct from cardinality(v_ordinals) then
      raise exception 'a serial or an account of the chunk changed meanwhile' using errcode = '40001';
    end if;
    insert into bank_lines (file_id, ordinal, row_no, kind, serial, account_no, amount_fen, bank_day, value_date,
      paid_at, payer_name, remittance, problem, account_id, state, match_rule, payment_id)
    select p_file, s.ordinal, s.row_no, s.kind, s.serial, s.account_no, s.amount_fen, s.bank_day, s.value_date,
      s.paid_at, s.payer_name, s.remittance, s.problem, paid.account_id, 'posted', 'account', paid.payment_id
    from bank_staging_lines s
    join unnest(v_ordinals, v_accounts, v_payments) paid (ordinal, account_id, payment_id) on paid.ordinal = s.ordinal
    where s.file_id = p_file and s.ordinal > p_from and s.ordinal <= p_to;
  end if;

  payment_ids := coalesce(v_payments, '{}');
  counts := '{}';
  breaks := '[]';
  if v_held is not null then
    select h.counts, h.breaks into counts, breaks
    from hold_bank_lines(p_file, p_channel, p_accounting_date, p_actor, p_now, v_held, v_held_accounts, v_held_payments,
      v_held_amounts, v_held_outcomes, v_held_classes, v_held_rules) h;
  end if;
  if v_payments is not null then
    counts := counts || jsonb_build_object('posted', cardinality(v_payments));
  end if;
  return next;
end $$;

-- Lines that become no payment: proved, ignored, held as suspense, reversed, or broken. One set for any number.
create or replace function hold_bank_lines(
  p_file bigint, p_channel smallint, p_accounting_date date, p_actor bigint, p_now timestamptz,
  p_ordinals integer[], p_accounts bigint[], p_payments bigint[], p_our_amounts bigint[], p_outcomes text[],
  p_classes text[], p_rules text[]
) returns table (counts jsonb, breaks jsonb)
language plpgsql as $$
begin
  perform lock_accounting_day(p_accounting_date);
  return query
  with held as materialized (
    select s.ordinal, s.row_no, s.kind, s.serial, s.original_serial, s.account_no, s.amount_fen, s.bank_day, s.value_date,
      s.paid_at, s.payer_name, s.remittance, s.problem, i.account_id, i.payment_id, i.our_amount_fen, i.outcome, i.class,
      i.rule, nextval('bank_lines_id_seq') as id,
      case i.outcome when 'prove' then 'proved' when 'ignore' then 'ignored' when 'reverse' then 'posted'
        else i.outcome end as state
    from unnest(p_ordinals, p_accounts, p_payments, p_our_amounts, p_outcomes, p_classes, p_rules)
      i (ordinal, account_id, payment_id, our_amount_fen, outcome, class, rule)
    join bank_staging_lines s on s.file_id = p_file and s.ordinal = i.ordinal
  ), lines as (
    insert into bank_lines (id, file_id, ordinal, row_no, kind, serial, original_serial, account_no, amount_fen, bank_day,
      value_date, paid_at, payer_name, remittance, problem, account_id, state, match_rule, payment_id)
    select id, p_file, ordinal, row_no, kind, serial, original_serial, account_no, amount_fen, bank_day, value_date,
      paid_at, payer_name, remittance, problem, account_id, state, rule, payment_id
    from held order by ordinal
  ), proved as (
    -- a payment in doubt (可疑) that its file has after all is none
    update payments set proved = true,
      state = case when payments.state = 'doubtful' then 'posted' else payments.state end
    from held where held.outcome = 'prove' and held.kind = 'payment' and payments.id = held.payment_id
  ), unknown_money as materialized (
    select held.*, nextval('postings_id_seq') as posting_id from held where outcome = 'suspense'
  ), items as (
    insert into suspense_items (channel_id, bank_line_id, amount_fen, received_on)
    select p_channel, id, amount_fen, p_accounting_date from unknown_money order by id
  ), posted as (
    insert into postings (id, kind, source_id, accounting_date, value_date, actor_id, created_at)
    select posting_id, 'suspense-received', id, p_accounting_date, value_date, p_actor, p_now from unknown_money
    order by posting_id
  ), moved as (
    insert into transfers (posting_id, debit, credit, amount_fen, accounting_date, channel_id)
    select posting_id, 'channel_clearing', 'suspense', amount_fen, p_accounting_date, p_channel from unknown_money
    order by posting_id
  ), differences as (
    insert into breaks (bank_day_id, class, bank_line_id, payment_id, bank_amount_fen, our_amount_fen, opened_at)
    select d.id, held.class, held.id, held.payment_id, held.amount_fen, held.our_amount_fen, p_now
    from held join bank_days d on d.channel_id = p_channel and d.bank_day = held.bank_day
    where held.outcome in ('suspense', 'break') order by held.id
    returning id, breaks.class, bank_line_id
  )
  select
    (select coalesce(jsonb_object_agg(by_outcome.word, by_outcome.n), '{}') from (
      select case held.outcome when 'reverse' then 'reversed' else held.state end as word, count(*) as n
      from held group by 1) by_outcome),
    (select coalesce(jsonb_agg(jsonb_build_object('breakId', b.id, 'class', b.class, 'rowNo', h.row_no, 'rule', h.rule,
        'bankDay', h.bank_day, 'amountFen', h.amount_fen, 'accountId', h.account_id, 'state', h.state) order by b.id), '[]')
     from differences b join held h on h.id = b.bank_line_id);
end $$;

-- The reversals of a chunk. Each is tried on its own: prepaid that was spent meanwhile cannot be taken back, and one such
-- household must not hold up the others.
create or replace function post_bank_reversals(
  p_file bigint, p_channel smallint, p_real_time boolean, p_from integer, p_to integer,
  p_accounting_date date, p_actor bigint, p_now timestamptz
) returns table (payment_ids bigint[], counts jsonb, breaks jsonb)
language plpgsql as $$
declare
  line record;
  -- What is taken back: the payment itself, or what replaced it on another home. The line names the bank's own payment.
  v_standing bigint;
  v_ordinals integer[] := '{}';
  v_accounts bigint[] := '{}';
  v_payments bigint[] := '{}';
  v_our_amounts bigint[] := '{}';
  v_outcomes text[] := '{}';
  v_classes text[] := '{}';
  v_rules text[] := '{}';
begin
  insert into bank_days (channel_id, bank_day)
  select distinct p_channel, bank_day from bank_staging_lines
  where file_id = p_file and ordinal > p_from and ordinal <= p_to and kind in ('reversal', 'refund')
  on conflict do nothing;
  payment_ids := '{}';
  for line in
    select c.*, s.value_date from classify_bank_reversals(p_file, p_channel, p_real_time, p_from, p_to) c
    join bank_staging_lines s on s.file_id = p_file and s.ordinal = c.ordinal
    order by c.account_id nulls first, c.ordinal
  loop
    if line.outcome = 'reverse' then
      v_standing := live_payment(line.payment_id);
      begin
        perform 1 from reverse_payments(array[v_standing], 'bank-reversal', 'the bank took it back (冲正)',
          p_accounting_date, line.value_date, p_actor, null, p_now);
        if found then
          payment_ids := payment_ids || v_standing;
        elsif exists (select 1 from bank_lines b where b.payment_id = line.payment_id and b.kind in ('reversal', 'refund')
          and b.state in ('posted', 'proved')) then
          -- another file took it back since this line was looked at
          line.outcome := 'break';
          line.class := 'state';
          line.rule := 'taken-back-twice';
        else
          line.outcome := 'prove';
          line.rule := 'reversed';
        end if;
      exception when check_violation then
        line.outcome := 'break';
        line.class := 'state';
        line.rule := 'prepaid-spent';
      end;
    end if;
    v_ordinals := v_ordinals || line.ordinal;
    v_accounts := v_accounts || line.account_id;
    v_payments := v_payments || line.payment_id;
    v_our_amounts := v_our_amounts || line.our_amount_fen;
    v_outcomes := v_outcomes || line.outcome;
    v_classes := v_classes || line.class;
    v_rules := v_rules || line.rule;
  end loop;
  counts := '{}';
  breaks := '[]';
  if cardinality(v_ordinals) > 0 then
    select h.counts, h.breaks into counts, breaks
    from hold_bank_lines(p_file, p_channel, p_accounting_date, p_actor, p_now, v_ordinals, v_accounts, v_payments,
      v_our_amounts, v_outcomes, v_classes, v_rules) h;
  end if;
  return next;
end $$;
