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

/** The figures as a Markdown table. */
export const figureTable = (figures: readonly Figure[]): string =>
  [
    "| figure | measured | limit | unit | ratio | target | peak MiB | ok | |",
    "|---|---:|---:|---|---:|---|---:|---|---|",
    ...figures.map(
      (f) =>
        `| ${f.name} | ${cell(f.measured)} | ${cell(f.limit)} | ${f.unit} | ${cell(f.ratio)} | ${f.target} | ${cell(f.peakMiB)} | ${f.ok ? "yes" : "**no**"} | ${f.note ?? ""} |`,
    ),
  ].join("\n");
