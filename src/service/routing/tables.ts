/** The responsibility table (责任表): written as a draft, checked, made live from an instant on; then never changed. */
import { dayOfInstant } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { ResponsibilityRow } from "./choose-role.ts";
import { checkCoverage, type CoverageFinding } from "./coverage.ts";
import {
  findAllCategories,
  findRoutingRoles,
  findRows,
  findTable,
  insertDraft,
  lockLiveFrom,
  lockTable,
  makeLive,
} from "./table-queries.ts";
import { BOUNDARIES, LEVELS } from "./vocabulary.ts";

/** A row of a draft as somebody wrote it, with the line of the file that it stands on. */
export type DraftRow = {
  readonly category: string;
  readonly boundary: string;
  readonly level: string;
  readonly role: string;
  readonly rowNo?: number;
};

type RowProblem = { readonly row: number; readonly problem: string; readonly value: string };

const MOST_SHOWN = 200;
const MOST_ROWS = 5000;

const isResponsibility = (row: DraftRow): row is DraftRow & ResponsibilityRow =>
  (row.boundary === "*" || BOUNDARIES.some((one) => one === row.boundary)) &&
  (row.level === "*" || LEVELS.some((one) => one === row.level));

/** Unknown words, and the same key twice (an overlap), by row. */
const judgeRows = async (
  sql: Sql,
  rows: readonly DraftRow[],
): Promise<{ good: ResponsibilityRow[]; problems: RowProblem[] }> => {
  const categories = new Set(["*", ...(await findAllCategories(sql))]);
  const roles = new Set((await findRoutingRoles(sql)).map((role) => role.code));
  const seen = new Set<string>();
  const good: ResponsibilityRow[] = [];
  const problems: RowProblem[] = [];
  for (const [index, row] of rows.entries()) {
    const report = (problem: string, value: string): void =>
      void problems.push({ row: row.rowNo ?? index + 1, problem, value });
    if (!categories.has(row.category)) report("unknown-category", row.category);
    else if (!roles.has(row.role)) report("unknown-role", row.role);
    else if (!isResponsibility(row)) report("unknown-boundary-or-level", `${row.boundary} ${row.level}`);
    else {
      const key = `${row.category} ${row.boundary} ${row.level}`;
      if (seen.has(key)) report("overlap", key);
      seen.add(key);
      good.push({ category: row.category, boundary: row.boundary, level: row.level, role: row.role });
    }
  }
  return { good, problems };
};

/**
 * Writes a draft. It may leave holes: they are looked for when it is to go live.
 * @throws DomainError `responsibility.rows-refused` with every row that names what does not exist or speaks twice of the same
 */
export const draftTable = async (
  context: CommandContext,
  draft: { readonly name: string; readonly rows: readonly DraftRow[] },
): Promise<{ readonly tableId: bigint; readonly rows: number }> => {
  if (draft.rows.length === 0 || draft.rows.length > MOST_ROWS) {
    fail("responsibility.no-rows", `a responsibility table has 1 to ${MOST_ROWS} rows`, { field: "rows" });
  }
  const { good, problems } = await judgeRows(context.sql, draft.rows);
  if (problems.length > 0) {
    fail("responsibility.rows-refused", `${problems.length} rows cannot be taken`, {
      field: "rows",
      facts: { count: problems.length, rows: problems.slice(0, MOST_SHOWN) },
    });
  }
  const tableId = await insertDraft(context.sql, {
    name: draft.name,
    rows: good,
    now: context.now,
    by: staffIdOf(context.actor),
  });
  context.audit({
    subject: `responsibility-table:${tableId}`,
    details: { drafted: true, rows: good.length },
  });
  return { tableId, rows: good.length };
};

/** What a table would leave uncovered on the day. @throws DomainError `responsibility.not-found` */
export const coverageOfTable = async (
  sql: Sql,
  tableId: bigint,
  day: ReturnType<typeof dayOfInstant>,
): Promise<CoverageFinding[]> => {
  if ((await findTable(sql, tableId)) === null) {
    fail("responsibility.not-found", "there is no such responsibility table", { field: "tableId" });
  }
  return checkCoverage(sql, await findRows(sql, tableId), day);
};

/**
 * Makes a draft the live table from an instant on; the one before ends there. Refused with the list of what it would leave
 * uncovered. Locks the draft and what is live.
 * @throws DomainError `responsibility.not-found`, `version.stale`, `responsibility.not-draft`, `responsibility.in-the-past`,
 * `responsibility.later-live`, `responsibility.uncovered`
 */
export const makeTableLive = async (
  context: CommandContext,
  wanted: { readonly tableId: bigint; readonly from: Date | null; readonly version?: number | undefined },
): Promise<{ readonly from: Date }> => {
  const { sql, now } = context;
  const table = await lockTable(sql, wanted.tableId);
  if (table === null) fail("responsibility.not-found", "there is no such responsibility table");
  if (wanted.version !== undefined && wanted.version !== table.version) {
    fail("version.stale", "somebody else changed this table meanwhile", {
      remedy: "read it again and decide anew",
      facts: { version: table.version },
    });
  }
  if (table.state !== "draft") {
    fail("responsibility.not-draft", `this table is ${table.state}`, {
      remedy: "write a new draft: what is or was live is never changed",
    });
  }
  const from = wanted.from ?? now;
  if (from < now) {
    fail("responsibility.in-the-past", "a table goes live now or later", { field: "from" });
  }
  const live = await lockLiveFrom(sql, from);
  if (live.some((one) => one.liveFrom > from)) {
    fail("responsibility.later-live", "another table is to go live after this instant", {
      field: "from",
      remedy: "choose an instant after it",
    });
  }
  const findings = await checkCoverage(sql, await findRows(sql, table.id), dayOfInstant(from));
  if (findings.length > 0) {
    fail("responsibility.uncovered", `this table leaves ${findings.length} gaps`, {
      remedy: "mend the table, the areas or the duties, and try again",
      facts: { count: findings.length, findings: findings.slice(0, MOST_SHOWN) },
    });
  }
  const endIds = live.map((one) => one.id);
  await makeLive(sql, { id: table.id, endIds, from, by: staffIdOf(context.actor) });
  context.audit({ subject: `responsibility-table:${table.id}`, details: { liveFrom: from, ends: endIds } });
  return { from };
};
