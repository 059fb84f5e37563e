/** Reading a collection file into staging: the raw bytes are kept, every line is checked, nothing is posted. */
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { BankProfile } from "#src/bank/channels/index.ts";
import { fail, must } from "#src/kernel/errors.ts";
import type { Database } from "#src/platform/database.ts";
import type { Sql } from "#src/platform/sql.ts";
import { COPY_STAGED, conflictingSerials, insertBytes } from "./import-queries.ts";
import { sameBytes, type SourceFile } from "./source-file.ts";
import { type StagePlan, type StageSummary, stageParts } from "./stage-parts.ts";
import { stagePartsOnThread } from "./stage-thread.ts";

const PIECE_BYTES = 1024 * 1024;
/** A smaller file is read sooner than a thread is started. */
const THREAD_FROM_BYTES = 4n * 1024n * 1024n;

export type StagedFile = StageSummary;

/** Keeps the file as it came, in pieces of 1 MiB: also of a file that is refused afterwards. */
export const storeBytes = async (database: Database, fileId: bigint, source: SourceFile): Promise<void> => {
  const piece = new Uint8Array(PIECE_BYTES);
  let size = 0;
  let ordinal = 0;
  const store = async (): Promise<void> => {
    ordinal += 1;
    await insertBytes(database.sql, fileId, ordinal, piece.subarray(0, size));
    size = 0;
  };
  for await (const bytes of sameBytes(source)) {
    for (let at = 0; at < bytes.length;) {
      const length = Math.min(bytes.length - at, PIECE_BYTES - size);
      piece.set(bytes.subarray(at, at + length), size);
      size += length;
      at += length;
      if (size === PIECE_BYTES) await store();
    }
  }
  if (size > 0) await store();
};

const refuseLines = (summary: StageSummary): void => {
  const [first] = summary.problems;
  if (first === undefined) return;
  const others = summary.problemCount > 1 ? ` (and ${summary.problemCount - 1} more lines)` : "";
  fail(first.code, `${first.message}${others}; nothing of the file was taken`, {
    row: first.row,
    ...(first.field !== null && { field: first.field }),
    remedy: first.remedy,
    facts: {
      refusedLines: summary.problemCount,
      problems: summary.problems.map(({ code, row, field, message }) => ({ code, row, field, message })),
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
  },
): Promise<StagedFile> => {
  const { fileId, source, profile } = options;
  if (options.keepBytes) await storeBytes(database, fileId, source);
  const plan: StagePlan = { fileId, path: source.path, sha256: source.sha256, profile };
  let read: StageSummary | undefined;
  async function* copyTexts(): AsyncGenerator<Uint8Array> {
    const parts = source.sizeBytes < THREAD_FROM_BYTES ? stageParts(plan) : stagePartsOnThread(plan);
    for await (const part of parts) {
      if (part.kind === "copy") yield part.text;
      else read = part.summary;
    }
  }
  // With this mark the next part is asked for when the one before has gone to the database: its bytes are used again.
  await pipeline(copyTexts(), client.query(copyFrom(COPY_STAGED, { highWaterMark: 1 })));
  const summary = must(read, "the summary of a file that was read");
  refuseLines(summary);
  if (summary.check === "mismatch") {
    fail("file.trailer-mismatch", "the totals of the file and its lines differ", {
      remedy: "Fetch the file again; nothing of it was taken.",
    });
  }
  if (summary.maySerialsRepeat) await refuseConflicts(sql, fileId);
  return summary;
};
