-- Takes back into prepaid what was applied from it to one bill (docs/postings.md row 22): a posting for each application
-- that stands, which names it. The bill is open again by that much.
--
-- Locks the account. Repeating is safe: an application that was taken back is passed over.

create or replace function release_prepaid(
  p_bill bigint, p_accounting_date date, p_actor bigint, p_now timestamptz
) returns table (posting_id bigint, amount_fen bigint)
language plpgsql as $$
#variable_conflict use_column
begin
  perform lock_accounting_day(p_accounting_date);
  perform 1 from heat_accounts where id = (select b.account_id from bills b where b.id = p_bill) for no key update;
  return query
  with standing as (
    select g.id, sum(t.amount_fen)::bigint as amount_fen
    from postings g join transfers t on t.posting_id = g.id
    where g.kind = 'prepaid-applied' and g.source_id >= p_bill * 1000 and g.source_id < p_bill * 1000 + 1000
      and g.corrects_id is null
      and not exists (select 1 from postings later where later.corrects_id = g.id)
    group by g.id
  ), undone as materialized (
    select nextval('postings_id_seq') as posting_id, ordered.* from (
      select standing.id as original_id, standing.amount_fen, b.account_id, b.season_id,
        case when b.state = 'offered' then 'offered' else 'receivable' end::ledger_code as code,
        p_bill * 1000 + (select count(*) from postings earlier where earlier.kind = 'prepaid-applied'
          and earlier.source_id >= p_bill * 1000 and earlier.source_id < p_bill * 1000 + 1000)
          + row_number() over (order by standing.id) - 1 as source_id
      from standing join bills b on b.id = p_bill
      order by standing.id
    ) ordered
  ), posted as (
    insert into postings (id, kind, source_id, accounting_date, value_date, actor_id, corrects_id, created_at)
    select posting_id, 'prepaid-applied', source_id, p_accounting_date, p_accounting_date, p_actor, original_id, p_now
    from undone order by posting_id
  ), moved as (
    insert into transfers (posting_id, debit, credit, amount_fen, accounting_date, account_id, season_id, bill_id)
    select posting_id, code, 'prepaid', amount_fen, p_accounting_date, account_id, season_id, p_bill
    from undone order by posting_id
  ), allocated as (
    insert into allocations (posting_id, account_id, bill_id, amount_fen, rule, rank)
    select posting_id, account_id, p_bill, -amount_fen, 'reversal', 0 from undone order by posting_id
  ), reopened as (
    update bills set paid_fen = bills.paid_fen - back.amount_fen
    from (select sum(amount_fen)::bigint as amount_fen from undone having count(*) > 0) back where bills.id = p_bill
  ), balanced as (
    insert into household_balances as h (account_id, code, balance_fen)
    select account_id, code, sum(amount_fen)::bigint from undone group by 1, 2
    union all
    select account_id, 'prepaid', sum(amount_fen)::bigint from undone group by 1
    on conflict (account_id, code) do update set balance_fen = h.balance_fen + excluded.balance_fen
  )
  select posting_id, amount_fen from undone order by posting_id;
end $$;
