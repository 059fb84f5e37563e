/** Reading a collection file into staging: the raw bytes are kept, every line is checked, nothing is posted. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import {
  type BankProblem,
  type BankProfile,
  type BankTransaction,
  type EntryEvent,
  type FileEndEvent,
  readBankFile,
} from "#src/bank/channels/index.ts";
import type { Day } from "#src/kernel/day.ts";
import { assert, fail } from "#src/kernel/errors.ts";
import type { Database } from "#src/platform/database.ts";
import type { Sql } from "#src/platform/sql.ts";
import { COPY_STAGED, conflictingSerials, insertBytes } from "./import-queries.ts";
import { bytesOf, type SourceFile } from "./source-file.ts";
import { stagedLine } from "./staged-line.ts";

const PIECE_BYTES = 1024 * 1024;
/** A refusal lists this many lines and counts the rest. */
const PROBLEMS_LISTED = 50;

export type StagedFile = {
  readonly lineCount: number;
  readonly reversalCount: number;
  /** Payments less reversals and refunds. */
  readonly totalFen: bigint;
  readonly bankDay: Day | null;
  readonly contentSha256: Uint8Array;
};

/** Keeps the bytes in pieces of 1 MiB as they pass, and makes sure that they are still the bytes that were hashed. */
export async function* keepBytes(
  database: Database,
  fileId: bigint,
  source: SourceFile,
  keep: boolean,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  let piece: Uint8Array[] = [];
  let size = 0;
  let ordinal = 0;
  const store = async (): Promise<void> => {
    if (size === 0 || !keep) return;
    ordinal += 1;
    await insertBytes(database.sql, fileId, ordinal, Buffer.concat(piece, size));
    piece = [];
    size = 0;
  };
  for await (const bytes of bytesOf(source.path)) {
    hash.update(bytes);
    if (keep) piece.push(bytes);
    size += bytes.length;
    if (size >= PIECE_BYTES) await store();
    yield bytes;
  }
  await store();
  if (!hash.digest().equals(source.sha256)) {
    fail("file.changed", "the file changed while it was read", {
      remedy: "Wait until it has arrived completely, then import it again.",
    });
  }
}

/** Beyond what the tables hold: no bank means a line of ten trillion yuan. */
const LARGEST_LINE_FEN = 1_000_000_000_000_000n;
const LONGEST_SERIAL = 64;

const outOfBounds = (entry: EntryEvent, transaction: BankTransaction): BankProblem | null => {
  const problem = (code: string, field: string, what: string): BankProblem => ({
    code,
    message: `line ${entry.rawLine} has ${what}`,
    row: entry.rawLine,
    field,
    remedy: "Check that the profile is the one of this file, and ask the bank.",
    severity: "refuse",
  });
  if (transaction.amountMinor > LARGEST_LINE_FEN)
    return problem("line.amount-too-large", "amount", "an amount beyond any payment");
  const longest = Math.max(transaction.serial?.length ?? 0, transaction.originalSerial?.length ?? 0);
  return longest > LONGEST_SERIAL
    ? problem("line.serial-too-long", "serial", `a serial of more than ${LONGEST_SERIAL} characters`)
    : null;
};

/** Adds up what passes; one instance stages one file. */
class Staging {
  readonly #fileId: bigint;
  readonly #onLines: (lines: number) => void;
  readonly problems: BankProblem[] = [];
  readonly content = createHash("sha256");
  problemCount = 0;
  lineCount = 0;
  reversalCount = 0;
  totalFen = 0n;
  maySerialsRepeat = false;
  /** The one day of the file; null when its lines are of several. */
  bankDay: Day | null = null;
  #daysDiffer = false;
  fileEnd: FileEndEvent | null = null;

  constructor(fileId: bigint, onLines: (lines: number) => void) {
    this.#fileId = fileId;
    this.#onLines = onLines;
  }

  #refuse(problem: BankProblem): string {
    this.problemCount += 1;
    if (this.problems.length < PROBLEMS_LISTED) this.problems.push(problem);
    return "";
  }

  #take(entry: EntryEvent): string {
    if (entry.problem?.severity === "refuse") return this.#refuse(entry.problem);
    if (entry.status !== "booked") return "";
    const [transaction] = entry.transactions;
    const day = entry.bookingDay;
    assert(transaction !== undefined && day !== null, "a good line has a transaction and a day");
    if (this.bankDay === null && !this.#daysDiffer) this.bankDay = day;
    else if (this.bankDay !== day) {
      this.#daysDiffer = true;
      this.bankDay = null;
    }
    const bounds = outOfBounds(entry, transaction);
    if (bounds !== null) return this.#refuse(bounds);
    this.lineCount += 1;
    if (entry.mayRepeatSerial) this.maySerialsRepeat = true;
    if (transaction.kind === "payment") this.totalFen += transaction.amountMinor;
    else {
      this.reversalCount += 1;
      this.totalFen -= transaction.amountMinor;
    }
    const line = stagedLine(this.#fileId, this.lineCount, entry, transaction, day);
    this.content.update(line.contentText);
    return line.copyText;
  }

  async *copyTexts(source: AsyncIterable<Uint8Array>, profile: BankProfile): AsyncGenerator<Buffer> {
    for await (const events of readBankFile(source, profile)) {
      let text = "";
      for (const event of events) {
        if (event.type === "entry") text += this.#take(event);
        else if (event.type === "file") {
          this.bankDay = event.bankDay;
          this.content.update(`${event.bankDay ?? ""}\n`);
        } else if (event.type === "fileEnd") this.fileEnd = event;
      }
      if (text !== "") yield Buffer.from(text, "utf8");
      this.#onLines(this.lineCount);
    }
  }
}

const refuseLines = (staging: Staging): void => {
  const [first] = staging.problems;
  if (first === undefined) return;
  const others = staging.problemCount > 1 ? ` (and ${staging.problemCount - 1} more lines)` : "";
  fail(first.code, `${first.message}${others}; nothing of the file was taken`, {
    row: first.row,
    ...(first.field !== null && { field: first.field }),
    remedy: first.remedy,
    facts: {
      refusedLines: staging.problemCount,
      problems: staging.problems.map(({ code, row, field, message }) => ({ code, row, field, message })),
    },
  });
};

const refuseConflicts = async (sql: Sql, fileId: bigint): Promise<void> => {
  const [conflict] = await conflictingSerials(sql, fileId);
  if (conflict === undefined) return;
  fail(
    "line.serial-conflict",
    `lines ${conflict.firstRow} and ${conflict.row} have the same serial and different content`,
    {
      row: conflict.row,
      field: "serial",
      remedy: "Ask the bank which one is right; nothing of the file was taken.",
      facts: { conflicts: Number(conflict.conflicts) },
    },
  );
};

/**
 * Streams the file into staging by one COPY. Memory does not grow with the file. Everything that can be refused by
 * reading alone is refused here: encoding, truncation, totals, lines, one serial with two contents.
 * @throws DomainError `file.*`, `line.*`; nothing stays staged when it throws before the COPY has ended.
 */
export const stageFile = async (
  database: Database,
  client: pg.PoolClient,
  sql: Sql,
  options: {
    readonly fileId: bigint;
    readonly source: SourceFile;
    readonly profile: BankProfile;
    readonly keepBytes: boolean;
    readonly onLines: (lines: number) => void;
  },
): Promise<StagedFile> => {
  const staging = new Staging(options.fileId, options.onLines);
  const bytes = keepBytes(database, options.fileId, options.source, options.keepBytes);
  await pipeline(
    Readable.from(staging.copyTexts(bytes, options.profile), { objectMode: true, highWaterMark: 2 }),
    client.query(copyFrom(COPY_STAGED)),
  );
  refuseLines(staging);
  if (staging.fileEnd?.check.kind === "mismatch") {
    fail("file.trailer-mismatch", "the totals of the file and its lines differ", {
      remedy: "Fetch the file again; nothing of it was taken.",
    });
  }
  if (staging.maySerialsRepeat) await refuseConflicts(sql, options.fileId);
  return {
    lineCount: staging.lineCount,
    reversalCount: staging.reversalCount,
    totalFen: staging.totalFen,
    bankDay: staging.bankDay,
    contentSha256: staging.content.digest(),
  };
};
