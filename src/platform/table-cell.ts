/** Cells of tables that people made: what a spreadsheet leaves around a word goes. */
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
