/**
 * What a report is made of: figures and grids, each number with the list behind it. The same shape is frozen in a morning sheet,
 * shown by a board, printed, and written into a table. Codes are put into words where they are shown.
 */
import { z } from "zod";

export const FIGURE_KINDS = [
  "count",
  "fen",
  /** `value` of `of`: shown cut, never rounded up. */
  "share",
  /** The same of money or area: what it is of stands in other figures. */
  "rate",
  "milli-m2",
  "minutes",
  /** Tenths of a degree. */
  "tenths",
  /** Hundredths of whatever it counts: cases per 1,000 homes. */
  "hundredths",
  "hours",
  "day",
  "text",
] as const;
export type FigureKind = (typeof FIGURE_KINDS)[number];

/** The list behind a number: its name, and what narrows it. Never a name or a number of a person. */
export const listRefOut = z.object({ name: z.string(), params: z.record(z.string(), z.string()) });
export type ListRef = z.infer<typeof listRefOut>;

export const figureOut = z.object({
  code: z.string(),
  kind: z.enum(FIGURE_KINDS),
  value: z.union([z.int(), z.string()]).nullable(),
  of: z.int().nullable(),
  list: listRefOut.nullable(),
});
export type Figure = z.infer<typeof figureOut>;

export const gridOut = z.object({
  code: z.string(),
  columns: z.array(
    z.object({
      code: z.string(),
      kind: z.enum(FIGURE_KINDS),
      /** Narrowed by the `params` of the row. */
      list: listRefOut.nullable(),
    }),
  ),
  rows: z.array(
    z.object({
      label: z.string(),
      labelEn: z.string().nullable(),
      params: z.record(z.string(), z.string()),
      cells: z.array(z.object({ value: z.union([z.int(), z.string()]).nullable(), of: z.int().nullable() })),
    }),
  ),
});
export type Grid = z.infer<typeof gridOut>;

export const reportOut = z.object({
  figures: z.array(figureOut),
  grids: z.array(gridOut),
  /** Codes of what does not fit together: such a sheet is red. */
  findings: z.array(z.string()),
});
export type Report = z.infer<typeof reportOut>;

type Value = bigint | number | string | null;
const plain = (value: Value): number | string | null => {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new Error("a figure does not fit a JSON whole number");
  return number;
};

export const listOf = (name: string, params: Readonly<Record<string, string>> = {}): ListRef => ({
  name,
  params: { ...params },
});

export const figure = (
  code: string,
  kind: FigureKind,
  value: Value,
  list: ListRef | null = null,
): Figure => ({ code, kind, value: plain(value), of: null, list });

export const share = (
  code: string,
  value: bigint | number,
  of: bigint | number,
  list: ListRef | null = null,
): Figure => ({ code, kind: "share", value: plain(value), of: Number(of), list });

export const rate = (
  code: string,
  value: bigint | number,
  of: bigint | number,
  list: ListRef | null = null,
): Figure => ({
  ...share(code, value, of, list),
  kind: "rate",
});

type ColumnOf<Row> = {
  readonly code: string;
  readonly kind: FigureKind;
  readonly list?: ListRef;
  value(row: Row): Value;
  of?(row: Row): bigint | number;
};

/** A grid from rows and columns: every column says how a row's cell is read. */
export const grid = <Row>(
  code: string,
  rows: readonly Row[],
  label: (row: Row) => {
    readonly label: string;
    readonly labelEn?: string;
    readonly params?: Readonly<Record<string, string>>;
  },
  columns: readonly ColumnOf<Row>[],
): Grid => ({
  code,
  columns: columns.map((column) => ({ code: column.code, kind: column.kind, list: column.list ?? null })),
  rows: rows.map((row) => {
    const named = label(row);
    return {
      label: named.label,
      labelEn: named.labelEn ?? null,
      params: { ...named.params },
      cells: columns.map((column) => ({
        value: plain(column.value(row)),
        of: column.of === undefined ? null : Number(column.of(row)),
      })),
    };
  }),
});
