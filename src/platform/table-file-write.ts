/** Tables that an import leaves for people, in the format and encoding of the file that came. */
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import iconv from "iconv-lite";
import { isXlsx, readTableRows, type TableEncoding, type TableFile } from "./table-file.ts";

/** Columns that an error file adds: skipped by the reader, so that it can be mended and loaded again. */
export const ERROR_COLUMNS = ["行号", "原因", "原因代码"] as const;

/**
 * A cell that a spreadsheet would take for a formula gets an apostrophe, which `unguarded` takes off again. Also behind blanks and
 * in full width, which spreadsheets of this part of the world read as the sign itself.
 */
const RUN = "[\\s\\u200b\\ufeff]*[=+\\-@|%\\uff1d\\uff0b\\uff0d\\uff20]|[\\t\\r\\n]";
const RUNS = new RegExp(`^'*(?:${RUN})`);
const GUARDED = new RegExp(`^'+(?:${RUN})`);
export const guarded = (cell: string): string => (RUNS.test(cell) ? `'${cell}` : cell);
export const unguarded = (cell: string): string => (GUARDED.test(cell) ? cell.slice(1) : cell);

const csvCell = (cell: string): string => {
  const safe = guarded(cell);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

async function* csvBytes(
  rows: AsyncIterable<readonly string[]>,
  encoding: TableEncoding,
): AsyncGenerator<Buffer> {
  // Spreadsheets take UTF-8 without its mark for the local encoding.
  if (encoding === "utf-8") yield Buffer.from("\ufeff", "utf8");
  for await (const cells of rows) {
    const line = `${cells.map(csvCell).join(",")}\r\n`;
    yield encoding === "utf-8" ? Buffer.from(line, "utf8") : iconv.encode(line, "gb18030");
  }
}

async function* sheetBytes(rows: AsyncIterable<readonly string[]>): AsyncGenerator<Buffer> {
  const sheet: { value: string; type: StringConstructor }[][] = [];
  for await (const row of rows) sheet.push(row.map((cell) => ({ value: guarded(cell), type: String })));
  const { default: writeXlsxFile } = await import("write-excel-file/node");
  yield await writeXlsxFile(sheet).toBuffer();
}

/** The bytes of a table: CSV row by row as they come; a spreadsheet, which is built in memory, in one piece behind the last. */
export const tableBytes = (
  format: "csv" | "xlsx",
  encoding: TableEncoding,
  rows: AsyncIterable<readonly string[]>,
): AsyncGenerator<Buffer> => (format === "xlsx" ? sheetBytes(rows) : csvBytes(rows, encoding));

/** Writes rows, the header first, as the name says: `.xlsx`, else CSV. Answers how many stand under the header. */
export const writeTable = async (
  path: string,
  encoding: TableEncoding,
  rows: AsyncIterable<readonly string[]>,
): Promise<number> => {
  let written = 0;
  async function* counted(): AsyncGenerator<readonly string[]> {
    for await (const row of rows) {
      written += 1;
      yield row;
    }
  }
  const bytes = tableBytes(isXlsx(path) ? "xlsx" : "csv", encoding, counted());
  await pipeline(Readable.from(bytes), createWriteStream(path));
  return Math.max(written - 1, 0);
};

/** Why a row of a file was refused: words for people and a code. */
export type RowRefusal = { readonly rowNo: number; readonly words: string; readonly code: string };

async function* refusedRows(
  file: TableFile,
  refused: readonly RowRefusal[],
): AsyncGenerator<readonly string[]> {
  const byRow = new Map(refused.map((row) => [row.rowNo, row]));
  let kept: number[] | undefined;
  for await (const { rowNo, cells } of readTableRows(file)) {
    if (kept === undefined) {
      // A file that was mended once has our columns already: they are written anew.
      const ours: readonly string[] = ERROR_COLUMNS;
      kept = cells.flatMap((name, index) => (ours.includes(name.trim()) ? [] : [index]));
      yield [...kept.map((index) => cells[index] ?? ""), ...ERROR_COLUMNS];
      continue;
    }
    const row = byRow.get(rowNo);
    if (row === undefined) continue;
    yield [...kept.map((index) => unguarded(cells[index] ?? "")), String(rowNo), row.words, row.code];
  }
}

/** Writes the refused rows as they were, with row number and reason; answers how many. Reads the file once more. */
export const writeErrorTable = (
  path: string,
  file: TableFile,
  refused: readonly RowRefusal[],
): Promise<number> => writeTable(path, file.encoding, refusedRows(file, refused));
