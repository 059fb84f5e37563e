/**
 * Which role of routing has a case: a precedent first, the nearest of them; else the narrowest row of the live responsibility
 * table. What no row covers goes to head office with the reason: a case is never nobody's. Pure.
 */
import { type Boundary, HEAD_OFFICE, type Level, type Rule } from "./vocabulary.ts";

export type ResponsibilityRow = {
  /** `heat.cold`, `heat`, or `*`. */
  readonly category: string;
  readonly boundary: Boundary | "*";
  readonly level: Level | "*";
  readonly role: string;
};

export type PrecedentRow = {
  readonly id: bigint;
  readonly scope: "building" | "community" | "station";
  readonly role: string;
  readonly level: Level;
};

export type RoleChoice = {
  readonly role: string;
  readonly level: Level;
  readonly rule: Rule;
  readonly precedentId: bigint | null;
};

/** The category itself, its first level, any. */
const narrownessOfCategory = (row: string, category: string): number => {
  if (row === category) return 2;
  if (row === category.split(".")[0]) return 1;
  return row === "*" ? 0 : -1;
};

/** Larger is narrower; the category counts before the boundary and that before the level. Null: the row does not speak of this. */
const narrowness = (
  row: ResponsibilityRow,
  asked: { readonly category: string; readonly boundary: Boundary; readonly level: Level },
): number | null => {
  const category = narrownessOfCategory(row.category, asked.category);
  if (category < 0) return null;
  if (row.boundary !== "*" && row.boundary !== asked.boundary) return null;
  if (row.level !== "*" && row.level !== asked.level) return null;
  return category * 4 + (row.boundary === "*" ? 0 : 2) + (row.level === "*" ? 0 : 1);
};

/** The row that decides, or null: a hole. Two rows are never equally narrow, since a table has each key once. */
export const findResponsible = (
  rows: readonly ResponsibilityRow[],
  asked: { readonly category: string; readonly boundary: Boundary; readonly level: Level },
): ResponsibilityRow | null => {
  let best: { readonly row: ResponsibilityRow; readonly rank: number } | null = null;
  for (const row of rows) {
    const rank = narrowness(row, asked);
    if (rank !== null && (best === null || rank > best.rank)) best = { row, rank };
  }
  return best?.row ?? null;
};

const NEAREST = ["building", "community", "station"] as const;

/** @param rows of the live table; null when none is live */
export const chooseRole = (
  asked: { readonly category: string; readonly boundary: Boundary; readonly level: Level },
  rows: readonly ResponsibilityRow[] | null,
  precedents: readonly PrecedentRow[],
): RoleChoice => {
  for (const scope of NEAREST) {
    const found = precedents.find((precedent) => precedent.scope === scope);
    if (found !== undefined) {
      return { role: found.role, level: found.level, rule: "precedent", precedentId: found.id };
    }
  }
  if (rows === null) {
    return { role: HEAD_OFFICE, level: "company", rule: "no-live-table", precedentId: null };
  }
  const row = findResponsible(rows, asked);
  if (row === null) return { role: HEAD_OFFICE, level: "company", rule: "hole", precedentId: null };
  return { role: row.role, level: asked.level, rule: "responsibility", precedentId: null };
};
