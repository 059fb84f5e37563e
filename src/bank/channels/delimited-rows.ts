/** Text blocks to rows of fields. Two ways: the trade's own plain files are split by hand, quoted files by csv-parse. */
import { pipeline } from "node:stream/promises";
import { CsvError, parse } from "csv-parse";
import { fail } from "#src/kernel/errors.ts";
import { type DecodedBlock, LINE_FEED, decodedBlocks } from "./decoded-blocks.ts";
import type { DelimitedProfile } from "./profile-schema.ts";

export type Row = { readonly line: number; readonly fields: string[] };
export type RowBlock = { readonly rows: Row[]; readonly bytesSoFar: number; readonly lines: number };

const CARRIAGE_RETURN = 0x0d;
const REFETCH = "Fetch the file again; nothing of it was taken.";

const refuseUnfinished = (line: number): never =>
  fail("file.truncated", `line ${line}, the last one, has no line end: the file was cut off`, {
    row: line,
    remedy: REFETCH,
  });

const refuseLineEnd = (line: number, wanted: string): never =>
  fail("file.line-end", `line ${line} does not end with ${wanted}`, {
    row: line,
    remedy: "Fetch the file in binary mode, or correct lineEnd in the profile.",
  });

/** Cuts one block into rows. Blank lines are passed over: totals, not blanks, tell whether all rows are there. */
const splitBlock = (text: string, firstLine: number, profile: DelimitedProfile, rows: Row[]): number => {
  const { delimiter, lineEnd, finalLineEnd } = profile.layout;
  let line = firstLine;
  let start = 0;
  while (start < text.length) {
    let end = text.indexOf("\n", start);
    const unfinished = end === -1;
    if (unfinished) {
      if (finalLineEnd === "required") refuseUnfinished(line);
      end = text.length;
    }
    const hasReturn = end > start && text.charCodeAt(end - 1) === CARRIAGE_RETURN;
    if (lineEnd === "crlf" && !hasReturn && !unfinished) refuseLineEnd(line, "CR LF");
    if (lineEnd === "lf" && hasReturn) refuseLineEnd(line, "LF alone");
    const content = text.slice(start, hasReturn ? end - 1 : end);
    if (content.trim() !== "") rows.push({ line, fields: content.split(delimiter) });
    line += 1;
    start = end + 1;
  }
  return line;
};

async function* plainRows(
  blocks: AsyncIterable<DecodedBlock>,
  profile: DelimitedProfile,
): AsyncGenerator<RowBlock> {
  let line = 1;
  for await (const block of blocks) {
    const rows: Row[] = [];
    line = splitBlock(block.text, line, profile, rows);
    yield { rows, bytesSoFar: block.bytesSoFar, lines: line - 1 };
  }
}

type CsvRecord = { readonly record: string[]; readonly info: { readonly lines: number } };

/** Rows gathered before they are handed on; quoted files come record by record. */
const ROWS_PER_BLOCK = 500;

const refuseCsv = (error: unknown): never => {
  if (!(error instanceof CsvError)) throw error;
  const row = typeof error["lines"] === "number" ? error["lines"] : 1;
  if (error.code === "CSV_QUOTE_NOT_CLOSED") {
    fail("file.truncated", `a quoted field is still open at the end of the file`, { row, remedy: REFETCH });
  }
  fail("file.quoting", `line ${row} has a quotation mark where none may stand (${error.code})`, {
    row,
    remedy: "Check the quoting in the profile, or ask the bank for a well-formed file.",
  });
};

async function* quotedRows(
  blocks: AsyncIterable<DecodedBlock>,
  profile: DelimitedProfile,
): AsyncGenerator<RowBlock> {
  let bytesSoFar = 0;
  let lastCharacter = "\n";
  async function* texts(): AsyncGenerator<string> {
    for await (const block of blocks) {
      bytesSoFar = block.bytesSoFar;
      lastCharacter = block.text.at(-1) ?? lastCharacter;
      yield block.text;
    }
  }
  // Field counts differ between summary and rows, so csv-parse must allow them; the interpreter checks every row.
  const parser = parse({
    delimiter: profile.layout.delimiter,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: 1024 * 1024,
  });
  const records: AsyncIterable<CsvRecord> = parser;
  let lines = 0;
  let rows: Row[] = [];
  try {
    // The outcome is looked at below; a failure also ends the loop with the same error.
    const feeding = pipeline(texts, parser).then(
      () => null,
      (error: unknown) => error,
    );
    for await (const { record, info } of records) {
      // csv-parse counts the line on which a record ends.
      lines = info.lines;
      rows.push({ line: lines, fields: record });
      if (rows.length >= ROWS_PER_BLOCK) {
        yield { rows, bytesSoFar, lines };
        rows = [];
      }
    }
    const failure = await feeding;
    if (failure !== null) throw failure;
  } catch (error) {
    refuseCsv(error);
  }
  if (lastCharacter !== "\n" && profile.layout.finalLineEnd === "required") refuseUnfinished(lines);
  if (bytesSoFar > 0) yield { rows, bytesSoFar, lines };
}

/**
 * Rows of a delimited file, as many at a time as a block of text holds; memory does not grow with the file.
 * @throws DomainError `file.encoding`, `file.truncated`, `file.line-end`, `file.line-too-long`, `file.quoting`.
 */
export const delimitedRows = (
  source: AsyncIterable<Uint8Array>,
  profile: DelimitedProfile,
): AsyncGenerator<RowBlock> => {
  const blocks = decodedBlocks(source, profile.layout.encoding, LINE_FEED);
  return profile.layout.quoting === "none" ? plainRows(blocks, profile) : quotedRows(blocks, profile);
};
