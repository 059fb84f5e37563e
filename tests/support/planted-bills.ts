/** Single bills by plain SQL, with the postings that they would have, for tests about what follows. */
import type { Database } from "#src/platform/database.ts";

/** A bill of a planted home (charge point = account), posted as an offer or as a debt. */
export const plantBill = async (
  database: Database,
  bill: {
    readonly account: number;
    readonly season: number;
    readonly state: "offered" | "due";
    readonly amount: bigint;
  },
): Promise<bigint> => {
  const row = await database.sql.one<{ id: bigint }>(
    `with code as (
       select (case when :state::text = 'offered' then 'offered' else 'receivable' end)::ledger_code as side,
         (case when :state::text = 'offered' then 'unearned_revenue' else 'revenue_residential' end)::ledger_code as other
     ), b as (
       insert into bills (account_id, charge_point_id, season_id, kind, sequence, state, amount_fen, issued_on)
       select :account::bigint, :account::bigint, :season::smallint, 'heat',
         1 + (select count(*) from bills where account_id = :account::bigint and season_id = :season::smallint),
         :state::text::bill_state, :amount::bigint, '2026-09-01' returning id
     ), p as (
       insert into postings (kind, source_id, accounting_date, value_date, created_at)
       select 'bill-issued', id, '2026-09-01', '2026-09-01', now() from b returning id
     ), t as (
       insert into transfers (posting_id, debit, credit, amount_fen, accounting_date, account_id, season_id, bill_id)
       select p.id, code.side, code.other, :amount::bigint, '2026-09-01', :account::bigint, :season::smallint, b.id
       from p, b, code
     ), h as (
       insert into household_balances as h (account_id, code, balance_fen)
       select :account::bigint, side, :amount::bigint from code
       on conflict (account_id, code) do update set balance_fen = h.balance_fen + excluded.balance_fen
     ) select id from b`,
    bill,
  );
  return row.id;
};

/** An offer becomes a debt: rows 3 and 4 of docs/postings.md. */
export const letBillFallDue = async (database: Database, billId: bigint): Promise<void> => {
  await database.sql.run(
    `with b as (
       update bills set state = 'due' where id = :billId and state = 'offered'
       returning id, account_id, season_id, amount_fen, amount_fen - paid_fen as open_fen
     ), p as (
       insert into postings (kind, source_id, accounting_date, value_date, created_at)
       select 'bill-fell-due', id, '2026-11-10', '2026-11-10', now() from b returning id
     ), t as (
       insert into transfers (posting_id, debit, credit, amount_fen, accounting_date, account_id, season_id, bill_id)
       select p.id, 'receivable'::ledger_code, 'offered'::ledger_code, b.open_fen, '2026-11-10'::date, b.account_id, b.season_id, b.id
       from p, b where b.open_fen > 0
       union all
       select p.id, 'unearned_revenue', 'revenue_residential', b.amount_fen, '2026-11-10', b.account_id, b.season_id, b.id
       from p, b
     ), lowered as (
       update household_balances h set balance_fen = h.balance_fen - b.open_fen from b
       where h.account_id = b.account_id and h.code = 'offered' and b.open_fen > 0
     )
     insert into household_balances as h (account_id, code, balance_fen)
     select account_id, 'receivable', open_fen from b where open_fen > 0
     on conflict (account_id, code) do update set balance_fen = h.balance_fen + excluded.balance_fen`,
    { billId },
  );
};
