/** A platform as production sets it: few connections, and who waits too long for one or for a lock is told to come again. */
import { createCommands } from "#src/platform/command.ts";
import { connect, type Database, type DatabaseOptions } from "#src/platform/database.ts";
import type { Platform } from "#src/platform/route.ts";
import type { TestDatabase } from "./database.ts";

export const SHORT_WAIT_MS = 300;

/** The same platform over pools of its own, of one connection each unless told otherwise. Close `database` afterwards. */
export const narrowed = (
  platform: Platform,
  db: Pick<TestDatabase, "appUrl">,
  options: DatabaseOptions = {},
): Platform => {
  const database = connect(db.appUrl, {
    poolSize: 1,
    bulkPoolSize: 1,
    acquireTimeoutMs: SHORT_WAIT_MS,
    lockTimeoutMs: SHORT_WAIT_MS,
    applicationName: "test narrow",
    ...options,
  });
  return { ...platform, database, commands: createCommands(database, platform.clock) };
};

/** Takes a connection of a pool and keeps it, after `first` was done on it; answers how to give it back. */
export const hold = async (
  transaction: Database["transaction"],
  first = "select 1",
): Promise<() => Promise<void>> => {
  const taken = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  const holding = transaction(async (sql) => {
    await sql.rows(first);
    taken.resolve();
    await over.promise;
  });
  await Promise.race([taken.promise, holding]);
  return async () => {
    over.resolve();
    await holding;
  };
};
