/** Rows of a roll from a CSV or XLSX file. */
import {
  type FileRow,
  readTableRows,
  TABLE_ENCODINGS,
  type TableEncoding,
  type TableFile,
} from "#src/platform/table-file.ts";

export const ROLL_ENCODINGS = TABLE_ENCODINGS;
export type RollEncoding = TableEncoding;
export type RollFile = Omit<TableFile, "refusals">;

export const rollTable = (file: RollFile): TableFile => ({ ...file, refusals: "roll" });

/** @throws DomainError `roll.wrong-encoding` with line and byte, `roll.unreadable`, `roll.too-large` */
export const readRows = (file: RollFile): AsyncGenerator<FileRow> => readTableRows(rollTable(file));
