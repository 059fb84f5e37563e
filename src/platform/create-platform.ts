/** What an API process, a worker and a command line all start from: pools, clock and commands on one database. */
import pg from "pg";
import { fail } from "#src/kernel/errors.ts";
import { shiftedClock } from "./clock.ts";
import { createCommands } from "./command.ts";
import type { Config } from "./config.ts";
import { connect, type Database } from "./database.ts";
import { pendingMigrations } from "./migrate.ts";
import type { Platform } from "./route.ts";

export type RunningPlatform = Platform & {
  /** Reads the business clock's offset again. A database that does not answer leaves the last one in force. */
  refreshClock(): Promise<void>;
  /** Stops the refreshing and closes all connections; repeating is safe. */
  close(): Promise<void>;
};

export type PlatformOptions = {
  /** Seen in pg_stat_activity: `nuan api`. */
  readonly applicationName: string;
  /** Read the business clock's offset this often; without it only once, at the start. */
  readonly refreshClockMs?: number;
};

const readOffset = async (database: Database): Promise<number> => {
  const facts = await database.sql.one<{ offsetSeconds: bigint }>(
    `select business_clock_offset_seconds as "offsetSeconds" from database_facts`,
  );
  return Number(facts.offsetSeconds) * 1000;
};

/**
 * Connects as the runtime role. The clock is the system's, moved by the offset that a demo or test database may have.
 * Fails when the database does not answer or is not migrated.
 */
export const createPlatform = async (
  config: Config,
  located: { readonly appUrl: string },
  options: PlatformOptions,
): Promise<RunningPlatform> => {
  const database = connect(located.appUrl, {
    poolSize: config.databasePoolSize,
    applicationName: options.applicationName,
  });
  let offsetMs = 0;
  try {
    offsetMs = await readOffset(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  const clock = shiftedClock(() => offsetMs);
  const refreshClock = async (): Promise<void> => {
    try {
      offsetMs = await readOffset(database);
    } catch {
      // The next command meets the same lost database and says so; the time we have is still the best we know.
    }
  };
  const timer =
    options.refreshClockMs === undefined
      ? undefined
      : setInterval(() => void refreshClock(), options.refreshClockMs).unref();
  let closed: Promise<void> | undefined;
  return {
    database,
    commands: createCommands(database, clock),
    clock,
    secretKey: config.secretKey,
    publicUrl: config.publicUrl,
    webhookSecrets: config.webhookSecrets,
    outside: config.outside,
    messages: config.messages,
    ownMailAddresses: config.mailbox?.ownAddresses ?? [],
    refreshClock,
    close: async () => {
      clearInterval(timer);
      closed ??= database.close();
      await closed;
    },
  };
};

/** Names of the migrations in the database at `ownerUrl` that this version still has to apply; empty = up to date. */
export const missingMigrations = async (ownerUrl: string): Promise<string[]> => {
  const client = new pg.Client({
    connectionString: ownerUrl,
    application_name: "nuan",
    connectionTimeoutMillis: 5000,
  });
  // The failed statement reports the same error.
  client.on("error", () => undefined);
  await client.connect();
  try {
    const table = await client.query<{ found: string | null }>(
      "select to_regclass('public.schema_migrations')::text as found",
    );
    if (table.rows[0]?.found === null) return await pendingMigrations([]);
    const applied = await client.query<{ name: string }>("select name from schema_migrations");
    return await pendingMigrations(applied.rows.map((row) => row.name));
  } finally {
    await client.end();
  }
};

/** @throws DomainError `database.not-migrated` */
export const requireMigrated = async (ownerUrl: string): Promise<void> => {
  const missing = await missingMigrations(ownerUrl);
  if (missing.length === 0) return;
  fail("database.not-migrated", `the database lacks ${missing.length} migration(s)`, {
    remedy: "run: nuan db migrate",
    facts: { missing },
  });
};
