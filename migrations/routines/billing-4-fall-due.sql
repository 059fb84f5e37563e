-- Makes the offers of a season whose due day (season_rules.due_on of their class and loop type) has come into debts:
-- docs/postings.md rows 3 (the open part) and 4 (the whole bill). Takes the next accounts above `p_after_account` that
-- have such a bill, locks them in id order, then looks again: what was paid or cancelled meanwhile counts as it stands.
-- A bill that is due already is not touched, so repeating is safe.
drop function if exists fall_due_chunk(smallint, date, bigint, integer, date, timestamptz, bigint);
create function fall_due_chunk(p_season smallint, p_day date, p_after_account bigint, p_chunk_size integer,
  p_accounting_date date, p_now timestamptz, p_actor bigint)
returns table (to_account bigint, bill_count bigint, bill_sum_fen bigint, open_sum_fen bigint, finished boolean)
language plpgsql
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  accounts bigint[];
begin
  perform lock_accounting_day(p_accounting_date);
  select array_agg(chosen.account_id order by chosen.account_id) into accounts from (
    select distinct bill.account_id
    from bills bill
    join bill_lines line on line.bill_id = bill.id and line.ordinal = 1
    join season_rules rule on rule.season_id = bill.season_id and rule.heat_class = line.heat_class
      and rule.loop_type = line.loop_type and rule.due_on <= p_day
    where bill.season_id = p_season and bill.kind = 'heat' and bill.state = 'offered'
      and bill.account_id > p_after_account
    order by bill.account_id limit p_chunk_size) chosen;
  finished := coalesce(cardinality(accounts), 0) < p_chunk_size;
  to_account := coalesce(accounts[cardinality(accounts)], p_after_account);
  perform 1 from heat_accounts account where account.id = any(accounts) order by account.id for no key update;

  with due as materialized (
    select bill.id as bill_id, bill.account_id, bill.amount_fen, bill.amount_fen - bill.paid_fen as open_fen,
      line.heat_class, rule.due_on, nextval('postings_id_seq') as posting_id
    from bills bill
    join bill_lines line on line.bill_id = bill.id and line.ordinal = 1
    join season_rules rule on rule.season_id = bill.season_id and rule.heat_class = line.heat_class
      and rule.loop_type = line.loop_type and rule.due_on <= p_day
    where bill.account_id = any(accounts) and bill.season_id = p_season and bill.kind = 'heat'
      and bill.state = 'offered'
  ), fallen as (
    update bills set state = 'due' from due where bills.id = due.bill_id
  ), new_posting as (
    insert into postings (id, kind, source_id, accounting_date, value_date, actor_id, created_at)
    select posting_id, 'bill-fell-due', bill_id, p_accounting_date, due_on, p_actor, p_now from due order by posting_id
  ), new_transfer as (
    insert into transfers (posting_id, debit, credit, amount_fen, accounting_date, account_id, season_id, bill_id)
    select due.posting_id, moved.debit, moved.credit, moved.amount_fen, p_accounting_date, due.account_id, p_season,
      due.bill_id
    from due cross join lateral (values
      (3, 'receivable'::ledger_code, 'offered'::ledger_code, due.open_fen),
      (4, 'unearned_revenue', case due.heat_class when 'residential' then 'revenue_residential'
        else 'revenue_non_residential' end::ledger_code, due.amount_fen)
    ) moved (row_no, debit, credit, amount_fen)
    where moved.amount_fen > 0 order by due.posting_id, moved.row_no
  ), open_part as (
    select account_id, sum(open_fen) as open_fen from due group by account_id having sum(open_fen) > 0
  ), lowered as (
    update household_balances balance set balance_fen = balance.balance_fen - open_part.open_fen
    from open_part where balance.account_id = open_part.account_id and balance.code = 'offered'
  ), raised as (
    insert into household_balances (account_id, code, balance_fen)
    select account_id, 'receivable', open_fen from open_part order by account_id
    on conflict (account_id, code) do update
      set balance_fen = household_balances.balance_fen + excluded.balance_fen
  )
  select count(*), coalesce(sum(amount_fen), 0), coalesce(sum(open_fen), 0)
  into bill_count, bill_sum_fen, open_sum_fen from due;
  return next;
end $$;
