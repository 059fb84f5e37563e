/**
 * Opening balances (期初余额): what the old system's trial balance says becomes bills, prepaid and suspense, to the fen.
 * Every row is checked before the first is written, and the file is taken whole or not at all, because a part of a trial
 * balance equals nothing. It is silent: no message, task or penalty follows from it.
 */
import path from "node:path";
import type { Day } from "#src/kernel/day.ts";
import { assert, fail } from "#src/kernel/errors.ts";
import { seriesOf, startNumberSeries } from "#src/money/collection/index.ts";
import { defineSeason, findSeasons, seasonLike } from "#src/office/calendars/index.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import { today } from "#src/platform/clock.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import type { Sql } from "#src/platform/sql.ts";
import {
  digestOfTable,
  readTableRows,
  type TableEncoding,
  type TableFile,
} from "#src/platform/table-file.ts";
import { unguarded, writeErrorTable } from "#src/platform/table-file-write.ts";
import { judgeOpening, OpeningRefused, type TrialBalance } from "./judge-opening.ts";
import { type OpeningCells, type OpeningColumn, readOpeningHeader } from "./opening-columns.ts";
import { OPENING_REFUSALS, OPENING_WARNINGS, readOpeningRow } from "./opening-row.ts";
import {
  applyOpeningStates,
  checkStage,
  claimOpening,
  createStage,
  ensurePendingAccount,
  findJudged,
  findNewSeasons,
  findOpening,
  findSeriesStarts,
  insertOpeningRows,
  type JudgedRow,
  lockHouseholds,
  markPosted,
  type OpeningFigures,
  postOpening,
  readFigures,
  settleOpening,
  stagedLine,
  stageLines,
} from "./queries.ts";

const BATCH_ROWS = 5_000;

/**
 * Technical accounts (迁移待查) for money whose household is not on the roll: one for debts, one for prepaid, so that one
 * household's money never pays another's debt.
 */
export const PENDING_DEBTS = "MIGRATION-PENDING";
export const PENDING_PREPAID = "MIGRATION-PENDING-PREPAID";

export type OpeningOptions = {
  readonly file: { readonly path: string; readonly encoding: TableEncoding };
  readonly trialBalance: TrialBalance;
  readonly commit: boolean;
  readonly errorsPath?: string | undefined;
  /** `reading` counts rows; `writing` names what is written. */
  readonly progress?: ((step: "reading" | "writing", detail: number | string) => void) | undefined;
};

export type OpeningReport = {
  readonly importId: string | null;
  readonly fileName: string;
  readonly sha256: string;
  readonly dryRun: boolean;
  /** These very bytes were loaded before: nothing was done, and the figures are those of the first time. */
  readonly importedBefore: boolean;
  readonly rows: number;
  readonly accepted: number;
  /** Rows whose money waits under a technical account. */
  readonly pending: number;
  /** Stops and valves of accounts that are not on the roll. */
  readonly leftOut: number;
  readonly byReason: Readonly<Record<string, number>>;
  readonly receivableFen: number;
  readonly prepaidFen: number;
  readonly suspenseFen: number;
  readonly pendingReceivableFen: number;
  readonly pendingPrepaidFen: number;
  readonly debts: number;
  /** Seasons that were (or would be) defined for old debts. */
  readonly newSeasons: readonly number[];
  readonly supplyStates: number;
  readonly valveStates: number;
  readonly series: number;
};

type Checked = {
  readonly figures: OpeningFigures;
  readonly judged: readonly JudgedRow[];
  readonly newSeasons: readonly number[];
};

const tableOf = (options: OpeningOptions): TableFile => ({ ...options.file, refusals: "opening" });

const cellsOf = (columns: readonly (OpeningColumn | null)[], cells: readonly string[]): OpeningCells => {
  const named: Partial<Record<OpeningColumn, string>> = {};
  columns.forEach((column, index) => {
    if (column !== null) named[column] = unguarded(cells[index] ?? "");
  });
  return named;
};

const stageFile = async (sql: Sql, options: OpeningOptions, day: Day): Promise<void> => {
  await createStage(sql);
  let columns: (OpeningColumn | null)[] | undefined;
  let lines: string[] = [];
  let rows = 0;
  for await (const { rowNo, cells } of readTableRows(tableOf(options))) {
    if (columns === undefined) {
      columns = readOpeningHeader(cells);
      continue;
    }
    const row = readOpeningRow(cellsOf(columns, cells));
    lines.push(stagedLine(rowNo, { ...row, series: row.kind === "series" ? seriesOf(row.till, day) : "" }));
    rows += 1;
    if (lines.length < BATCH_ROWS) continue;
    await stageLines(sql, lines);
    lines = [];
    options.progress?.("reading", rows);
  }
  if (lines.length > 0) await stageLines(sql, lines);
  options.progress?.("reading", rows);
};

/** Reads, judges and refuses. With `lock` the households stand still until the transaction ends. */
const checkFile = async (sql: Sql, options: OpeningOptions, day: Day, lock: boolean): Promise<Checked> => {
  await stageFile(sql, options, day);
  await checkStage(sql);
  if (lock) await lockHouseholds(sql);
  await markPosted(sql);
  const figures = await readFigures(sql);
  const judged = await findJudged(sql);
  await judgeOpening(sql, { figures, judged, trialBalance: options.trialBalance });
  return { figures, judged, newSeasons: await findNewSeasons(sql) };
};

const countBy = (judged: readonly JudgedRow[]): Record<string, number> => {
  const counted: Record<string, number> = {};
  for (const { reason } of judged) counted[reason] = (counted[reason] ?? 0) + 1;
  return counted;
};

const reportOf = (
  options: OpeningOptions,
  sha256: Uint8Array,
  checked: Checked,
  written: Pick<OpeningReport, "importId" | "supplyStates" | "valveStates" | "series">,
): OpeningReport => {
  const { figures, judged, newSeasons } = checked;
  return {
    fileName: path.basename(options.file.path),
    sha256: Buffer.from(sha256).toString("hex"),
    dryRun: written.importId === null,
    importedBefore: false,
    rows: figures.rows,
    accepted: figures.accepted,
    pending: figures.pending,
    leftOut: figures.leftOut,
    byReason: countBy(judged),
    receivableFen: Number(figures.receivableFen),
    prepaidFen: Number(figures.prepaidFen),
    suspenseFen: Number(figures.suspenseFen),
    pendingReceivableFen: Number(figures.pendingReceivableFen),
    pendingPrepaidFen: Number(figures.pendingPrepaidFen),
    debts: figures.debts,
    newSeasons,
    ...written,
  };
};

/** Old debts need their season: those before the first one known get its calendar dates. */
const defineOldSeasons = async (context: CommandContext, ids: readonly number[]): Promise<void> => {
  if (ids.length === 0) return;
  const [earliest] = await findSeasons(context.sql);
  if (earliest === undefined) {
    fail("opening.no-season", "there is no heating season yet, so nobody knows when the old ones were", {
      remedy: "define the coming season first",
    });
  }
  for (const id of ids) await defineSeason(context, seasonLike(earliest, id));
};

const applyStates = async (context: CommandContext, importId: bigint) => {
  const { sql, now, today: day, actor } = context;
  const states = { reason: `opening-import:${importId}`, day, now, actorId: staffIdOf(actor) };
  const supplyStates = await applyOpeningStates(sql, { machine: "supply", kind: "stop", ...states });
  const valveStates = await applyOpeningStates(sql, { machine: "valve", kind: "valve", ...states });
  const starts = await findSeriesStarts(sql);
  for (const start of starts) await startNumberSeries(context, { ...start, day });
  return { supplyStates, valveStates, series: starts.length };
};

const writeOpening = async (
  context: CommandContext,
  options: OpeningOptions,
  sha256: Uint8Array,
  importId: bigint,
): Promise<{ readonly report: OpeningReport; readonly judged: readonly JudgedRow[] }> => {
  const { sql, now, today: day, actor } = context;
  const checked = await checkFile(sql, options, day, true);
  const { figures } = checked;
  await defineOldSeasons(context, checked.newSeasons);
  const pendingOf = async (accountNo: string, fen: bigint): Promise<bigint | null> =>
    fen === 0n ? null : ensurePendingAccount(sql, { accountNo, day });
  const pendingDebts = await pendingOf(PENDING_DEBTS, figures.pendingReceivableFen);
  const pendingPrepaid = await pendingOf(PENDING_PREPAID, figures.pendingPrepaidFen);
  options.progress?.("writing", "rows");
  const kept = await insertOpeningRows(sql, { importId, pendingDebts, pendingPrepaid });
  options.progress?.("writing", "bills and postings");
  const posted = await postOpening(sql, { importId, day, actorId: staffIdOf(actor), now });
  assert(posted === kept, `${kept} rows are kept, ${posted} of them posted`);
  options.progress?.("writing", "states");
  const states = await applyStates(context, importId);
  const report = reportOf(options, sha256, checked, { importId: String(importId), ...states });
  await settleOpening(sql, {
    importId,
    accepted: figures.accepted,
    refused: figures.rows - figures.accepted,
    report: JSON.stringify(report),
  });
  const subject = `opening-import:${importId}`;
  context.audit({ subject, details: { ...report } });
  context.emit({ type: "opening.imported", subject, payload: { importId, rows: figures.rows } });
  return { report, judged: checked.judged };
};

const writeErrors = async (options: OpeningOptions, judged: readonly JudgedRow[]): Promise<void> => {
  if (options.errorsPath === undefined) return;
  const words: Readonly<Record<string, string>> = { ...OPENING_REFUSALS, ...OPENING_WARNINGS };
  await writeErrorTable(
    options.errorsPath,
    tableOf(options),
    judged.map(({ rowNo, reason }) => ({ rowNo, code: reason, words: words[reason] ?? reason })),
  );
};

const commitOpening = async (
  platform: Platform,
  actor: Actor,
  options: OpeningOptions,
  sha256: Uint8Array,
  requestId: string,
): Promise<OpeningReport> => {
  const { trialBalance } = options;
  const { result } = await platform.commands.run(
    { name: "opening.import", actor, requestId, pool: "bulk" },
    async (context) => {
      const claimed = await claimOpening(context.sql, {
        sha256,
        fileName: path.basename(options.file.path),
        trialBalance: JSON.stringify({
          receivableFen: Number(trialBalance.receivableFen),
          prepaidFen: Number(trialBalance.prepaidFen),
          suspenseFen: Number(trialBalance.suspenseFen),
        }),
        now: context.now,
        committedBy: staffIdOf(actor),
      });
      return claimed === null ? null : writeOpening(context, options, sha256, claimed.id);
    },
  );
  if (result !== null) {
    await writeErrors(options, result.judged);
    return result.report;
  }
  const first = await findOpening<OpeningReport>(platform.database.sql, sha256);
  if (first === null) {
    fail("opening.in-progress", "this file is being loaded", { remedy: "try again in a minute" });
  }
  return { ...first.report, importedBefore: true };
};

/**
 * Loads the opening balances of the old system, or says what loading would do. The three control totals of the old trial
 * balance must equal the file's, and every row must be readable and of a household that nothing was posted for, else the
 * file is refused whole; the error file names the rows. Money whose household is not on the roll waits under a technical
 * account, so that the totals hold; its rows stand in the error file too. One transaction: a kill leaves nothing or all.
 * The same bytes again answer the first result, also twice at once. Locks the households of the file in id order.
 * @throws DomainError `opening.*`, `day.closed`, `receipt.series-in-use`, `database.busy`
 */
export const importOpening = async (
  platform: Platform,
  actor: Actor,
  options: OpeningOptions,
  requestId: string,
): Promise<OpeningReport> => {
  const sha256 = await digestOfTable(tableOf(options));
  try {
    if (options.commit) return await commitOpening(platform, actor, options, sha256, requestId);
    const day = today(platform.clock);
    const checked = await platform.database.bulk((sql) => checkFile(sql, options, day, false));
    await writeErrors(options, checked.judged);
    const nothing = { importId: null, supplyStates: 0, valveStates: 0, series: 0 };
    return reportOf(options, sha256, checked, nothing);
  } catch (error) {
    if (error instanceof OpeningRefused) await writeErrors(options, error.judged);
    throw error;
  }
};
