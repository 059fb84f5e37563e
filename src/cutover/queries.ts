/**
 * The statements of an opening import. They work on temporary tables of one transaction, over all rows at once:
 * opening_stage (as read) > opening_checked (judged against each other and the database) > opening_rows, which the
 * routines post.
 */
import type { Day } from "#src/kernel/day.ts";
import { assert } from "#src/kernel/errors.ts";
import type { Sql } from "#src/platform/sql.ts";
import { namedAccountJoin } from "#src/town/accounts/index.ts";
import type { StagedOpeningRow } from "./opening-row.ts";

const STAGED_COLUMNS: readonly (readonly [keyof StagedOpeningRow | "series", string])[] = [
  ["refusal", "refusal"],
  ["kind", "kind"],
  ["accountNo", "account_no"],
  ["season", "season"],
  ["amountFen", "fen_digits"],
  ["debtor", "debtor"],
  ["invoiced", "invoiced"],
  ["lastReceiptNo", "last_receipt_no"],
  ["till", "till"],
  ["series", "series"],
  ["state", "state"],
  ["note", "note"],
];
const NAMES = STAGED_COLUMNS.map(([, name]) => name);
const ROW_END = "\u001e";
const CELL_END = "\u001f";

const createRows = `
  create temporary table opening_stage (row_no integer not null, ${NAMES.map((name) => `${name} text not null`).join(", ")})
  on commit drop`;
export const createStage = (sql: Sql) => sql.run(createRows);

/** `series` is the code of the receipt series that a 末号 row continues. */
export const stagedLine = (rowNo: number, row: StagedOpeningRow & { readonly series: string }): string =>
  [String(rowNo), ...STAGED_COLUMNS.map(([key]) => row[key])].join(CELL_END);

// One text a batch: the driver escapes one value instead of one per cell. Control characters are never in a cell.
const stageBatch = `
  insert into opening_stage (row_no, ${NAMES.join(", ")})
  select cells[1]::integer, ${NAMES.map((_name, index) => `cells[${index + 2}]`).join(", ")}
  from unnest(string_to_array(:batch, E'\\x1e')) line, lateral string_to_array(line, E'\\x1f') cells`;
export const stageLines = async (sql: Sql, lines: readonly string[]): Promise<void> => {
  const staged = await sql.run(stageBatch, { batch: lines.join(ROW_END) });
  assert(staged === lines.length, "every line of the batch is staged");
};

// A row that is refused for itself keeps that reason; what the others and the database say comes after.
const check = `
  create temporary table opening_checked on commit drop as
  with resolved as (
    select row.*, named.account_id, named.reason,
      count(*) over (partition by row.kind, coalesce(named.account_id::text, row.account_no)) as same_account,
      count(*) over (partition by row.kind, row.series) as same_series
    from opening_stage row ${namedAccountJoin("row.account_no")}
  )
  select resolved.*, nullif(fen_digits, '')::bigint as amount_fen, nullif(season, '')::smallint as season_id,
    case
      when refusal <> '' then refusal
      when kind = 'debt' and season::smallint > (select max(id) from heating_seasons) then 'season-not-begun'
      when kind in ('stop', 'valve') and same_account > 1 then 'state-twice'
      when kind = 'series' and same_series > 1 then 'series-twice'
      when kind = 'series' and exists (select 1 from number_series known where known.code = resolved.series)
        then 'series-in-use'
      when kind in ('debt', 'prepaid') and account_id is null then 'account-' || reason
      when kind in ('stop', 'valve') and account_id is null then 'state-account-unknown'
      else '' end as judgement
  from resolved`;

/** By index only: right after the roll no statistics are there, and a look-up for each row by scanning would never end. */
const byIndex = `select set_config('enable_seqscan', 'off', true) as is`;
export const checkStage = async (sql: Sql): Promise<void> => {
  await sql.run("analyze opening_stage");
  await sql.one(byIndex);
  await sql.run(check);
  await sql.run("analyze opening_checked");
};

const lockAccounts = `
  select count(*)::int as locked from (
    select account.id from heat_accounts account
    where account.id in (select account_id from opening_checked where account_id is not null) order by account.id
    for no key update) locked_accounts`;
/** In id order, as every writer of balances does. */
export const lockHouseholds = (sql: Sql) => sql.one<{ locked: number }>(lockAccounts);

const refusePosted = `
  update opening_checked row set judgement = 'account-has-postings'
  where row.judgement = '' and row.kind in ('debt', 'prepaid')
    and exists (select 1 from transfers transfer where transfer.account_id = row.account_id)`;
/** Households that money has moved for: their balances are ours, and an opening would count them twice. */
export const markPosted = (sql: Sql): Promise<number> => sql.run(refusePosted);

export type OpeningFigures = {
  readonly rows: number;
  readonly accepted: number;
  readonly pending: number;
  readonly leftOut: number;
  readonly debts: number;
  readonly receivableFen: bigint;
  readonly prepaidFen: bigint;
  readonly suspenseFen: bigint;
  readonly pendingReceivableFen: bigint;
  readonly pendingPrepaidFen: bigint;
};
const figures = `
  select count(*)::int as rows,
    (count(*) filter (where judgement = ''))::int as accepted,
    (count(*) filter (where judgement in ('account-unknown', 'account-ambiguous')))::int as pending,
    (count(*) filter (where judgement = 'state-account-unknown'))::int as "leftOut",
    (count(*) filter (where kind = 'debt'))::int as debts,
    coalesce(sum(amount_fen) filter (where kind = 'debt'), 0)::bigint as "receivableFen",
    coalesce(sum(amount_fen) filter (where kind = 'prepaid'), 0)::bigint as "prepaidFen",
    coalesce(sum(amount_fen) filter (where kind = 'suspense'), 0)::bigint as "suspenseFen",
    coalesce(sum(amount_fen) filter (where kind = 'debt' and account_id is null), 0)::bigint as "pendingReceivableFen",
    coalesce(sum(amount_fen) filter (where kind = 'prepaid' and account_id is null), 0)::bigint as "pendingPrepaidFen"
  from opening_checked`;
export const readFigures = (sql: Sql) => sql.one<OpeningFigures>(figures);

export type JudgedRow = { readonly rowNo: number; readonly reason: string };
const judgedRows = `
  select row_no as "rowNo", judgement as reason from opening_checked where judgement <> '' order by row_no`;
export const findJudged = (sql: Sql) => sql.rows<JudgedRow>(judgedRows);

const newSeasons = `
  select distinct season_id as id from opening_checked
  where kind = 'debt' and not exists (select 1 from heating_seasons known where known.id = opening_checked.season_id)
  order by 1`;
export const findNewSeasons = async (sql: Sql): Promise<number[]> =>
  (await sql.rows<{ id: number }>(newSeasons)).map((row) => row.id);

const mostPending = `
  select coalesce(max(debts), 0)::int as most from (
    select count(*) as debts from opening_checked where kind = 'debt' and account_id is null group by season_id) seasons`;
/** The most debts of one season that would wait under the technical account. */
export const countPendingOfSeason = async (sql: Sql): Promise<number> =>
  (await sql.one<{ most: number }>(mostPending)).most;

const claimImport = `
  insert into opening_imports (sha256, file_name, trial_balance, accepted_count, refused_count, state, committed_at,
    committed_by)
  values (:sha256, :fileName, :trialBalance::jsonb, 0, 0, 'posting', :now, :committedBy)
  on conflict (sha256) do nothing returning id`;
/** Null when these very bytes were loaded before; waits for another who loads them now. */
export const claimOpening = (
  sql: Sql,
  row: {
    sha256: Uint8Array;
    fileName: string;
    trialBalance: string;
    now: Date;
    committedBy: bigint | null;
  },
) => sql.maybeOne<{ id: bigint }>(claimImport, row);

const settleImport = `
  update opening_imports set state = 'posted', accepted_count = :accepted, refused_count = :refused,
    report = :report::jsonb
  where id = :importId`;
export const settleOpening = (
  sql: Sql,
  row: { importId: bigint; accepted: number; refused: number; report: string },
) => sql.run(settleImport, row);

const importBySha = `select id, report from opening_imports where sha256 = :sha256 and state = 'posted'`;
export const findOpening = <Report>(sql: Sql, sha256: Uint8Array) =>
  sql.maybeOne<{ id: bigint; report: Report }>(importBySha, { sha256 });

const pendingAccount = `select ensure_pending_account(:accountNo, :day::date) as id`;
/** The technical account with this number; made on its first use. */
export const ensurePendingAccount = async (
  sql: Sql,
  account: { accountNo: string; day: Day },
): Promise<bigint> => (await sql.one<{ id: bigint }>(pendingAccount, account)).id;

const keepRows = `
  insert into opening_rows (import_id, row_no, kind, account_id, season_id, amount_fen, debtor, invoiced, last_receipt_no,
    note, written_account_no, pending_reason)
  select :importId, row_no, kind,
    case kind when 'debt' then coalesce(account_id, :pendingDebts::bigint)
      when 'prepaid' then coalesce(account_id, :pendingPrepaid::bigint) end,
    season_id, amount_fen, nullif(debtor, ''), invoiced = 't', nullif(last_receipt_no, ''), nullif(note, ''), account_no,
    nullif(judgement, '')
  from opening_checked where kind in ('debt', 'prepaid', 'suspense') order by row_no`;
export const insertOpeningRows = (
  sql: Sql,
  rows: { importId: bigint; pendingDebts: bigint | null; pendingPrepaid: bigint | null },
): Promise<number> => sql.run(keepRows, rows);

const postRows = `select post_opening(:importId, :day::date, :actorId, :now) as posted`;
/** Answers how many rows are posted. */
export const postOpening = async (
  sql: Sql,
  posting: { importId: bigint; day: Day; actorId: bigint | null; now: Date },
): Promise<number> => Number((await sql.one<{ posted: bigint }>(postRows, posting)).posted);

const applyStates = `
  select apply_opening_states(:machine, array_agg(account_id), array_agg(state), array_agg(note), :reason, :day::date,
    :now, :actorId) as changed
  from opening_checked where kind = :kind and judgement = ''
  having count(*) > 0`;
/** Puts the stops (`supply`) or valves of the file in force; answers how many charge points changed. */
export const applyOpeningStates = async (
  sql: Sql,
  states: {
    machine: "supply" | "valve";
    kind: "stop" | "valve";
    reason: string;
    day: Day;
    now: Date;
    actorId: bigint | null;
  },
): Promise<number> => Number((await sql.maybeOne<{ changed: bigint }>(applyStates, states))?.changed ?? 0n);

const seriesRows = `
  select till, last_receipt_no::bigint as "lastNumber" from opening_checked where kind = 'series' order by row_no`;
export const findSeriesStarts = (sql: Sql) => sql.rows<{ till: string; lastNumber: bigint }>(seriesRows);
