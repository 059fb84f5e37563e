/**
 * The worker's side. An export is taken with a lease, read under one moment, and written in pieces, each behind a fence: whoever was
 * given up, or whose export was cancelled, writes nothing more. A file is offered when its last piece is there, in one statement;
 * a process that dies leaves pieces that the next attempt throws away before it begins anew.
 */
import { createHash } from "node:crypto";
import { DomainError, fail, must } from "#src/kernel/errors.ts";
import { systemActor } from "#src/platform/actor.ts";
import { failpoint } from "#src/platform/failpoint.ts";
import { isOfTheMoment } from "#src/platform/of-the-moment.ts";
import type { Platform } from "#src/platform/route.ts";
import { readSetting } from "#src/platform/settings.ts";
import { exportRows, readOneTable, type TableRows } from "#src/platform/table-export.ts";
import { tableBytes } from "#src/platform/table-file-write.ts";
import { exportLimits, requireBytes } from "./ask.ts";
import type { ExportDefinition } from "./definition.ts";
import { dropPieces } from "./queries.ts";
import type { ExportFailure } from "./schema.ts";
import {
  beat,
  failExport,
  finishExport,
  giveBack,
  insertPiece,
  noteTotal,
  sumBytes,
  takeExport,
  type TakenExport,
} from "./writing-queries.ts";

export const EXPORT_WRITING = {
  /** How long a process may be silent before another begins anew. */
  leaseMs: 30_000,
  /** How often it says how far it is. */
  beatMs: 1000,
  pieceBytes: 256 * 1024,
  /** Then it is given up: what kills its worker each time would do so for ever. */
  mostTries: 5,
  /** Of attempts in all, when it is the connection that is lost each time: then it may be this export that ends it. */
  mostAttempts: 20,
  /** After a try that failed; the second pause is twice as long, and so on. */
  pauseMs: 3000,
} as const;
const LARGEST_FILE_BYTES = 256 * 1024 * 1024;
/** How often it is looked whether all files together still have room. */
const PIECES_BETWEEN_LOOKS = 16;

type Settings = { readonly [Key in keyof typeof EXPORT_WRITING]: number };
type Writing = {
  readonly platform: Pick<Platform, "database" | "commands" | "clock">;
  readonly definitions: readonly ExportDefinition[];
  readonly settings: Settings;
  /** Aborted when the process shall stop: the next one begins anew. */
  readonly stopping: AbortSignal | undefined;
};

/** Cancelled, or taken over while this process said nothing. */
class Lost extends Error {}
/** This process ends. */
class Stopped extends Error {}

const fenceOf = ({ id, attempt }: TakenExport) => ({ id, attempt });

/** Keeps the lease while a long page is read, and hears whether the export is still ours. */
const startBeating = (
  { platform, settings, stopping }: Writing,
  taken: TakenExport,
  read: { rows: number },
) => {
  let isOurs = true;
  const once = async (): Promise<void> => {
    try {
      const at = { ...fenceOf(taken), rows: read.rows, leaseMs: settings.leaseMs };
      isOurs &&= (await beat(platform.database.sql, at)) > 0;
    } catch {
      // A database that does not answer is heard by the next piece; a beat that is missed costs nothing but the lease.
    }
  };
  const timer = setInterval(() => void once(), settings.beatMs);
  return {
    check: (): void => {
      if (stopping?.aborted === true) throw new Stopped();
      if (!isOurs) throw new Lost();
    },
    stop: () => clearInterval(timer),
  };
};

type Written = { readonly rows: number; readonly bytes: number; readonly sha256: string };

/** Gathers bytes into pieces of one size, so that memory holds one of them. */
const pieceWriter = ({ platform, settings }: Writing, taken: TakenExport, read: { rows: number }) => {
  const hash = createHash("sha256");
  const waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let bytesSoFar = 0;
  let ordinal = 0;
  const flush = async (): Promise<void> => {
    if (waitingBytes === 0) return;
    const bytes = Buffer.concat(waiting.splice(0), waitingBytes);
    bytesSoFar += waitingBytes;
    waitingBytes = 0;
    if (bytesSoFar > LARGEST_FILE_BYTES) {
      fail("export.too-large", `a file has ${LARGEST_FILE_BYTES / 1024 / 1024} MB at most`, {
        remedy: "narrow the filter",
      });
    }
    if (ordinal % PIECES_BETWEEN_LOOKS === 0) {
      const { sql } = platform.database;
      requireBytes(await sumBytes(sql), await readSetting(sql, exportLimits));
    }
    hash.update(bytes);
    const { leaseMs } = settings;
    const at = { ...fenceOf(taken), rows: read.rows, bytesSoFar, ordinal, leaseMs, bytes };
    if ((await insertPiece(platform.database.sql, at)) === 0) throw new Lost();
    ordinal += 1;
    await failpoint("export-piece-after");
  };
  return {
    add: async (bytes: Uint8Array): Promise<void> => {
      for (let at = 0; at < bytes.length;) {
        const part = bytes.subarray(at, at + settings.pieceBytes - waitingBytes);
        waiting.push(part);
        waitingBytes += part.length;
        at += part.length;
        if (waitingBytes === settings.pieceBytes) await flush();
      }
    },
    end: async (): Promise<Written> => {
      await flush();
      return { rows: read.rows, bytes: bytesSoFar, sha256: hash.digest("hex") };
    },
  };
};

async function* checked<Row>(rows: AsyncIterable<Row>, check: () => void): AsyncGenerator<Row> {
  for await (const row of rows) {
    check();
    yield row;
  }
}

const writePieces = async (
  writing: Writing,
  taken: TakenExport,
  table: TableRows<unknown>,
): Promise<Written> => {
  const { database } = writing.platform;
  const read = { rows: 0 };
  const beating = startBeating(writing, taken, read);
  try {
    const pieces = pieceWriter(writing, taken, read);
    await database.bulk(async (sql) => {
      await readOneTable(sql);
      const total = await table.total?.(sql);
      if (total !== undefined) await noteTotal(database.sql, { ...fenceOf(taken), total });
      const { purpose, askedByName: by, asOf: at, requestId } = taken;
      const rows = exportRows(table, taken.format, { purpose, by, at, requestId }, sql, read);
      for await (const bytes of tableBytes(taken.format, "utf-8", checked(rows, beating.check))) {
        await pieces.add(bytes);
      }
    });
    return await pieces.end();
  } finally {
    beating.stop();
  }
};

const author = systemActor("exports");
const HOUR_MS = 3_600_000;

const finish = async ({ platform }: Writing, taken: TakenExport, written: Written): Promise<void> => {
  await platform.commands.run(
    { name: "export.write", actor: author, requestId: taken.requestId },
    async (context) => {
      const { keptHours } = await readSetting(context.sql, exportLimits);
      const expiresAt = new Date(context.now.getTime() + keptHours * HOUR_MS);
      const at = { ...fenceOf(taken), rows: written.rows, now: context.now, expiresAt };
      if ((await finishExport(context.sql, at)) === 0) throw new Lost();
      context.audit({
        subject: `export:${taken.id}`,
        details: { of: taken.subject, ...written, attempt: taken.attempt },
      });
    },
  );
};

const giveUp = async ({ platform }: Writing, taken: TakenExport, failure: ExportFailure): Promise<void> => {
  await platform.commands.run(
    { name: "export.fail", actor: author, requestId: taken.requestId },
    async (context) => {
      const at = { ...fenceOf(taken), now: context.now, failure: JSON.stringify(failure) };
      if ((await failExport(context.sql, at)) === 0) return;
      await dropPieces(context.sql, { id: taken.id, before: null });
      context.audit({
        subject: `export:${taken.id}`,
        details: { of: taken.subject, code: failure.code, tries: taken.tries },
      });
    },
  );
};

const GIVEN_UP = {
  code: "export.given-up",
  detail: "this export could not be written",
  remedy: "narrow the filter and ask for it again",
} as const;

/** What is about the question itself comes out the same every time. */
const refusalOf = (error: unknown): ExportFailure | null =>
  error instanceof DomainError && !isOfTheMoment(error)
    ? { code: error.code, detail: error.message, remedy: error.detail.remedy ?? null }
    : null;

const write = async (writing: Writing, taken: TakenExport): Promise<void> => {
  const { settings, definitions } = writing;
  await dropPieces(writing.platform.database.sql, { id: taken.id, before: taken.attempt });
  if (taken.tries > settings.mostTries) return giveUp(writing, taken, GIVEN_UP);
  const definition = must(
    definitions.find(({ kind }) => kind === taken.kind),
    "the definition of what was taken by its kind",
  );
  return finish(writing, taken, await writePieces(writing, taken, definition.tableOf(taken.wanted)));
};

/** What says nothing of the export: this process ends, or the database has no connection for us or takes one away. */
const isOurs = (error: unknown, taken: TakenExport, settings: Settings): boolean =>
  error instanceof Stopped ||
  (isOfTheMoment(error) && (error instanceof DomainError || taken.attempt < settings.mostAttempts));

export type WrittenExport = {
  readonly id: bigint;
  /** `again`: it is due again later; `error` says why. */
  readonly outcome: "ready" | "failed" | "lost" | "again";
  readonly error?: unknown;
};

const settle = async (writing: Writing, taken: TakenExport, error: unknown): Promise<WrittenExport> => {
  const { settings, platform } = writing;
  const { id } = taken;
  if (error instanceof Lost) return { id, outcome: "lost" };
  const refusal = refusalOf(error);
  if (refusal !== null) {
    await giveUp(writing, taken, refusal);
    return { id, outcome: "failed", error };
  }
  const isUs = isOurs(error, taken, settings);
  if (!isUs && taken.tries >= settings.mostTries) {
    await giveUp(writing, taken, GIVEN_UP);
    return { id, outcome: "failed", error };
  }
  const pauseMs = error instanceof Stopped ? 0 : settings.pauseMs * taken.tries;
  await giveBack(platform.database.sql, { ...fenceOf(taken), pauseMs, isCounted: !isUs });
  return { id, outcome: "again", ...(!(error instanceof Stopped) && { error }) };
};

/**
 * Writes the next export that is due; null when there is none. Any number of processes may: the lease gives each to one of them. A
 * try that fails for another reason than the question itself is repeated after a pause, five times in all; those that end with the
 * process or for want of a connection are not counted.
 */
export const writeNextExport = async (
  platform: Writing["platform"],
  definitions: readonly ExportDefinition[],
  options: { readonly settings?: Partial<Settings>; readonly stopping?: AbortSignal | undefined } = {},
): Promise<WrittenExport | null> => {
  const settings = { ...EXPORT_WRITING, ...options.settings };
  const writing = { platform, definitions, settings, stopping: options.stopping };
  const taken = await takeExport(platform.database.sql, {
    now: platform.clock.now(),
    leaseMs: settings.leaseMs,
    kinds: definitions.map(({ kind }) => kind),
  });
  if (taken === null) return null;
  try {
    await write(writing, taken);
    return { id: taken.id, outcome: taken.tries > settings.mostTries ? "failed" : "ready" };
  } catch (error) {
    return settle(writing, taken, error);
  }
};
