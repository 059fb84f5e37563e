/**
 * Who imports a file holds a session lock on its channel and digest. The lock dies with the process, so a file that is
 * half done and not locked was left behind by one that was killed.
 */
import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import { fail } from "#src/kernel/errors.ts";
import type { Database } from "#src/platform/database.ts";
import type { Sql } from "#src/platform/sql.ts";
import { findSameBytes } from "./import-queries.ts";

/** An import holds one bulk connection and uses a second; two at once in one process could wait for each other. */
const queues = new WeakMap<Database, Promise<unknown>>();

const inTurn = <T>(database: Database, work: () => Promise<T>): Promise<T> => {
  const before = queues.get(database) ?? Promise.resolve();
  const mine = before.then(work, work);
  queues.set(
    database,
    mine.catch(() => undefined),
  );
  return mine;
};

const lockKey = (channelId: number, sha256: Uint8Array): bigint =>
  Buffer.from(sha256).readBigInt64BE(0) ^ BigInt(channelId);

const POLL_MS = 50;
/** A server under load notices after a second or so that the process of a session was killed. */
const POLLS = 40;

const refuseSecond = async (
  database: Database,
  channelId: number,
  sha256: Uint8Array,
  sql: Sql,
  key: bigint,
): Promise<void> => {
  for (let poll = 0; poll < POLLS; poll += 1) {
    await pause(POLL_MS);
    if (await tryLock(sql, key)) return;
  }
  const first = await findSameBytes(database.sql, channelId, sha256);
  fail("file.already-imported", "this file is being imported just now", {
    remedy: "Nothing was posted twice; see GET /bank-imports/{id}.",
    facts:
      first === null ? {} : { importFileId: String(first.id), state: first.state, fileName: first.fileName },
  });
};

const tryLock = async (sql: Sql, key: bigint): Promise<boolean> =>
  (await sql.one<{ locked: boolean }>("select pg_try_advisory_lock(:key::bigint) as locked", { key })).locked;

/**
 * Runs `work` with the file's lock on a bulk connection that `work` may use for COPY.
 * @throws DomainError `file.already-imported` when another process imports the same bytes now
 */
export const withFileLock = <T>(
  database: Database,
  channelId: number,
  sha256: Uint8Array,
  work: (client: pg.PoolClient, sql: Sql) => Promise<T>,
): Promise<T> =>
  inTurn(database, () =>
    database.withBulkClient(async (client, sql) => {
      const key = lockKey(channelId, sha256);
      if (!(await tryLock(sql, key))) await refuseSecond(database, channelId, sha256, sql, key);
      try {
        return await work(client, sql);
      } finally {
        await sql.rows("select pg_advisory_unlock(:key::bigint)", { key });
      }
    }),
  );

/** The same for work that passes a busy file over: 0 when another process has it. */
export const withIdleFile = (
  database: Database,
  channelId: number,
  sha256: Uint8Array,
  work: () => Promise<number>,
): Promise<number> =>
  inTurn(database, () =>
    database.withBulkClient(async (_client, sql) => {
      const key = lockKey(channelId, sha256);
      if (!(await tryLock(sql, key))) return 0;
      try {
        return await work();
      } finally {
        await sql.rows("select pg_advisory_unlock(:key::bigint)", { key });
      }
    }),
  );
