import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

export type LedgerCode =
  | "cash"
  | "bank"
  | "pos_clearing"
  | "channel_clearing"
  | "offered"
  | "receivable"
  | "prepaid"
  | "suspense"
  | "unearned_revenue"
  | "revenue_residential"
  | "revenue_non_residential"
  | "bank_fee"
  | "cash_difference"
  | "opening_balance";

export type TrialBalanceRow = {
  readonly code: LedgerCode;
  readonly number: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly debitFen: bigint;
  readonly creditFen: bigint;
};

/**
 * Days are closed in order, and nothing is posted to a day before the last closed one (`lock_accounting_day`): what is open lies
 * behind it, and is found without reading the transfers of closed days.
 */
const LAST_CLOSED = `(select coalesce(max(day), '-infinity') from accounting_days where state = 'closed')`;

/** Both sides of transfers that were added up by pair of accounts: hundreds of thousands of rows are read and sorted once. */
const SIDES_OF_PAIRS = `
  select side.code, side.debit_fen, side.credit_fen from pairs
    cross join lateral (values (debit, fen, 0), (credit, 0, fen)) side (code, debit_fen, credit_fen)`;

/** Closed days come from their roll-up, open days from their transfers. */
export const trialBalance = (sql: Sql, until: Day): Promise<TrialBalanceRow[]> =>
  sql.rows<TrialBalanceRow>(
    `with pairs as (
       select debit, credit, sum(amount_fen) as fen from transfers
       where accounting_date <= :until::date and accounting_date > ${LAST_CLOSED} group by debit, credit),
     sides as (
       select code, sum(debit_fen) as debit_fen, sum(credit_fen) as credit_fen from daily_totals
       where day in (select day from accounting_days where state = 'closed' and day <= :until::date) group by code
       union all ${SIDES_OF_PAIRS})
     select a.code, a.number, a.name_zh as "nameZh", a.name_en as "nameEn",
       coalesce(sum(s.debit_fen), 0)::bigint as "debitFen", coalesce(sum(s.credit_fen), 0)::bigint as "creditFen"
     from ledger_accounts a left join sides s on s.code = a.code
     group by a.code, a.number, a.name_zh, a.name_en order by a.number`,
    { until },
  );

export type HouseholdBalances = {
  readonly offeredFen: bigint;
  readonly receivableFen: bigint;
  readonly prepaidFen: bigint;
};

export const householdBalances = async (sql: Sql, accountId: bigint): Promise<HouseholdBalances> =>
  sql.one<HouseholdBalances>(
    `select coalesce(sum(balance_fen) filter (where code = 'offered'), 0)::bigint as "offeredFen",
       coalesce(sum(balance_fen) filter (where code = 'receivable'), 0)::bigint as "receivableFen",
       coalesce(sum(balance_fen) filter (where code = 'prepaid'), 0)::bigint as "prepaidFen"
     from household_balances where account_id = :accountId`,
    { accountId },
  );

export const lockDayExclusively = (sql: Sql, day: Day): Promise<unknown> =>
  sql.rows(`select pg_advisory_xact_lock(815031, :day::date - date '2000-01-01')`, { day });

export const dayState = async (sql: Sql, day: Day): Promise<"open" | "closed"> =>
  (
    await sql.maybeOne<{ state: "open" | "closed" }>("select state from accounting_days where day = :day", {
      day,
    })
  )?.state ?? "open";

export const firstOpenDayWithTransfers = (sql: Sql, before: Day): Promise<{ day: Day } | null> =>
  sql.maybeOne<{ day: Day }>(
    `select min(accounting_date) as day from transfers
     where accounting_date < :before::date and accounting_date > ${LAST_CLOSED}
     having min(accounting_date) is not null`,
    { before },
  );

export const closeDayRow = (sql: Sql, day: Day, now: Date, closedBy: bigint | null): Promise<number> =>
  sql.run(
    `insert into accounting_days (day, state, closed_at, closed_by) values (:day, 'closed', :now, :closedBy)
     on conflict (day) do update set state = 'closed', closed_at = excluded.closed_at, closed_by = excluded.closed_by
     where accounting_days.state = 'open'`,
    { day, now, closedBy },
  );

export const rollUpDay = (sql: Sql, day: Day): Promise<number> =>
  sql.run(
    `with pairs as (
       select debit, credit, sum(amount_fen) as fen from transfers where accounting_date = :day group by debit, credit)
     insert into daily_totals (day, code, debit_fen, credit_fen)
     select :day, code, sum(debit_fen)::bigint, sum(credit_fen)::bigint from (${SIDES_OF_PAIRS}) sides group by code`,
    { day },
  );

export type SimplePosting = {
  readonly kind: string;
  readonly sourceId: bigint;
  readonly accountingDate: Day;
  readonly valueDate: Day;
  readonly actorId: bigint | null;
  readonly correctsId: bigint | null;
  readonly now: Date;
};

export const insertPosting = async (sql: Sql, posting: SimplePosting): Promise<bigint | null> =>
  (
    await sql.maybeOne<{ id: bigint }>(
      `insert into postings (kind, source_id, accounting_date, value_date, actor_id, corrects_id, created_at)
       values (:kind, :sourceId, :accountingDate, :valueDate, :actorId, :correctsId, :now)
       on conflict (kind, source_id) do nothing returning id`,
      posting,
    )
  )?.id ?? null;

export type TransferRow = {
  readonly debit: LedgerCode;
  readonly credit: LedgerCode;
  readonly amountFen: bigint;
  readonly accountId?: bigint | null;
  readonly seasonId?: number | null;
  readonly billId?: bigint | null;
  readonly channelId?: number | null;
};

export const insertTransfer = (
  sql: Sql,
  postingId: bigint,
  accountingDate: Day,
  row: TransferRow,
): Promise<number> =>
  sql.run(
    `insert into transfers (posting_id, debit, credit, amount_fen, accounting_date, account_id, season_id, bill_id, channel_id)
     values (:postingId, :debit, :credit, :amountFen, :accountingDate, :accountId, :seasonId, :billId, :channelId)`,
    {
      postingId,
      accountingDate,
      debit: row.debit,
      credit: row.credit,
      amountFen: row.amountFen,
      accountId: row.accountId ?? null,
      seasonId: row.seasonId ?? null,
      billId: row.billId ?? null,
      channelId: row.channelId ?? null,
    },
  );

export const lockOpenDay = (sql: Sql, day: Day): Promise<unknown> =>
  sql.rows("select lock_accounting_day(:day::date)", { day });

export type LedgerDay = {
  readonly day: Day;
  readonly state: "open" | "closed";
  readonly debitFen: bigint;
  readonly closedAt: Date | null;
  readonly closedBy: string | null;
};

/** Days of the books, the latest first: a closed one by its roll-up, an open one by its transfers. */
export const ledgerDays = (
  sql: Sql,
  query: { readonly before: Day; readonly since: Day },
): Promise<LedgerDay[]> =>
  sql.rows<LedgerDay>(
    `with closed as (select day, closed_at, closed_by from accounting_days where state = 'closed' and day >= :since::date),
       sums as (
         select day, sum(debit_fen)::bigint as fen from daily_totals where day in (select day from closed) group by day
         union all
         select accounting_date, sum(amount_fen)::bigint from transfers
         where accounting_date >= :since::date and accounting_date < :before::date
           and accounting_date > ${LAST_CLOSED}
         group by accounting_date)
     select sums.day, case when closed.day is null then 'open' else 'closed' end as state, sums.fen as "debitFen",
       closed.closed_at as "closedAt", staff.login as "closedBy"
     from sums left join closed on closed.day = sums.day left join staff_members staff on staff.id = closed.closed_by
     where sums.day < :before::date order by sums.day desc`,
    query,
  );
