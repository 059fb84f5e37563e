-- Uses what households have prepaid for their open bills (docs/postings.md row 9): all accounts given, by one statement.
-- The bills take their turn as with money that names no bill: the company's policy first, then the oldest.
-- Each bill gets a posting of its own, whose source is bill x 1000 + how often prepaid was applied to it, or taken back,
-- before. A bill on which that happened 500 times is passed over: so every application can still be taken back within the
-- bill's thousand numbers, and none runs into the next bill's.
--
-- Locks the accounts in id order. Repeating is safe: nothing is left to apply.

create or replace function apply_prepaid(
  p_accounts bigint[], p_policy allocation_rule, p_season smallint, p_accounting_date date, p_actor bigint,
  p_now timestamptz
) returns table (account_id bigint, bill_id bigint, season_id smallint, posting_id bigint, amount_fen bigint)
language plpgsql as $$
#variable_conflict use_column
begin
  perform lock_accounting_day(p_accounting_date);
  perform 1 from heat_accounts where id = any(p_accounts) order by id for no key update;
  return query
  with money as materialized (
    select account_id, balance_fen from household_balances
    where account_id = any(p_accounts) and code = 'prepaid' and balance_fen > 0
  ), open_bills as (
    select o.*, row_number() over ranked as rank,
      sum(o.open_fen) over ranked as until_fen, sum(o.open_fen) over ranked - o.open_fen as from_fen
    from (
      select b.id, b.account_id, b.season_id, b.state, b.kind, b.amount_fen - b.paid_fen as open_fen,
        case p_policy when 'old-debt-first' then b.state = 'due' and b.season_id < p_season
                      when 'this-season-first' then b.season_id = p_season else false end as preferred
      from bills b join money on money.account_id = b.account_id
      where b.state <> 'cancelled' and b.amount_fen > b.paid_fen
        and (select count(*) from postings earlier where earlier.kind = 'prepaid-applied'
          and earlier.source_id >= b.id * 1000 and earlier.source_id < b.id * 1000 + 1000) < 500
    ) o
    window ranked as (partition by o.account_id order by not o.preferred, o.season_id, o.kind, o.id)
  ), shared as materialized (
    select nextval('postings_id_seq') as posting_id, ordered.* from (
      select b.account_id, b.id as bill_id, b.season_id, b.rank,
        case when b.state = 'offered' then 'offered' else 'receivable' end::ledger_code as code,
        (least(b.until_fen, m.balance_fen) - b.from_fen)::bigint as amount_fen,
        b.id * 1000 + (select count(*) from postings earlier where earlier.kind = 'prepaid-applied'
          and earlier.source_id >= b.id * 1000 and earlier.source_id < b.id * 1000 + 1000) as source_id
      from open_bills b join money m on m.account_id = b.account_id
      where b.from_fen < m.balance_fen
      order by b.account_id, b.rank
    ) ordered
  ), posted as (
    insert into postings (id, kind, source_id, accounting_date, value_date, actor_id, created_at)
    select posting_id, 'prepaid-applied', source_id, p_accounting_date, p_accounting_date, p_actor, p_now
    from shared order by posting_id
  ), moved as (
    insert into transfers (posting_id, debit, credit, amount_fen, accounting_date, account_id, season_id, bill_id)
    select posting_id, 'prepaid', code, amount_fen, p_accounting_date, account_id, season_id, bill_id
    from shared order by posting_id
  ), allocated as (
    insert into allocations (posting_id, account_id, bill_id, amount_fen, rule, rank)
    select posting_id, account_id, bill_id, amount_fen, 'prepaid-applied', 0 from shared order by posting_id
  ), settled as (
    update bills set paid_fen = bills.paid_fen + shared.amount_fen from shared where bills.id = shared.bill_id
  ), lowered as (
    update household_balances h set balance_fen = h.balance_fen - taken.amount_fen
    from (
      select account_id, code, sum(amount_fen)::bigint as amount_fen from shared group by 1, 2
      union all
      select account_id, 'prepaid', sum(amount_fen)::bigint from shared group by 1
    ) taken
    where h.account_id = taken.account_id and h.code = taken.code
  )
  select account_id, bill_id, season_id, posting_id, amount_fen from shared order by posting_id;
end $$;
