-- Posts the rows of an opening import (docs/postings.md rows 19 to 21), all by three statements: old debts as bills that
-- are due, with line, posting, transfer and household balance; prepaid; money of nobody. The caller has locked the
-- households, checked every row and the control totals, and writes the rows first; its transaction makes it all or nothing.
--
-- Debts of one household and season are numbered by their order in the file. A household has its debts on its first charge
-- point: the old system knew no other. Answers how many rows are posted.
create or replace function post_opening(p_import bigint, p_accounting_date date, p_actor bigint, p_now timestamptz)
returns bigint language plpgsql
-- Whatever the statistics say right after the roll: a look-up for each row goes by its index.
set enable_seqscan = off
as $$
begin
  perform lock_accounting_day(p_accounting_date);
  with opening as materialized (
    select nextval('bills_id_seq') as bill_id, nextval('postings_id_seq') as posting_id, numbered.* from (
      select row.id as row_id, row.account_id, point.id as charge_point_id, row.season_id, row.amount_fen, row.debtor,
        row.invoiced,
        (coalesce(known.sequence, 0) + row_number() over (partition by point.id, row.season_id order by row.row_no))
          ::smallint as sequence,
        concat_ws('；', '旧系统欠费', case when row.pending_reason is not null then '旧户号 ' || row.written_account_no end,
          nullif(row.note, '')) as note
      from opening_rows row
      cross join lateral (select first.id from charge_points first where first.account_id = row.account_id
        order by first.ordinal limit 1) point
      left join lateral (select max(bill.sequence) as sequence from bills bill where bill.charge_point_id = point.id
        and bill.season_id = row.season_id and bill.kind = 'opening') known on true
      where row.import_id = p_import and row.kind = 'debt'
      order by row.account_id, row.season_id, row.row_no) numbered
  ), new_bill as (
    insert into bills (id, account_id, charge_point_id, season_id, kind, sequence, state, amount_fen, issued_on, debtor,
      invoiced)
    select bill_id, account_id, charge_point_id, season_id, 'opening', sequence, 'due', amount_fen, p_accounting_date,
      debtor, invoiced
    from opening
  ), new_line as (
    insert into bill_lines (bill_id, ordinal, kind, amount_fen, note)
    select bill_id, 1, 'opening', amount_fen, note from opening
  ), new_posting as (
    insert into postings (id, kind, source_id, accounting_date, value_date, actor_id, created_at)
    select posting_id, 'opening', row_id, p_accounting_date, p_accounting_date, p_actor, p_now from opening
  ), new_transfer as (
    insert into transfers (posting_id, debit, credit, amount_fen, accounting_date, account_id, season_id, bill_id)
    select posting_id, 'receivable', 'opening_balance', amount_fen, p_accounting_date, account_id, season_id, bill_id
    from opening
  )
  insert into household_balances (account_id, code, balance_fen)
  select account_id, 'receivable', sum(amount_fen) from opening group by account_id order by account_id
  on conflict (account_id, code) do update set balance_fen = household_balances.balance_fen + excluded.balance_fen;

  with opening as materialized (
    select nextval('postings_id_seq') as posting_id, ordered.* from (
      select row.id as row_id, row.account_id, row.amount_fen from opening_rows row
      where row.import_id = p_import and row.kind = 'prepaid' order by row.account_id, row.row_no) ordered
  ), new_posting as (
    insert into postings (id, kind, source_id, accounting_date, value_date, actor_id, created_at)
    select posting_id, 'opening', row_id, p_accounting_date, p_accounting_date, p_actor, p_now from opening
  ), new_transfer as (
    insert into transfers (posting_id, debit, credit, amount_fen, accounting_date, account_id)
    select posting_id, 'opening_balance', 'prepaid', amount_fen, p_accounting_date, account_id from opening
  )
  insert into household_balances (account_id, code, balance_fen)
  select account_id, 'prepaid', sum(amount_fen) from opening group by account_id order by account_id
  on conflict (account_id, code) do update set balance_fen = household_balances.balance_fen + excluded.balance_fen;

  with opening as materialized (
    select nextval('postings_id_seq') as posting_id, ordered.* from (
      select row.id as row_id, row.amount_fen, row.note, row.written_account_no from opening_rows row
      where row.import_id = p_import and row.kind = 'suspense' order by row.row_no) ordered
  ), new_item as (
    insert into suspense_items (opening_row_id, amount_fen, received_on, note)
    select row_id, amount_fen, p_accounting_date,
      concat_ws('；', '旧系统待核销', case when written_account_no <> '' then '旧户号 ' || written_account_no end,
        nullif(note, ''))
    from opening
  ), new_posting as (
    insert into postings (id, kind, source_id, accounting_date, value_date, actor_id, created_at)
    select posting_id, 'opening', row_id, p_accounting_date, p_accounting_date, p_actor, p_now from opening
  )
  insert into transfers (posting_id, debit, credit, amount_fen, accounting_date)
  select posting_id, 'opening_balance', 'suspense', amount_fen, p_accounting_date from opening;

  return (select count(*) from opening_rows row join postings posting on posting.kind = 'opening'
    and posting.source_id = row.id where row.import_id = p_import);
end $$;
