/** What cases left, table by table: both sides of the bench must have written the same rows a case. */
import type { Database } from "#src/platform/database.ts";

const TABLES = [
  "idempotency_keys",
  "tickets",
  "ticket_entries",
  "ticket_clocks",
  "ticket_assignments",
  "live_events",
  "audit_events",
  "outbox_events",
  "event_receipts",
] as const;

const SHARED: ReadonlySet<string> = new Set(["audit_events", "outbox_events", "live_events"]);

export type CaseRows = ReadonlyMap<string, number>;

export const countCaseRows = async ({ sql }: Database): Promise<CaseRows> => {
  const counts = new Map<string, number>();
  for (const table of TABLES) {
    // The timetable leaves rows of its own there.
    const ofCases = SHARED.has(table) ? "where subject like 'ticket:%'" : "";
    const { count } = await sql.one<{ count: number }>(
      `select count(*)::int as count from ${table} ${ofCases}`,
    );
    counts.set(table, count);
  }
  return counts;
};

/** Rows a case in each table, between two counts. */
const perCase = (before: CaseRows, after: CaseRows): Map<string, number> => {
  const written = (table: string): number => (after.get(table) ?? 0) - (before.get(table) ?? 0);
  return new Map(TABLES.map((table) => [table, written(table) / written("tickets")]));
};

export type Counted = { readonly before: CaseRows; readonly after: CaseRows };

/** @returns rows a case, all tables together. Throws when the two sides differ in any table. */
export const requireSameRows = (ours: Counted, limit: Counted): number => {
  const left = perCase(ours.before, ours.after);
  const right = perCase(limit.before, limit.after);
  const differing = TABLES.filter((table) => left.get(table) !== right.get(table));
  if (differing.length > 0) {
    const words = differing.map((table) => `${table} ${left.get(table)} and ${right.get(table)}`);
    throw new Error(`a case and the limit's case leave different rows: ${words.join(", ")}`);
  }
  return [...left.values()].reduce((sum, rows) => sum + rows, 0);
};
