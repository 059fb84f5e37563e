-- Money of nobody we knew finds its household (docs/postings.md row 11). Open bills are paid as by a payment, by the
-- company's policy; what is left becomes prepaid. The rule of every fen is 'claim'.
--
-- Locks the item and the household. A claimed or returned item answers no row; the caller refuses.

create or replace function claim_suspense(
  p_item bigint, p_account bigint, p_bill bigint, p_approval bigint, p_accounting_date date, p_actor bigint,
  p_now timestamptz, p_policy allocation_rule, p_season smallint
) returns table (posting_id bigint, amount_fen bigint)
language plpgsql as $$
#variable_conflict use_column
declare
  v_item suspense_items;
  v_posting bigint;
  v_left bigint;
  v_share bigint;
  v_code ledger_code;
  v_rank smallint := 0;
  bill record;
begin
  perform lock_accounting_day(p_accounting_date);
  perform 1 from heat_accounts where id = p_account for no key update;
  select * into v_item from suspense_items where id = p_item and state = 'open' for update;
  if not found then
    return;
  end if;
  update suspense_items set state = 'claimed', claimed_account_id = p_account, approval_id = p_approval,
    settled_at = p_now where id = p_item;
  insert into postings (kind, source_id, accounting_date, value_date, actor_id, created_at)
    values ('suspense-claimed', p_item, p_accounting_date, p_accounting_date, p_actor, p_now) returning id into v_posting;
  v_left := v_item.amount_fen;
  for bill in
    select b.id, b.season_id, b.state, b.amount_fen - b.paid_fen as open_fen
    from bills b
    where b.account_id = p_account and b.state <> 'cancelled' and b.amount_fen > b.paid_fen
    order by b.id = p_bill is true desc,
      case p_policy when 'old-debt-first' then b.state = 'due' and b.season_id < p_season
                    when 'this-season-first' then b.season_id = p_season else false end desc,
      b.season_id, b.kind, b.id
  loop
    exit when v_left = 0;
    v_share := least(v_left, bill.open_fen);
    v_left := v_left - v_share;
    v_code := case when bill.state = 'offered' then 'offered' else 'receivable' end;
    insert into transfers (posting_id, debit, credit, amount_fen, accounting_date, account_id, season_id, bill_id, channel_id)
      values (v_posting, 'suspense', v_code, v_share, p_accounting_date, p_account, bill.season_id, bill.id, v_item.channel_id);
    insert into allocations (posting_id, account_id, bill_id, amount_fen, rule, rank)
      values (v_posting, p_account, bill.id, v_share, 'claim', v_rank);
    update bills set paid_fen = paid_fen + v_share where id = bill.id;
    update household_balances set balance_fen = balance_fen - v_share where account_id = p_account and code = v_code;
    v_rank := v_rank + 1;
  end loop;
  if v_left > 0 then
    insert into transfers (posting_id, debit, credit, amount_fen, accounting_date, account_id, channel_id)
      values (v_posting, 'suspense', 'prepaid', v_left, p_accounting_date, p_account, v_item.channel_id);
    insert into allocations (posting_id, account_id, amount_fen, rule, rank)
      values (v_posting, p_account, v_left, 'claim', 999);
    insert into household_balances as h (account_id, code, balance_fen) values (p_account, 'prepaid', v_left)
      on conflict (account_id, code) do update set balance_fen = h.balance_fen + excluded.balance_fen;
  end if;
  posting_id := v_posting;
  amount_fen := v_item.amount_fen;
  return next;
end $$;

-- What reconciliation says of a payment without moving money: in doubt (可疑), or proved.
create or replace function doubt_payments(p_payments bigint[]) returns integer language plpgsql as $$
declare
  v_count integer;
begin
  update payments set state = 'doubtful' where id = any(p_payments) and state = 'posted' and not proved;
  get diagnostics v_count = row_count;
  return v_count;
end $$;

-- Open breaks of lines that only the bank had, whose payment has come by message since: proved, and answered.
create or replace function prove_late_messages(p_channel smallint) returns table (break_id bigint) language sql as $$
  with late as (
    select b.id, b.bank_line_id, p.id as payment_id, p.account_id
    from breaks b join bank_days d on d.id = b.bank_day_id
    join bank_lines l on l.id = b.bank_line_id
    join payments p on p.channel_id = d.channel_id and p.serial = l.serial and p.amount_fen = l.amount_fen
    where d.channel_id = p_channel and b.state = 'open' and b.class in ('bank-only', 'unknown-account')
      and l.state = 'break' and l.kind = 'payment' and p.state in ('posted', 'doubtful') and not p.proved
      and (l.account_id is null or l.account_id = p.account_id)
    order by b.id for update of b
  ), proved as (
    update payments set proved = true, state = 'posted' from late where payments.id = late.payment_id
  ), settled as (
    update bank_lines set state = 'proved', payment_id = late.payment_id, account_id = late.account_id
    from late where bank_lines.id = late.bank_line_id
  )
  select id from late
$$;

-- A payment that only the bank had is posted afterwards (补记): the bank's time and value date, our open day.
create or replace function back_post_line(
  p_line bigint, p_account bigint, p_tender text, p_accounting_date date, p_actor bigint, p_now timestamptz,
  p_policy allocation_rule, p_season smallint
) returns table (payment_id bigint, outcome text) language sql as $$
  select p.payment_id, p.outcome
  from bank_lines l join import_files f on f.id = l.file_id
  cross join lateral post_payments(f.channel_id, 'channel_clearing', p_tender, null, p_accounting_date, p_actor, p_now,
    p_policy, p_season, array[p_account], array[l.amount_fen], array[l.serial],
    array[coalesce(l.paid_at, l.value_date::timestamp at time zone 'Asia/Shanghai')], array[l.value_date],
    array[null::bigint], true, false) p
  where l.id = p_line
$$;
