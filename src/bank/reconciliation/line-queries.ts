/** SQL of a file's lines, staged and final, as people and the day look at them. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

/** The bank days of a file that is not posted yet. */
export const stagedDays = async (sql: Sql, fileId: bigint): Promise<Day[]> =>
  (
    await sql.rows<{ day: Day }>(
      "select distinct bank_day as day from bank_staging_lines where file_id = :fileId order by 1",
      { fileId },
    )
  ).map((row) => row.day);

export const countStagedTo = (sql: Sql, fileId: bigint, day: Day): Promise<number> =>
  sql.run("update bank_staging_lines set bank_day = :day where file_id = :fileId", { fileId, day });

/** The bank days that a file's lines belong to. */
export const daysOfFile = async (sql: Sql, fileId: bigint): Promise<Day[]> =>
  (
    await sql.rows<{ day: Day }>(
      "select distinct bank_day as day from bank_lines where file_id = :fileId order by 1",
      { fileId },
    )
  ).map((row) => row.day);

export type ImportedLine = {
  readonly ordinal: number;
  readonly rowNo: number;
  readonly kind: string;
  readonly serial: string;
  readonly accountNo: string;
  readonly amountFen: bigint;
  readonly bankDay: Day;
  readonly valueDate: Day;
  readonly state: string;
  readonly matchRule: string | null;
  readonly paymentId: bigint | null;
  readonly problem: string | null;
};

export const listLines = (
  sql: Sql,
  query: {
    readonly fileId: bigint;
    readonly state: string | null;
    readonly after: number;
    readonly limit: number;
  },
): Promise<ImportedLine[]> =>
  sql.rows<ImportedLine>(
    `select ordinal, row_no as "rowNo", kind, serial, account_no as "accountNo", amount_fen as "amountFen",
       bank_day as "bankDay", value_date as "valueDate", state, match_rule as "matchRule", payment_id as "paymentId",
       problem
     from bank_lines where file_id = :fileId and ordinal > :after and (:state::text is null or state = :state::text)
     order by ordinal limit :limit::int`,
    query,
  );

/** Lines of a file that need somebody, or were passed over. */
export const doubtfulLines = (
  sql: Sql,
  fileId: bigint,
): Promise<{ rowNo: number; state: string; matchRule: string | null; problem: string | null }[]> =>
  sql.rows<{ rowNo: number; state: string; matchRule: string | null; problem: string | null }>(
    `select row_no as "rowNo", state, match_rule as "matchRule", problem from bank_lines
     where file_id = :fileId and state in ('suspense', 'break', 'ignored') order by ordinal`,
    { fileId },
  );

/** The open days whose difference was answered: of the break, or of the breaks of the money's line. */
export const daysOfAnswer = (
  sql: Sql,
  answered: { readonly breakId: bigint | null; readonly itemId: bigint | null },
): Promise<{ channel: string; day: Day }[]> =>
  sql.rows<{ channel: string; day: Day }>(
    `select distinct c.code as channel, d.bank_day as day
     from breaks b join bank_days d on d.id = b.bank_day_id join channels c on c.id = d.channel_id
     where d.state = 'open' and (b.id = :breakId::bigint
       or b.bank_line_id = (select i.bank_line_id from suspense_items i where i.id = :itemId::bigint))
     order by 2, 1`,
    answered,
  );
