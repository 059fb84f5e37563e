/** Cells of tables that people made: what a spreadsheet leaves around a word goes. */
import { type Day, isDay, parseBankDay } from "#src/kernel/day.ts";
import { DomainError } from "#src/kernel/errors.ts";
import { toHalfWidth } from "#src/kernel/half-width.ts";

/** One line of text without control characters, full width or blanks around. */
export const cellText = (cell: string | undefined): string =>
  cell === undefined || cell === ""
    ? ""
    : toHalfWidth(cell)
        // oxlint-disable-next-line no-control-regex -- Control characters of spreadsheets are what is looked for.
        .replace(/[\u0000-\u001f\u007f\u00a0\ufeff]+/g, " ")
        .trim();

/** A name keeps the width it was written in. */
export const cellName = (cell: string | undefined): string =>
  // oxlint-disable-next-line no-control-regex -- The same.
  (cell ?? "").replace(/[\u0000-\u001f\u007f\u00a0\ufeff]+/g, " ").trim();

/** A day as people write it (2010-05-01, 2010/5/1, 20100501); null for an empty cell, `unreadable` for anything else. */
export const cellDay = (cell: string | undefined): Day | null | "unreadable" => {
  const written = cellText(cell).replace(
    /^(\d{4})[/.](\d{1,2})[/.](\d{1,2})$/,
    (_all, y: string, m: string, d: string) => [y, m.padStart(2, "0"), d.padStart(2, "0")].join("-"),
  );
  if (written === "") return null;
  if (isDay(written)) return written;
  try {
    return parseBankDay(written);
  } catch (error) {
    if (error instanceof DomainError) return "unreadable";
    throw error;
  }
};
