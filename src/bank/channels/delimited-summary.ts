/** The summary line of a delimited file: how many rows and how much money the bank says there are. */
import type { Day } from "#src/kernel/day.ts";
import { parseBankDay } from "#src/kernel/day.ts";
import { DomainError, fail } from "#src/kernel/errors.ts";
import { exponentOf, formatMinor, parseMinor } from "./decimal.ts";
import type { Row } from "./delimited-rows.ts";
import { toHalfWidth, trimField } from "./field-text.ts";
import type { TotalsCheck } from "./model.ts";
import type { DelimitedProfile } from "./profile-schema.ts";

export type Summary = { readonly count: number; readonly totalMinor: bigint; readonly bankDay: Day | null };

const REMEDY = "Check that this is the bank's file and that the profile's summary fits it.";

const unreadable = (row: Row, field: string): never =>
  fail("file.summary-unreadable", `the summary line (line ${row.line}) has no readable ${field}`, {
    row: row.line,
    field,
    remedy: REMEDY,
  });

/** @throws DomainError `file.summary-unreadable` naming the part. */
export const readSummary = (row: Row, profile: DelimitedProfile): Summary => {
  const layout = profile.summary;
  if (layout === undefined) return unreadable(row, "summary");
  if (row.fields.length !== layout.fields)
    unreadable(row, `${layout.fields} fields (it has ${row.fields.length})`);
  const at = (position: number): string =>
    toHalfWidth(trimField(row.fields[position - 1] ?? "", profile.layout.strip));
  const count = at(layout.count);
  if (!/^\d{1,12}$/.test(count)) unreadable(row, "count");
  const total = parseMinor(at(layout.total), layout.totalUnit === "fen" ? 0 : exponentOf(profile.currency));
  if (total.kind !== "amount") return unreadable(row, "total");
  let bankDay: Day | null = null;
  if (layout.bankDay !== undefined) {
    try {
      bankDay = parseBankDay(at(layout.bankDay));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      unreadable(row, "bankDay");
    }
  }
  return { count: Number(count), totalMinor: total.minor, bankDay };
};

/** Whether a row is the trailer: by its marker, else by having the trailer's and not the rows' number of fields. */
export const isTrailer = (row: Row, profile: DelimitedProfile): boolean => {
  const layout = profile.summary;
  if (layout === undefined || layout.at !== "trailer") return false;
  if (layout.marker === undefined) return row.fields.length === layout.fields;
  return trimField(row.fields[layout.markerField - 1] ?? "", profile.layout.strip) === layout.marker;
};

export type Computed = {
  readonly count: number;
  readonly totalMinor: bigint;
  /** Rows whose amount could not be read: with one of them no total can agree, and the row says why. */
  readonly unknownAmounts: number;
};

/**
 * Compares what is stated with what is there.
 * @throws DomainError `file.trailer-mismatch` with both sides, unless unreadable rows explain a different total.
 */
export const checkSummary = (
  summary: Summary | null,
  computed: Computed,
  profile: DelimitedProfile,
): TotalsCheck => {
  if (summary === null) return { kind: "not-stated", differenceMinor: null };
  const expectedCount = summary.count - (profile.summary?.countsExtraLines ?? 0);
  const differenceMinor = summary.totalMinor - computed.totalMinor;
  if (expectedCount === computed.count && differenceMinor === 0n && computed.unknownAmounts === 0) {
    return { kind: "ok", differenceMinor: 0n };
  }
  if (expectedCount === computed.count && computed.unknownAmounts > 0)
    return { kind: "mismatch", differenceMinor };
  const cut = expectedCount > computed.count ? "; rows are missing, the file may have been cut off" : "";
  fail(
    "file.trailer-mismatch",
    `the file states ${expectedCount} rows and ${formatMinor(summary.totalMinor, profile.currency)}, ` +
      `its rows are ${computed.count} and ${formatMinor(computed.totalMinor, profile.currency)}${cut}`,
    {
      field: expectedCount === computed.count ? "total" : "count",
      remedy: "Fetch the file again; if it stays, send it back to the bank. Nothing of it was taken.",
      facts: {
        statedCount: expectedCount,
        computedCount: computed.count,
        statedTotal: formatMinor(summary.totalMinor, profile.currency),
        computedTotal: formatMinor(computed.totalMinor, profile.currency),
      },
    },
  );
};
