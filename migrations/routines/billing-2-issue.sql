-- Issues the bills of the next accounts of a lane of a run: one statement for bills, lines, postings (docs/postings.md rows 1
-- and 2), transfers and household balances, then the lane's cursor. The caller's transaction makes it all or nothing.
--
-- Takes the accounts of the lane above its cursor in id order, `p_chunk_size` of them, and locks them first: a payment for one of
-- them waits, and both sides lock in the same order. Whoever has a bill already is passed over, so repeating is safe.
-- Ids are taken from the sequences first, so that the five inserts need not wait for each other's answers.
-- Refuses nothing: the caller has checked; a broken guard (unique bill, closed day) fails the chunk.
drop function if exists issue_bill_chunk(bigint, integer, date, timestamptz, bigint);
drop function if exists issue_bill_chunk(bigint, smallint, integer, date, timestamptz, bigint);
create function issue_bill_chunk(p_run bigint, p_lane smallint, p_chunk_size integer, p_accounting_date date,
  p_now timestamptz, p_actor bigint)
returns table (from_account bigint, to_account bigint, issued_count bigint, issued_sum_fen bigint, finished boolean)
language plpgsql
-- The plan must not depend on statistics that a bulk load has not yet gathered: every table is met by its index.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  run bill_runs;
  lane bill_run_lanes;
begin
  perform lock_accounting_day(p_accounting_date);
  select * into strict lane from bill_run_lanes where run_id = p_run and bill_run_lanes.lane = p_lane for update;
  select * into strict run from bill_runs where id = p_run;
  if run.state <> 'posting' then
    raise exception 'bill run % is %, not posting', p_run, run.state;
  end if;
  from_account := lane.cursor_account_id + 1;
  select count(*), max(locked.id) into issued_count, to_account from (
    select account.id from heat_accounts account
    where account.id >= from_account and (lane.until_account_id is null or account.id <= lane.until_account_id)
    order by account.id limit p_chunk_size for no key update) locked;
  finished := issued_count < p_chunk_size;
  to_account := coalesce(to_account, lane.cursor_account_id);

  with candidate as materialized (
    select nextval('bills_id_seq') as bill_id, nextval('postings_id_seq') as posting_id, ordered.*,
      case when ordered.due_on <= p_accounting_date then 'due' else 'offered' end::bill_state as state
    from (select * from bill_candidates(run.season_id, run.as_of, from_account, to_account) candidate
      where candidate.refusal is null order by candidate.account_id, candidate.charge_point_id) ordered
  ), new_bill as (
    insert into bills (id, account_id, charge_point_id, season_id, kind, sequence, state, amount_fen, issued_on, run_id)
    select bill_id, account_id, charge_point_id, run.season_id, 'heat', 1, state, amount_fen, p_accounting_date, p_run
    from candidate
  ), new_line as (
    insert into bill_lines (bill_id, ordinal, kind, amount_fen, heat_class, loop_type, billing_area_milli_m2, area_rule,
      price_version_id, price_micro_yuan, days, share_basis_points, terms_id)
    select bill_id, 1, 'heat', amount_fen, heat_class, loop_type, billing_area_milli_m2, area_rule, price_version_id,
      price_micro_yuan, days, share_basis_points, terms_id
    from candidate
  ), new_posting as (
    insert into postings (id, kind, source_id, accounting_date, value_date, actor_id, created_at)
    select posting_id, 'bill-issued', bill_id, p_accounting_date, p_accounting_date, p_actor, p_now from candidate
  ), new_transfer as (
    insert into transfers (posting_id, debit, credit, amount_fen, accounting_date, account_id, season_id, bill_id)
    select posting_id,
      case state when 'due' then 'receivable' else 'offered' end::ledger_code,
      case when state <> 'due' then 'unearned_revenue' when heat_class = 'residential' then 'revenue_residential'
        else 'revenue_non_residential' end::ledger_code,
      amount_fen, p_accounting_date, account_id, run.season_id, bill_id
    from candidate
  ), new_balance as (
    insert into household_balances (account_id, code, balance_fen)
    select account_id, case state when 'due' then 'receivable' else 'offered' end::ledger_code, sum(amount_fen)
    from candidate group by account_id, state order by account_id, state
    on conflict (account_id, code) do update
      set balance_fen = household_balances.balance_fen + excluded.balance_fen
  )
  select count(*), coalesce(sum(amount_fen), 0) into issued_count, issued_sum_fen from candidate;

  update bill_run_lanes set cursor_account_id = to_account, finished = issue_bill_chunk.finished
  where run_id = p_run and bill_run_lanes.lane = p_lane;
  -- Last of all: the other lane waits for this row until the commit.
  update bill_runs set issued_count = bill_runs.issued_count + issue_bill_chunk.issued_count,
    issued_sum_fen = bill_runs.issued_sum_fen + issue_bill_chunk.issued_sum_fen
  where id = p_run;
  return next;
end $$;
