/** A measured figure beside the limit taken in the same run. */
export type Figure = {
  readonly name: string;
  /** Median of our runs, in `unit`. */
  readonly measured: number;
  /** Median of the limit's runs, in `unit`; null where the target is absolute. */
  readonly limit: number | null;
  readonly unit: string;
  /** measured / limit, or for rates measured / limit as a share; null where the target is absolute. */
  readonly ratio: number | null;
  readonly peakMiB: number | null;
  readonly target: string;
  readonly ok: boolean;
  /** What the row says besides, for the table. */
  readonly note?: string;
};

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
};

export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
};

export const rounded = (value: number, digits = 3): number => Number(value.toPrecision(digits));

const cell = (value: number | null): string => (value === null ? "" : String(rounded(value, 4)));

const HEAD = [
  "| figure | measured | limit | unit | ratio | target | peak MiB | ok | |",
  "|---|---:|---:|---|---:|---|---:|---|---|",
];
const line = (f: Figure): string =>
  `| ${f.name} | ${cell(f.measured)} | ${cell(f.limit)} | ${f.unit} | ${cell(f.ratio)} | ${f.target} | ${cell(f.peakMiB)} | ${f.ok ? "yes" : "**no**"} | ${f.note ?? ""} |`;

/** The figures as a Markdown table. */
export const figureTable = (figures: readonly Figure[]): string => [...HEAD, ...figures.map(line)].join("\n");

const nameOf = (row: string): string => row.split(" | ")[0] ?? row;

/** The same over a table that is there: a figure of a part run takes the place of its own row, the others stay. */
export const renewedTable = (table: string, figures: readonly Figure[]): string => {
  const rows = new Map(
    table
      .split("\n")
      .filter((row) => row.startsWith("| ") && !HEAD.includes(row))
      .map((row) => [nameOf(row), row]),
  );
  for (const figure of figures) rows.set(nameOf(line(figure)), line(figure));
  return [...HEAD, ...rows.values()].join("\n");
};
