/**
 * Rows of a table that a person made, from a CSV or XLSX file, as text and in order; the declared encoding is decoded
 * fatally. Every room that loads such files names its own refusals: `refusals` is the first word of their codes.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { fail } from "#src/kernel/errors.ts";

export const TABLE_ENCODINGS = ["utf-8", "gb18030"] as const;
export type TableEncoding = (typeof TABLE_ENCODINGS)[number];

export type TableFile = {
  readonly path: string;
  /** Of a CSV file; an XLSX file knows its own. */
  readonly encoding: TableEncoding;
  /** Of a CSV file: what divides its cells; a comma when it is not said. */
  readonly delimiter?: string;
  /** First word of the codes of its refusals: `roll` gives `roll.wrong-encoding`. */
  readonly refusals: string;
};

export type FileRow = {
  /** 1-based, the header is row 1; of a record with line breaks in it, its number among records. */
  readonly rowNo: number;
  readonly cells: readonly string[];
};

export const isXlsx = (path: string): boolean => /\.xlsx$/i.test(path);

/** A worksheet is held in memory whole: 5.5 MB (50,000 rows of a roll) took 420 MiB, so its file is bounded. */
export const XLSX_LIMIT_BYTES = 8 * 1024 * 1024;
const NEWLINE = 0x0a;

/** How many bytes of `line` decode before the one that the decoder refuses. */
const decodableBytes = (line: Buffer, encoding: TableEncoding): number => {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  let index = 0;
  try {
    for (; index < line.length; index += 1) {
      decoder.decode(line.subarray(index, index + 1), { stream: true });
    }
  } catch {
    // The place of the refusal is the answer.
  }
  return index;
};

const refuseBytes = (
  { encoding, refusals }: TableFile,
  block: Buffer,
  offset: number,
  linesBefore: number,
): never => {
  let start = 0;
  for (let line = linesBefore + 1; start <= block.length; line += 1) {
    const end = block.indexOf(NEWLINE, start);
    const bytes = block.subarray(start, end < 0 ? block.length : end);
    try {
      new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      const byte = offset + start + decodableBytes(bytes, encoding);
      return fail(`${refusals}.wrong-encoding`, `line ${line} is not ${encoding}, from byte ${byte} on`, {
        row: line,
        remedy: `declare the encoding in which the file was written (${TABLE_ENCODINGS.join(" or ")})`,
        facts: { line, byte, encoding },
      });
    }
    if (end < 0) break;
    start = end + 1;
  }
  return fail(`${refusals}.wrong-encoding`, `the file is not ${encoding}`, {
    facts: { byte: offset, encoding },
  });
};

/**
 * Text of a file, decoded in blocks that end with a line: in both encodings a newline byte is never part of another
 * character, so no block cuts one.
 */
async function* decodedBlocks(file: TableFile): AsyncGenerator<string> {
  const decoder = new TextDecoder(file.encoding, { fatal: true, ignoreBOM: true });
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  let lines = 0;
  const decode = (block: Buffer): string => {
    try {
      const text = decoder.decode(block);
      const bare = offset === 0 && text.startsWith("\ufeff") ? text.slice(1) : text;
      offset += block.length;
      for (let at = block.indexOf(NEWLINE); at >= 0; at = block.indexOf(NEWLINE, at + 1)) lines += 1;
      return bare;
    } catch {
      return refuseBytes(file, block, offset, lines);
    }
  };
  for await (const chunk of createReadStream(file.path, { highWaterMark: 256 * 1024 })) {
    const bytes = Buffer.concat([rest, chunk as Buffer]);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    rest = bytes.subarray(end);
    if (end > 0) yield decode(bytes.subarray(0, end));
  }
  if (rest.length > 0) yield decode(rest);
}

async function* csvRows(file: TableFile): AsyncGenerator<FileRow> {
  // `compose` hands an error of either side to the reader and ends both when the reader leaves.
  const records = Readable.from(decodedBlocks(file)).compose(
    parse({
      delimiter: file.delimiter ?? ",",
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: 64 * 1024,
    }),
  );
  let rowNo = 0;
  try {
    for await (const cells of records) {
      rowNo += 1;
      yield { rowNo, cells: cells as string[] };
    }
  } catch (error) {
    if (error instanceof CsvError) {
      fail(`${file.refusals}.unreadable`, "the file is not CSV from here on", {
        row: rowNo + 1,
        remedy: "look for a quotation mark without its partner in this row",
        facts: { reason: error.code },
      });
    }
    throw error;
  }
}

const cellText = (cell: unknown): string => {
  if (cell === null || cell === undefined) return "";
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  return typeof cell === "string" ? cell : typeof cell === "boolean" ? (cell ? "TRUE" : "FALSE") : "";
};

async function* xlsxRows(file: TableFile): AsyncGenerator<FileRow> {
  const { size } = await stat(file.path);
  if (size > XLSX_LIMIT_BYTES) {
    fail(`${file.refusals}.too-large`, "this XLSX file is too large to be read at once", {
      remedy: "save it as CSV: that has no limit",
      facts: { bytes: size, limit: XLSX_LIMIT_BYTES },
    });
  }
  const { readSheet } = await import("read-excel-file/node");
  const rows = await readSheet(file.path, {
    // A worksheet keeps 88.37 as 88.370000000000005: the shortest text of that double is what somebody typed.
    parseNumber: (text) => (text.length > 15 && text.includes(".") ? String(Number(text)) : text),
  }).catch(() =>
    fail(`${file.refusals}.unreadable`, "this is not an XLSX file", {
      remedy: "save it again as XLSX or CSV",
    }),
  );
  let rowNo = 0;
  for (const row of rows) {
    rowNo += 1;
    const cells = row.map(cellText);
    if (cells.some((cell) => cell !== "")) yield { rowNo, cells };
  }
}

/**
 * Every row of the file that has something in it. CSV streams; XLSX is read whole (8 MiB at most).
 * @throws DomainError `*.wrong-encoding` with line and byte, `*.unreadable`, `*.too-large`
 */
export const readTableRows = (file: TableFile): AsyncGenerator<FileRow> =>
  isXlsx(file.path) ? xlsxRows(file) : csvRows(file);

/**
 * SHA-256 of the file's bytes.
 * @throws DomainError `*.file-unreadable`
 */
export const digestOfTable = async (file: TableFile): Promise<Buffer> => {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(file.path)) hash.update(chunk as Buffer);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    fail(`${file.refusals}.file-unreadable`, "the file cannot be read", {
      field: "file",
      remedy: "check path and rights",
      facts: { reason: code },
    });
  }
  return hash.digest();
};
