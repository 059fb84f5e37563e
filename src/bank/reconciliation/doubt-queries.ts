/** SQL of what a staged file would become, line by line, and of the lines that a person has to look at. Reads only. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

export type StagedOf = { readonly id: bigint; readonly channelId: number; readonly realTime: boolean };

/** Each line with its outcome. A reversal may name a payment of its own file, which is not there yet. */
export const DECIDED = `decided as (
       select c.ordinal, c.outcome, c.class, c.rule, c.amount_fen, c.row_no
       from classify_bank_payments(:id::bigint, :channelId::smallint, :realTime::boolean, 0, 2147483647) c
       union all
       select c.ordinal, case when own.found then 'reverse' else c.outcome end, case when own.found then null else c.class end,
         c.rule, s.amount_fen, s.row_no
       from classify_bank_reversals(:id::bigint, :channelId::smallint, :realTime::boolean, 0, 2147483647) c
       join bank_staging_lines s on s.file_id = :id::bigint and s.ordinal = c.ordinal
       left join lateral (
         select true as found from bank_staging_lines p
         where c.rule = 'original-unknown' and not :realTime::boolean and p.file_id = s.file_id and p.kind = 'payment'
           and p.serial = coalesce(s.original_serial, s.serial) and p.amount_fen = s.amount_fen
           and not exists (select 1 from bank_staging_lines e
             where e.file_id = s.file_id and e.ordinal < s.ordinal and e.kind in ('reversal', 'refund')
               and coalesce(e.original_serial, e.serial) = p.serial and e.amount_fen = s.amount_fen)
         limit 1
       ) own on true
     )`;

export type DoubtfulLine = {
  readonly row: number;
  readonly kind: string;
  readonly serial: string;
  readonly accountNo: string;
  readonly payerName: string;
  readonly amountFen: bigint;
  readonly day: Day;
  readonly outcome: "break" | "suspense";
  readonly rule: string | null;
};

/** The lines that become a difference or money of nobody, in the file's order. */
export const doubtfulLines = (
  sql: Sql,
  file: StagedOf & { readonly most: number },
): Promise<DoubtfulLine[]> =>
  sql.rows<DoubtfulLine>(
    `with ${DECIDED}
     select s.row_no as row, s.kind, s.serial, s.account_no as "accountNo", s.payer_name as "payerName",
       s.amount_fen as "amountFen", s.bank_day as day, d.outcome, d.rule
     from decided d join bank_staging_lines s on s.file_id = :id::bigint and s.ordinal = d.ordinal
     where d.outcome in ('break', 'suspense') order by s.ordinal limit :most::int`,
    file,
  );

export type PaidTwice = {
  readonly accountNo: string;
  readonly rows: readonly number[];
  readonly totalFen: bigint;
};

/** Numbers that pay more than once in the file; a serial that stands there twice is one payment. */
export const paidTwice = (sql: Sql, id: bigint, most: number): Promise<PaidTwice[]> =>
  sql.rows<PaidTwice>(
    `select account_no as "accountNo", (array_agg(row_no order by ordinal))[1:20] as rows, sum(amount_fen)::bigint as "totalFen"
     from bank_staging_lines where file_id = :id and kind = 'payment' and account_no <> ''
     group by account_no having count(distinct serial) > 1 order by min(ordinal) limit :most::int`,
    { id, most },
  );
