-- Reverses payments whole, once each, by new opposite postings (docs/postings.md row 8). Nothing is edited.
-- The caller has refused what may not be reversed; here the state is checked again under the lock of the accounts, and a
-- payment that is not there to be reversed is simply not in the answer.
-- Receipts that name them become void and keep their numbers. Prepaid that was spent in the meantime cannot be taken back: the balance check refuses (23514).

-- The version without channel, serial and approval.
drop function if exists reverse_payments(bigint[], text, text, date, date, bigint, bigint, timestamptz);

-- p_channel, p_serial: the bank's own number of its reversal message (one payment only); p_approval: who let it happen.
create or replace function reverse_payments(
  p_payments bigint[], p_kind text, p_reason text, p_accounting_date date, p_value_date date,
  p_requested_by bigint, p_approved_by bigint, p_now timestamptz, p_channel smallint default null,
  p_serial text default null, p_approval bigint default null
) returns table (payment_id bigint, posting_id bigint, account_id bigint, amount_fen bigint)
language plpgsql as $$
#variable_conflict use_column
begin
  perform lock_accounting_day(p_accounting_date);
  perform 1 from heat_accounts where id in (select p.account_id from payments p where p.id = any(p_payments))
    order by id for no key update;
  -- Whoever writes a receipt for one of them holds it; the statement below must begin after that, to see the receipt.
  perform 1 from payments where id = any(p_payments) order by id for no key update;
  return query
  with gone as (
    update payments set state = 'reversed'
    where id = any(p_payments) and state in ('posted', 'doubtful')
    returning id, account_id, amount_fen
  ), undone as materialized (
    select gone.id, gone.account_id, gone.amount_fen, nextval('postings_id_seq') as posting_id, original.id as original_id
    from gone join postings original on original.kind = 'payment' and original.source_id = gone.id
  ), moves as materialized (
    select undone.posting_id, t.debit, t.credit, t.amount_fen, t.account_id, t.season_id, t.bill_id, t.channel_id
    from undone join transfers t on t.posting_id = undone.original_id
  ), shares as materialized (
    -- the bill may have fallen due since: what was paid as an offer comes back as what the bill is now
    select moves.posting_id, moves.debit, moves.account_id, moves.season_id, moves.bill_id, moves.channel_id,
      moves.amount_fen,
      case when moves.bill_id is null then 'prepaid' when bills.state = 'offered' then 'offered' else 'receivable'
        end::ledger_code as code
    from moves left join bills on bills.id = moves.bill_id
  ), posted as (
    insert into postings (id, kind, source_id, accounting_date, value_date, actor_id, corrects_id, created_at)
    select posting_id, 'payment-reversed', id, p_accounting_date, p_value_date, p_requested_by, original_id, p_now
    from undone order by posting_id
  ), moved as (
    insert into transfers (posting_id, debit, credit, amount_fen, accounting_date, account_id, season_id, bill_id, channel_id)
    select posting_id, code, debit, amount_fen, p_accounting_date, account_id, season_id, bill_id, channel_id
    from shares order by posting_id
  ), allocated as (
    insert into allocations (posting_id, account_id, bill_id, amount_fen, rule, rank)
    select undone.posting_id, a.account_id, a.bill_id, -a.amount_fen, 'reversal', a.rank
    from undone join allocations a on a.posting_id = undone.original_id order by undone.posting_id, a.rank
  ), reopened as (
    update bills set paid_fen = bills.paid_fen - back.amount_fen
    from (select bill_id, sum(amount_fen)::bigint as amount_fen from shares where bill_id is not null group by 1) back
    where bills.id = back.bill_id
  ), balanced as (
    insert into household_balances as h (account_id, code, balance_fen)
    select account_id, code, sum(amount_fen)::bigint from shares where bill_id is not null group by 1, 2
    on conflict (account_id, code) do update set balance_fen = h.balance_fen + excluded.balance_fen
  ), taken_back as (
    update household_balances h set balance_fen = h.balance_fen - back.amount_fen
    from (select account_id, sum(amount_fen)::bigint as amount_fen from shares where bill_id is null group by 1) back
    where h.account_id = back.account_id and h.code = 'prepaid'
  ), recorded as (
    insert into payment_reversals (payment_id, posting_id, kind, reason, requested_by, approved_by, reversed_at,
      channel_id, serial, approval_id)
    select id, posting_id, p_kind, p_reason, p_requested_by, p_approved_by, p_now, p_channel, p_serial, p_approval
    from undone
  ), freed as (
    -- A receipt that names a reversed payment is void as a whole; its other payments may stand on a new one.
    update receipt_payments set active = false
    where active and receipt_id in (
      select named.receipt_id from receipt_payments named join undone on undone.id = named.payment_id where named.active)
    returning receipt_id
  ), voided as (
    update receipts set voided_at = p_now, void_reason = p_reason, voided_by = p_requested_by
    where id in (select receipt_id from freed) and voided_at is null
  )
  select id, posting_id, account_id, amount_fen from undone order by id;
end $$;
