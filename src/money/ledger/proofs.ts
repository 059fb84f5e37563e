/**
 * What must hold over the whole ledger, as SQL that returns offenders. An empty list is the proof.
 */
import type { Database } from "#src/platform/database.ts";

/** One broken rule: which, where, and both figures. */
export type Offender = {
  readonly rule: string;
  /** Table and row: `household_balances:4711/prepaid`. */
  readonly row: string;
  readonly expected: string;
  readonly found: string;
};

export type Proof = { readonly rule: string; readonly sql: string };

/** At most this many offenders are listed per rule: enough to start looking. */
export const OFFENDER_LIMIT = 100;

export const ledgerProofs: readonly Proof[] = [
  {
    rule: "household balances equal their transfers",
    sql: `
      with moved as (
        select account_id, code, sum(fen)::bigint as fen from (
          select account_id, debit as code, case when debit = 'prepaid' then -amount_fen else amount_fen end as fen
          from transfers where debit in ('offered', 'receivable', 'prepaid')
          union all
          select account_id, credit, case when credit = 'prepaid' then amount_fen else -amount_fen end
          from transfers where credit in ('offered', 'receivable', 'prepaid')
        ) sides group by account_id, code
      )
      select 'household_balances:' || coalesce(m.account_id, h.account_id) || '/' || coalesce(m.code, h.code) as row,
        coalesce(m.fen, 0)::text as expected, coalesce(h.balance_fen, 0)::text as found
      from moved m full join household_balances h on h.account_id = m.account_id and h.code = m.code
      where coalesce(m.fen, 0) <> coalesce(h.balance_fen, 0)`,
  },
  {
    rule: "every posting has transfers",
    sql: `
      select 'postings:' || p.id as row, 'at least one transfer' as expected, '0' as found
      from postings p where not exists (select 1 from transfers t where t.posting_id = p.id)`,
  },
  {
    rule: "a transfer is dated as its posting",
    sql: `
      select 'transfers:' || t.id as row, p.accounting_date::text as expected, t.accounting_date::text as found
      from transfers t join postings p on p.id = t.posting_id where p.accounting_date <> t.accounting_date`,
  },
  {
    rule: "a correction never exceeds what it corrects",
    sql: `
      with corrections as (
        select p.corrects_id, sum(t.amount_fen)::bigint as fen
        from postings p join transfers t on t.posting_id = p.id where p.corrects_id is not null group by p.corrects_id),
      sums as (
        select c.corrects_id, sum(t.amount_fen)::bigint as fen
        from corrections c join transfers t on t.posting_id = c.corrects_id group by c.corrects_id)
      select 'postings:' || c.corrects_id as row, 'at most ' || s.fen as expected, c.fen::text as found
      from corrections c join sums s on s.corrects_id = c.corrects_id where c.fen > s.fen`,
  },
  {
    rule: "the roll-up of a closed day equals its transfers",
    sql: `
      with moved as (
        select day, code, sum(debit_fen)::bigint as debit_fen, sum(credit_fen)::bigint as credit_fen from (
          select accounting_date as day, debit as code, amount_fen as debit_fen, 0::bigint as credit_fen from transfers
          union all
          select accounting_date, credit, 0, amount_fen from transfers
        ) sides group by day, code)
      select 'daily_totals:' || coalesce(m.day, d.day) || '/' || coalesce(m.code, d.code) as row,
        coalesce(m.debit_fen, 0) || '/' || coalesce(m.credit_fen, 0) as expected,
        coalesce(d.debit_fen, 0) || '/' || coalesce(d.credit_fen, 0) as found
      from (select * from moved where day in (select day from accounting_days where state = 'closed')) m
      full join daily_totals d on d.day = m.day and d.code = m.code
      where coalesce(m.debit_fen, 0) <> coalesce(d.debit_fen, 0) or coalesce(m.credit_fen, 0) <> coalesce(d.credit_fen, 0)`,
  },
];

/** Runs proofs one after the other on the bulk pool and lists the offenders. Read-only; safe at any time. */
export const runProofs = async (database: Database, proofs: readonly Proof[]): Promise<Offender[]> => {
  const offenders: Offender[] = [];
  for (const proof of proofs) {
    const rows = await database.bulk(async (sql) => {
      // A proof reads whole tables. While nobody has counted them yet (a town that was just imported), a plan for few rows would go
      // through the second once for each row of the first, for hours.
      await sql.run("set local enable_nestloop = off");
      return sql.rows<{ row: string; expected: string; found: string }>(
        `select row, expected, found from (${proof.sql}) offenders order by row limit ${OFFENDER_LIMIT}`,
      );
    });
    for (const row of rows) offenders.push({ rule: proof.rule, ...row });
  }
  return offenders;
};
