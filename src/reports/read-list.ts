/** Reads the list behind a number. What is asked is checked against the list; what lies outside the reader's reach is not there. */
import { wallTimeOfInstant } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { Sql } from "#src/platform/sql.ts";
import { maskedNumber, servicePolicy } from "#src/service/hotline/index.ts";
import { readSetting } from "#src/platform/settings.ts";
import { type ListDefinition } from "./lists/model.ts";
import { MONEY_LISTS } from "./lists/money-lists.ts";
import { SERVICE_LISTS } from "./lists/service-lists.ts";
import { SUPPLY_LISTS } from "./lists/supply-lists.ts";
import type { Span } from "./span.ts";

export const LISTS: Readonly<Record<string, ListDefinition>> = {
  ...MONEY_LISTS,
  ...SERVICE_LISTS,
  ...SUPPLY_LISTS,
};

export type ListRow = {
  readonly id: string;
  /** What has an English name too has it under `channelEn` beside `channel`. */
  readonly cells: Readonly<Record<string, string | number | null>>;
};

/** @throws DomainError `report.list-unknown` */
export const listOf = (name: string): ListDefinition => {
  const list = LISTS[name];
  return list === undefined || !Object.hasOwn(LISTS, name)
    ? fail("report.list-unknown", `there is no list "${name}"`, { field: "name" })
    : list;
};

/** @throws DomainError `report.list-unknown`, `report.part-unknown`, `report.whole-company` */
export const requireList = (actor: Actor, name: string, part: string | undefined) => {
  const list = listOf(name);
  if (list.wholeCompany === true && actor.scope.kind !== "everything")
    fail("report.whole-company", "this list is of the whole company, and your login is bound to areas", {
      remedy: "ask somebody who sees the whole company",
    });
  const chosen = part ?? list.parts?.[0] ?? "all";
  if (part !== undefined && list.parts?.includes(part) !== true)
    fail("report.part-unknown", `the list "${name}" has no part "${part}"`, {
      field: "part",
      ...(list.parts === undefined ? {} : { remedy: `one of ${list.parts.join(", ")}` }),
    });
  return { list, part: chosen };
};

type Stored = bigint | number | string | Date | null;

const cellOf = (name: string, value: Stored | undefined): string | number | null => {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (name === "number" && typeof value === "string") return maskedNumber(value);
  return typeof value === "bigint" ? Number(value) : value;
};

/** One page, and whether there is more. */
export const readList = async (
  sql: Sql,
  list: ListDefinition,
  query: Span & { readonly part: string; readonly beforeId: bigint | null; readonly limit: number },
): Promise<readonly ListRow[]> => {
  const { answerWithinSeconds: withinSeconds } = await readSetting(sql, servicePolicy);
  const rows = await sql.rows<Readonly<Record<string, Stored>>>(list.sql, { ...query, withinSeconds });
  return rows.map((row) => ({
    id: String(row["id"]),
    cells: Object.fromEntries(
      Object.keys(list.columns)
        .flatMap((column) => [column, `${column}En`])
        .filter((cell) => cell in list.columns || row[cell] !== undefined)
        .map((cell) => [cell, cellOf(cell, row[cell])]),
    ),
  }));
};

/** A cell as a table holds it: amounts in yuan, instants on the clock on the wall. */
export const exportedCell = (
  kind: ListDefinition["columns"][string] | undefined,
  value: string | number | null,
): string => {
  if (value === null) return "";
  if (typeof value === "string") return kind === "time" ? wallTimeOfInstant(new Date(value)) : value;
  const decimals = kind === "fen" ? 2 : kind === "tenths" ? 1 : kind === "milli-m2" ? 3 : 0;
  return decimals === 0 ? String(value) : shifted(value, decimals);
};

const shifted = (value: number, decimals: number): string => {
  const digits = String(Math.abs(value)).padStart(decimals + 1, "0");
  const sign = value < 0 ? "-" : "";
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
};
