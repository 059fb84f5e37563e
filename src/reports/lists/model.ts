/** What a list behind a number is: columns, and one statement that answers them in pages, the newest first. */
export const COLUMN_KINDS = [
  "text",
  /** Opens the household. */
  "account",
  /** Opens the case. */
  "ticket",
  "count",
  "fen",
  "time",
  "day",
  "minutes",
  "tenths",
  "milli-m2",
  /** A code that the console puts into words. */
  "code",
] as const;
export type ColumnKind = (typeof COLUMN_KINDS)[number];

export type ListDefinition = {
  /** By the alias of the statement. */
  readonly columns: Readonly<Record<string, ColumnKind>>;
  /** What it takes as `part`; the first when none is named. */
  readonly parts?: readonly string[];
  /** Concerns the company as a whole: nobody who is bound to areas has it. */
  readonly wholeCompany?: boolean;
  /** Answers `id` and the columns; ends with `id < :beforeId`, the order and the limit by `paged`. */
  readonly sql: string;
};

/** Pages of a statement that answers `id`: the highest first. A bound that an index can begin at, on the first page too. */
export const paged = (rows: string): string => `
  select * from (${rows}) listed where listed.id < coalesce(:beforeId::bigint, 9223372036854775807)
  order by listed.id desc limit :limit`;

/** One of several conditions by `:part`. */
export const byPart = (parts: Readonly<Record<string, string>>): string =>
  `case :part::text ${Object.entries(parts)
    .map(([part, condition]) => `when '${part}' then ${condition}`)
    .join(" ")} end`;
