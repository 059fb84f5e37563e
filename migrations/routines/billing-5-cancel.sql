-- Cancels a bill on which nothing is paid: docs/postings.md row 5. An offer is taken back by the opposite of row 1, a debt
-- by the opposite of row 2, which is also the sum of the opposites of 1, 3 and 4; an opening debt by the opposite of 19.
-- Answers the posting, or nothing when the bill is cancelled already or something is paid on it.
drop function if exists cancel_bill(bigint, text, bigint, date, timestamptz, bigint);
create function cancel_bill(p_bill bigint, p_reason text, p_approval bigint, p_accounting_date date,
  p_now timestamptz, p_actor bigint)
returns bigint language plpgsql as $$
declare
  household bigint;
  cancelled record;
  line_class text;
  original bigint;
  posted bigint;
begin
  perform lock_accounting_day(p_accounting_date);
  select account_id into household from bills where id = p_bill;
  perform 1 from heat_accounts where id = household for no key update;
  -- The state before the update decides the accounts, and the lock keeps it.
  select id, state, kind, season_id, amount_fen into cancelled from bills
    where id = p_bill and state <> 'cancelled' and paid_fen = 0;
  if not found then
    return null;
  end if;
  update bills set state = 'cancelled' where id = p_bill;
  select heat_class into line_class from bill_lines where bill_id = p_bill order by ordinal limit 1;
  select posting.id into original from transfers transfer join postings posting on posting.id = transfer.posting_id
    where transfer.account_id = household and transfer.bill_id = p_bill and posting.kind in ('bill-issued', 'opening')
    order by posting.id limit 1;
  insert into postings (kind, source_id, accounting_date, value_date, actor_id, corrects_id, created_at)
    values ('bill-cancelled', p_bill, p_accounting_date, p_accounting_date, p_actor, original, p_now)
    returning id into posted;
  insert into transfers (posting_id, debit, credit, amount_fen, accounting_date, account_id, season_id, bill_id)
    values (posted,
      case when cancelled.kind = 'opening' then 'opening_balance' when cancelled.state = 'offered' then 'unearned_revenue'
        when line_class = 'residential' then 'revenue_residential' else 'revenue_non_residential' end::ledger_code,
      case cancelled.state when 'offered' then 'offered' else 'receivable' end::ledger_code,
      cancelled.amount_fen, p_accounting_date, household, cancelled.season_id, p_bill);
  update household_balances set balance_fen = balance_fen - cancelled.amount_fen
    where account_id = household and code = case cancelled.state when 'offered' then 'offered' else 'receivable' end::ledger_code;
  insert into bill_cancellations (bill_id, reason, cancelled_at, cancelled_by, posting_id, approval_id)
    values (p_bill, p_reason, p_now, p_actor, posted, p_approval);
  return posted;
end $$;
