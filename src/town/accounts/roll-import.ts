/**
 * Moving in: the roll of households (户籍) becomes network, service areas and accounts. Every row is checked before the
 * first is written; a dry run says what would happen; the commit is one command in one transaction. It is silent: no
 * message and no task follows from it.
 */
import path from "node:path";
import type { Day } from "#src/kernel/day.ts";
import { DomainError, fail } from "#src/kernel/errors.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import { today } from "#src/platform/clock.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import type { Sql } from "#src/platform/sql.ts";
import { digestOfTable } from "#src/platform/table-file.ts";
import { unguarded } from "#src/platform/table-file-write.ts";
import { growGrid } from "#src/town/grid/index.ts";
import { foreseeNetworkGrowth, growNetwork, type NetworkGrowth } from "#src/town/network/index.ts";
import type { AreaRounding } from "./billing-area.ts";
import {
  CLEANING_BOUNDS,
  type CleaningBounds,
  type Finding,
  findStagedFindings,
} from "./cleaning-queries.ts";
import { growSearchTerms } from "./keep-search-terms.ts";
import { readHeader, type RollCells, type RollColumn } from "./roll-columns.ts";
import { writeCleaningFile, writeErrorFile } from "./roll-files.ts";
import {
  acceptStage,
  ACCEPTED,
  type AccountGrowth,
  checkStage,
  countStage,
  createStage,
  findImport,
  findRefused,
  foreseeAccountGrowth,
  growAccounts,
  insertImport,
  NEW_ROWS,
  type RefusedRow,
  type RollCounts,
  stagedLine,
  stageLines,
  updateImport,
} from "./roll-queries.ts";
import { readRows, type RollFile, rollTable } from "./roll-read.ts";
import { readRollRow } from "./roll-row.ts";

const BATCH_ROWS = 5_000;

export type RollOptions = {
  readonly file: RollFile;
  readonly commit: boolean;
  /** First day of terms, states and roles. */
  readonly since?: Day | undefined;
  readonly rounding?: AreaRounding | undefined;
  readonly bounds?: CleaningBounds | undefined;
  readonly errorsPath?: string | undefined;
  readonly cleaningPath?: string | undefined;
  /** `reading` counts rows; `writing` names the tables as they are filled. */
  readonly progress?: ((step: "reading" | "writing", detail: number | string) => void) | undefined;
};

export type RollReport = RollCounts & {
  readonly importId: string | null;
  readonly fileName: string;
  readonly sha256: string;
  readonly dryRun: boolean;
  /** These very bytes were imported before: nothing was done, and the figures are those of the first time. */
  readonly importedBefore: boolean;
  readonly refusedByReason: Readonly<Record<string, number>>;
  readonly added: NetworkGrowth &
    AccountGrowth & { readonly areas: number; readonly buildingsServed: number };
  readonly cleaning: Readonly<Record<string, number>>;
};

const cellsOf = (columns: readonly (RollColumn | null)[], cells: readonly string[]): RollCells => {
  const named: Partial<Record<RollColumn, string>> = {};
  columns.forEach((column, index) => {
    if (column !== null) named[column] = unguarded(cells[index] ?? "");
  });
  return named;
};

const stageFile = async (sql: Sql, options: RollOptions): Promise<void> => {
  await createStage(sql);
  let columns: (RollColumn | null)[] | undefined;
  let lines: string[] = [];
  let rows = 0;
  // The database stages one batch while the next one is read.
  let staging: Promise<void> = Promise.resolve();
  for await (const { rowNo, cells } of readRows(options.file)) {
    if (columns === undefined) {
      columns = readHeader(cells);
      continue;
    }
    lines.push(stagedLine(rowNo, readRollRow(cellsOf(columns, cells))));
    rows += 1;
    if (lines.length < BATCH_ROWS) continue;
    await staging;
    staging = stageLines(sql, lines);
    // Its refusal is thrown where it is awaited; until then it must not count as unhandled.
    staging.catch(() => undefined);
    lines = [];
    options.progress?.("reading", rows);
  }
  await staging;
  if (columns === undefined) fail("roll.empty", "the file has no header", { remedy: "choose another file" });
  if (lines.length > 0) await stageLines(sql, lines);
  options.progress?.("reading", rows);
};

const countBy = <Row>(rows: readonly Row[], key: (row: Row) => string): Record<string, number> => {
  const counted: Record<string, number> = {};
  for (const row of rows) counted[key(row)] = (counted[key(row)] ?? 0) + 1;
  return counted;
};

type Checked = {
  readonly counts: RollCounts;
  readonly refused: readonly RefusedRow[];
  readonly findings: readonly Finding[];
};

const checkFile = async (sql: Sql, options: RollOptions): Promise<Checked> => {
  await stageFile(sql, options);
  await checkStage(sql, options.rounding ?? "three-decimals");
  return {
    counts: await countStage(sql),
    refused: await findRefused(sql),
    findings: await findStagedFindings(sql, options.bounds ?? CLEANING_BOUNDS),
  };
};

const writeFiles = async (options: RollOptions, checked: Checked): Promise<void> => {
  if (options.errorsPath !== undefined)
    await writeErrorFile(options.errorsPath, options.file, checked.refused);
  if (options.cleaningPath !== undefined) {
    await writeCleaningFile(options.cleaningPath, options.file.encoding, checked.findings);
  }
};

const reportOf = (
  options: RollOptions,
  sha256: Uint8Array,
  checked: Checked,
  added: RollReport["added"],
  importId: bigint | null,
): RollReport => ({
  importId: importId === null ? null : String(importId),
  fileName: path.basename(options.file.path),
  sha256: Buffer.from(sha256).toString("hex"),
  dryRun: importId === null,
  importedBefore: false,
  ...checked.counts,
  refusedByReason: countBy(checked.refused, (row) => row.reason),
  added,
  cleaning: countBy(checked.findings, (finding) => finding.kind),
});

/** A transaction that only looks: its temporary tables end with it. */
const lookAt = async (platform: Platform, options: RollOptions, sha256: Uint8Array): Promise<RollReport> => {
  const { report, checked } = await platform.database.bulk(async (sql) => {
    const result = await checkFile(sql, options);
    const network = await foreseeNetworkGrowth(sql, NEW_ROWS);
    const accounts = await foreseeAccountGrowth(sql);
    const added = { ...network, ...accounts, areas: 0, buildingsServed: 0 };
    return { report: reportOf(options, sha256, result, added, null), checked: result };
  });
  await writeFiles(options, checked);
  return report;
};

const writeRoll = async (
  context: CommandContext,
  options: RollOptions,
  sha256: Uint8Array,
  importId: bigint,
): Promise<{ readonly report: RollReport; readonly checked: Checked }> => {
  const { sql, now, today: current, actor } = context;
  const from = options.since ?? current;
  const checked = await checkFile(sql, options);
  await acceptStage(sql);
  const network = await growNetwork(sql, ACCEPTED);
  options.progress?.("writing", "network");
  const grid = await growGrid(sql, ACCEPTED, from);
  const accounts = await growAccounts(
    sql,
    { importId, from, rounding: options.rounding ?? "three-decimals", now, decidedBy: staffIdOf(actor) },
    (table) => options.progress?.("writing", table),
  );
  await growSearchTerms(sql, importId, current);
  options.progress?.("writing", "search_terms");
  const added = { ...network, ...accounts, areas: grid.areas, buildingsServed: grid.buildings };
  const report = reportOf(options, sha256, checked, added, importId);
  if (accounts.chargePoints !== checked.counts.accepted) {
    // Cannot happen while every accepted row has its place; half a roll must never be kept.
    throw new Error(
      `${checked.counts.accepted} rows were accepted, ${accounts.chargePoints} charge points made`,
    );
  }
  await updateImport(sql, { importId, ...checked.counts, report: JSON.stringify(report) });
  const subject = `roll-import:${importId}`;
  const facts = { ...checked.counts, added };
  context.audit({ subject, details: { ...facts, refusedByReason: report.refusedByReason } });
  context.emit({ type: "roll.imported", subject, payload: { importId, ...checked.counts } });
  return { report, checked };
};

const commitRoll = async (
  platform: Platform,
  actor: Actor,
  options: RollOptions,
  sha256: Uint8Array,
  requestId: string,
): Promise<RollReport | null> => {
  const { result } = await platform.commands.run(
    { name: "roll.import", actor, requestId, pool: "bulk" },
    async (context) => {
      const claimed = await insertImport(context.sql, {
        sha256,
        fileName: path.basename(options.file.path),
        encoding: options.file.encoding,
        now: context.now,
        committedBy: staffIdOf(actor),
      });
      return claimed === null ? null : writeRoll(context, options, sha256, claimed.id);
    },
  );
  if (result === null) return null;
  await writeFiles(options, result.checked);
  return result.report;
};

/**
 * Imports a roll, or says what an import would do. Refuses a file as a whole for its encoding or header; refuses rows one
 * by one (`REFUSALS`), all of them before the first write; a 户号 that stands twice with one 计费点 refuses each of its rows,
 * because which one is right is a person's decision; the rows of a new account with several points are taken together. Existing accounts are never changed: a row that made one is "already there", any
 * other row with its number is refused. The same bytes again answer the first result; a re-encoded or re-ordered copy
 * adds nothing. Two at once: one imports, the other answers its result. Locks nothing that a cashier waits for.
 * Error file and cleaning list are written after the commit; asked for again, they are made from a fresh look.
 * @throws DomainError `roll.*`, `database.busy`
 */
export const importRoll = async (
  platform: Platform,
  actor: Actor,
  options: RollOptions,
  requestId: string,
): Promise<RollReport> => {
  if (options.since !== undefined && options.since > today(platform.clock)) {
    fail("roll.since-in-future", "the terms of a roll begin today or before", { field: "since" });
  }
  const sha256 = await digestOfTable(rollTable(options.file));
  if (!options.commit) return lookAt(platform, options, sha256);
  try {
    const report = await commitRoll(platform, actor, options, sha256, requestId);
    if (report !== null) return report;
  } catch (error) {
    if (!(error instanceof DomainError) && (error as { code?: unknown }).code === "23505") {
      fail("roll.changed-meanwhile", "somebody else added one of these accounts at the same time", {
        remedy: "run the import again",
      });
    }
    throw error;
  }
  const first = await findImport<RollReport>(platform.database.sql, sha256);
  if (first === null)
    fail("roll.in-progress", "this file is being imported", { remedy: "try again in a minute" });
  if (options.errorsPath !== undefined || options.cleaningPath !== undefined) {
    await lookAt(platform, options, sha256);
  }
  return { ...first.report, importedBefore: true };
};
