/** The two files that an import leaves: the refused rows, ready to be mended and loaded again, and the cleaning list. */
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import iconv from "iconv-lite";
import writeXlsxFile from "write-excel-file/node";
import { type Finding, FINDINGS } from "./cleaning-queries.ts";
import { ERROR_COLUMNS } from "./roll-columns.ts";
import type { RefusedRow } from "./roll-queries.ts";
import { isXlsx, readRows, type RollEncoding, type RollFile } from "./roll-read.ts";
import { type Refusal, REFUSALS } from "./roll-row.ts";

/** A cell that a spreadsheet would take for a formula gets an apostrophe, which `unguarded` takes off again. */
export const guarded = (cell: string): string => (/^'*[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);
export const unguarded = (cell: string): string => (/^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);

const csvCell = (cell: string): string => {
  const safe = guarded(cell);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

async function* csvBytes(
  rows: AsyncIterable<readonly string[]>,
  encoding: RollEncoding,
): AsyncGenerator<Buffer> {
  // Spreadsheets take UTF-8 without its mark for the local encoding.
  if (encoding === "utf-8") yield Buffer.from("\ufeff", "utf8");
  for await (const cells of rows) {
    const line = `${cells.map(csvCell).join(",")}\r\n`;
    yield encoding === "utf-8" ? Buffer.from(line, "utf8") : iconv.encode(line, "gb18030");
  }
}

/** Writes rows in the format and encoding of the roll, decided by the name: `.xlsx`, else CSV. */
const writeRows = async (
  path: string,
  encoding: RollEncoding,
  rows: AsyncIterable<readonly string[]>,
): Promise<number> => {
  let written = 0;
  async function* counted(): AsyncGenerator<readonly string[]> {
    for await (const row of rows) {
      written += 1;
      yield row;
    }
  }
  if (isXlsx(path)) {
    const sheet: { value: string; type: StringConstructor }[][] = [];
    for await (const row of counted()) {
      sheet.push(row.map((cell) => ({ value: guarded(cell), type: String })));
    }
    await writeXlsxFile(sheet).toFile(path);
  } else {
    await pipeline(Readable.from(csvBytes(counted(), encoding)), createWriteStream(path));
  }
  return Math.max(written - 1, 0);
};

const reasonText = (row: RefusedRow): string => {
  const words = REFUSALS[row.reason as Refusal];
  return row.others === null ? words : `${words}（行 ${row.others}）`;
};

async function* refusedRows(
  file: RollFile,
  refused: readonly RefusedRow[],
): AsyncGenerator<readonly string[]> {
  const byRow = new Map(refused.map((row) => [row.rowNo, row]));
  let kept: number[] | undefined;
  for await (const { rowNo, cells } of readRows(file)) {
    if (kept === undefined) {
      // A file that was mended once has our columns already: they are written anew.
      const ours: readonly string[] = ERROR_COLUMNS;
      kept = cells.flatMap((name, index) => (ours.includes(name.trim()) ? [] : [index]));
      yield [...kept.map((index) => cells[index] ?? ""), ...ERROR_COLUMNS];
      continue;
    }
    const row = byRow.get(rowNo);
    if (row === undefined) continue;
    yield [...kept.map((index) => unguarded(cells[index] ?? "")), String(rowNo), reasonText(row), row.reason];
  }
}

/** Writes the refused rows as they were, with row number and reason; answers how many. Reads the roll once more. */
export const writeErrorFile = (
  path: string,
  file: RollFile,
  refused: readonly RefusedRow[],
): Promise<number> => writeRows(path, file.encoding, refusedRows(file, refused));

async function* findingRows(findings: readonly Finding[]): AsyncGenerator<readonly string[]> {
  yield ["类别", "代码", "行号", "户号", "说明"];
  for (const finding of findings) {
    yield [
      FINDINGS[finding.kind],
      finding.kind,
      finding.rowNo === null ? "" : String(finding.rowNo),
      finding.accountNo ?? "",
      finding.note,
    ];
  }
}

/** Writes the cleaning list; answers how many findings. */
export const writeCleaningFile = (
  path: string,
  encoding: RollEncoding,
  findings: readonly Finding[],
): Promise<number> => writeRows(path, encoding, findingRows(findings));
