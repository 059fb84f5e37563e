/**
 * The backup file: a zstd stream of JSON lines and counted pieces of COPY text, so that a reader needs no look-ahead and
 * a truncated file is known at once. First line: what and when; last line: how much, and the digest of all before it.
 */
import { createHash, type Hash } from "node:crypto";
import { once } from "node:events";
import type { Writable } from "node:stream";
import { fail } from "#src/kernel/errors.ts";

export const BACKUP_FORMAT = "nuanyang-backup-1";

export type BackupHeader = {
  readonly format: typeof BACKUP_FORMAT;
  readonly takenAt: string;
  /** Name and digest of every migration that the database had. */
  readonly migrations: readonly { readonly name: string; readonly digest: string }[];
};
export type BackupTable = { readonly table: string; readonly columns: readonly string[] };
export type BackupSequence = { readonly sequence: string; readonly lastValue: string };
export type BackupEnd = {
  readonly end: true;
  readonly tables: number;
  readonly rows: number;
  readonly sha256: string;
};

export type BackupWriter = {
  line(value: object): Promise<void>;
  piece(bytes: Uint8Array): Promise<void>;
  end(tables: number, rows: number): Promise<void>;
};

/** Writes lines and pieces in order, waiting for the sink, and closes with the digest. */
export const backupWriter = (sink: Writable): BackupWriter => {
  const digest: Hash = createHash("sha256");
  const write = async (bytes: Uint8Array): Promise<void> => {
    digest.update(bytes);
    if (!sink.write(bytes)) await once(sink, "drain");
  };
  const line = (value: object) => write(Buffer.from(`${JSON.stringify(value)}\n`));
  return {
    line,
    piece: async (bytes) => {
      await line({ bytes: bytes.length });
      await write(bytes);
    },
    end: async (tables, rows) => {
      const last: BackupEnd = { end: true, tables, rows, sha256: digest.copy().digest("hex") };
      sink.end(`${JSON.stringify(last)}\n`);
      await once(sink, "finish");
    },
  };
};

const truncated = (): never =>
  fail("backup.truncated", "the backup file ends too early", {
    remedy: "use another backup; this copy is incomplete",
  });

export type BackupReader = {
  /** The next line; its bytes are part of the digest. */
  line(): Promise<Record<string, unknown>>;
  bytes(count: number): Promise<Buffer>;
  /** Digest of everything read before the last line. */
  digestBeforeLastLine(): string;
};

/** Reads exactly what was asked for, holding one piece at a time. @throws DomainError `backup.truncated`, `backup.unreadable` */
export const backupReader = (source: AsyncIterable<Uint8Array>): BackupReader => {
  const iterator = source[Symbol.asyncIterator]();
  let held = Buffer.alloc(0);
  const digest = createHash("sha256");
  let beforeLast = "";
  const more = async (): Promise<void> => {
    let next: IteratorResult<Uint8Array>;
    try {
      next = await iterator.next();
    } catch (error) {
      const known = error instanceof Error && /unexpected end|premature/i.test(error.message);
      if (known) truncated();
      fail("backup.unreadable", "this is not a backup file of ours, or it is damaged", {
        remedy: "use another backup",
      });
    }
    if (next.done === true) truncated();
    else held = held.length === 0 ? Buffer.from(next.value) : Buffer.concat([held, next.value]);
  };
  const take = (count: number): Buffer => {
    const taken = held.subarray(0, count);
    held = held.subarray(count);
    return taken;
  };
  return {
    line: async () => {
      let at = held.indexOf(10);
      while (at < 0) {
        if (held.length > 1_000_000) fail("backup.unreadable", "this is not a backup file of ours");
        await more();
        at = held.indexOf(10);
      }
      const bytes = take(at + 1);
      beforeLast = digest.copy().digest("hex");
      digest.update(bytes);
      try {
        return JSON.parse(bytes.toString("utf8")) as Record<string, unknown>;
      } catch {
        return fail("backup.unreadable", "this is not a backup file of ours, or it is damaged", {
          remedy: "use another backup",
        });
      }
    },
    bytes: async (count) => {
      while (held.length < count) await more();
      const taken = take(count);
      digest.update(taken);
      return taken;
    },
    digestBeforeLastLine: () => beforeLast,
  };
};
