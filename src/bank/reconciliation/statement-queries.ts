/** SQL of statements of our own bank accounts. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

export type StatementRow = {
  readonly bankAccountNo: string;
  readonly bankStatementId: string;
  readonly sequence: string;
  readonly period: string;
  readonly endsOn: Day;
  readonly openingFen: bigint;
  readonly closingFen: bigint;
  readonly creditsFen: bigint;
  readonly debitsFen: bigint;
};

const COLUMNS = `bank_account_no as "bankAccountNo", bank_statement_id as "bankStatementId", sequence, period,
  ends_on as "endsOn", opening_fen as "openingFen", closing_fen as "closingFen", credits_fen as "creditsFen",
  debits_fen as "debitsFen"`;

/** One importer at a time for a bank account: continuity is checked against what is there. */
export const lockBankAccount = (sql: Sql, bankAccountNo: string): Promise<unknown> =>
  sql.rows("select pg_advisory_xact_lock(815032, hashtext(:bankAccountNo))", { bankAccountNo });

export const findStatement = (
  sql: Sql,
  key: Pick<StatementRow, "bankAccountNo" | "bankStatementId" | "sequence" | "period">,
): Promise<StatementRow | null> =>
  sql.maybeOne<StatementRow>(
    `select ${COLUMNS} from bank_statements where bank_account_no = :bankAccountNo
       and bank_statement_id = :bankStatementId and sequence = :sequence and period = :period`,
    key,
  );

/** The statements just before and just after a day, by their end; of one day the order of import decides. */
export const neighbours = async (
  sql: Sql,
  bankAccountNo: string,
  endsOn: Day,
): Promise<{ before: StatementRow | null; after: StatementRow | null }> => ({
  before: await sql.maybeOne<StatementRow>(
    `select ${COLUMNS} from bank_statements where bank_account_no = :bankAccountNo and ends_on <= :endsOn
     order by ends_on desc, id desc limit 1`,
    { bankAccountNo, endsOn },
  ),
  after: await sql.maybeOne<StatementRow>(
    `select ${COLUMNS} from bank_statements where bank_account_no = :bankAccountNo and ends_on > :endsOn
     order by ends_on, id limit 1`,
    { bankAccountNo, endsOn },
  ),
});

export const insertStatement = async (
  sql: Sql,
  statement: StatementRow & { readonly fileId: bigint },
): Promise<bigint> =>
  (
    await sql.one<{ id: bigint }>(
      `insert into bank_statements (file_id, bank_account_no, bank_statement_id, sequence, period, ends_on, opening_fen,
         closing_fen, credits_fen, debits_fen)
       values (:fileId, :bankAccountNo, :bankStatementId, :sequence, :period, :endsOn, :openingFen, :closingFen,
         :creditsFen, :debitsFen) returning id`,
      statement,
    )
  ).id;

export type StatementLine = {
  readonly fileId: bigint;
  readonly ordinal: number;
  readonly rowNo: number;
  readonly kind: "credit" | "debit";
  readonly serial: string;
  readonly amountFen: bigint;
  readonly bankDay: Day;
  readonly valueDate: Day;
  readonly payerName: string;
  readonly remittance: string;
  readonly state: "proved" | "suspense" | "break" | "ignored";
  readonly rule: string;
};

export const insertStatementLine = async (sql: Sql, line: StatementLine): Promise<bigint> =>
  (
    await sql.one<{ id: bigint }>(
      `insert into bank_lines (file_id, ordinal, row_no, kind, serial, amount_fen, bank_day, value_date, payer_name,
         remittance, state, match_rule)
       values (:fileId, :ordinal, :rowNo, :kind, :serial, :amountFen, :bankDay, :valueDate, :payerName, :remittance,
         :state, :rule) returning id`,
      line,
    )
  ).id;

export const isEntryKnown = async (sql: Sql, bankAccountNo: string, entryKey: Uint8Array): Promise<boolean> =>
  (await sql.maybeOne<{ one: number }>(
    "select 1 as one from bank_statement_entries where bank_account_no = :bankAccountNo and entry_key = :entryKey",
    { bankAccountNo, entryKey },
  )) !== null;

export const insertEntry = (
  sql: Sql,
  entry: {
    readonly bankAccountNo: string;
    readonly entryKey: Uint8Array;
    readonly statementId: bigint;
    readonly bankLineId: bigint;
  },
): Promise<number> =>
  sql.run(
    `insert into bank_statement_entries (bank_account_no, entry_key, statement_id, bank_line_id)
     values (:bankAccountNo, :entryKey, :statementId, :bankLineId)`,
    entry,
  );

export type SettlingChannel = {
  readonly id: number;
  readonly code: string;
  readonly pattern: string;
  readonly delayDays: number;
  readonly feePerItemFen: bigint;
  readonly feeBasisPoints: number;
};

export const settlingChannels = (sql: Sql, bankAccountNo: string): Promise<SettlingChannel[]> =>
  sql.rows<SettlingChannel>(
    `select id, code, settlement_pattern as pattern, settlement_delay_days as "delayDays",
       fee_per_item_fen as "feePerItemFen", fee_basis_points as "feeBasisPoints"
     from channels where active and bank_account_no = :bankAccountNo and settlement_pattern is not null order by code`,
    { bankAccountNo },
  );

/** What the channel's files of a day, and the day's lines of files of several days, add up to, and what has been credited of it. */
export const settledSoFar = (
  sql: Sql,
  channelId: number,
  day: Day,
): Promise<{ files: bigint; items: bigint; totalFen: bigint; grossFen: bigint; feeFen: bigint }> =>
  sql.one<{ files: bigint; items: bigint; totalFen: bigint; grossFen: bigint; feeFen: bigint }>(
    `select count(*) as files, coalesce(sum(part.items), 0)::bigint as items,
       coalesce(sum(part.fen), 0)::bigint as "totalFen",
       (select coalesce(sum(gross_fen), 0)::bigint from bank_credits
        where channel_id = :channelId and bank_day = :day) as "grossFen",
       (select coalesce(sum(fee_fen), 0)::bigint from bank_credits
        where channel_id = :channelId and bank_day = :day) as "feeFen"
     from (
       select line_count::bigint as items, total_fen as fen from import_files
       where channel_id = :channelId and kind = 'collection' and state = 'posted' and bank_day = :day::date
       union all
       select count(*), sum(case when l.kind = 'payment' then l.amount_fen else -l.amount_fen end)::bigint
       from import_files f join bank_lines l on l.file_id = f.id and l.bank_day = :day::date
       where f.channel_id = :channelId and f.kind = 'collection' and f.state = 'posted' and f.bank_day is null
         and :day::date between f.first_day and f.last_day
       group by f.id
     ) part`,
    { channelId, day },
  );

export const insertLineBreak = async (
  sql: Sql,
  difference: {
    readonly bankDayId: bigint;
    readonly class: string;
    readonly bankLineId: bigint;
    readonly bankAmountFen: bigint;
    readonly ourAmountFen: bigint | null;
    readonly now: Date;
  },
): Promise<bigint> =>
  (
    await sql.one<{ id: bigint }>(
      `insert into breaks (bank_day_id, class, bank_line_id, bank_amount_fen, our_amount_fen, opened_at)
       values (:bankDayId, :class, :bankLineId, :bankAmountFen, :ourAmountFen, :now) returning id`,
      difference,
    )
  ).id;

export const markStatementPosted = (
  sql: Sql,
  file: {
    readonly id: bigint;
    readonly lineCount: number;
    readonly totalFen: bigint;
    readonly counts: Readonly<Record<string, number>>;
    readonly now: Date;
  },
): Promise<number> =>
  sql.run(
    `update import_files set state = 'posted', line_count = :lineCount, total_fen = :totalFen, counts = :counts::jsonb,
       cursor_ordinal = :lineCount, finished_at = :now where id = :id and state = 'received'`,
    { ...file, counts: JSON.stringify(file.counts) },
  );
