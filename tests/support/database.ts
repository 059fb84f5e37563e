/**
 * A database of its own for each test file, cloned from one migrated template: real PostgreSQL, clean every time.
 */
import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import { cliActor, type Actor } from "#src/platform/actor.ts";
import { type ManualClock, manualClock } from "#src/platform/clock.ts";
import { type Commands, createCommands } from "#src/platform/command.ts";
import { connect, type Database } from "#src/platform/database.ts";
import { appPasswordFrom } from "#src/platform/embedded-postgres/locate.ts";
import { migrateDatabase } from "#src/platform/migrate.ts";
import { urlFor, withServer } from "./server.ts";

const TEMPLATE = "nuan_template";
/** With this SECRET_KEY and a test database's `ownerUrl` as DATABASE_URL, `nuan` and the API work on it. */
export const TEST_SECRET_KEY = "a-key-for-tests-with-at-least-32-characters";
const APP_PASSWORD = appPasswordFrom(TEST_SECRET_KEY);

export type TestDatabase = {
  readonly database: Database;
  /** As the owner (superuser): for tampering and for looking behind the curtain. */
  readonly owner: Database;
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly clock: ManualClock;
  readonly commands: Commands;
  readonly actor: Actor;
  drop(): Promise<void>;
};

/** Makes the migrated template once per server; test files that come together take turns on an advisory lock. */
const ensureTemplate = async (serverUrl: string): Promise<void> => {
  await withServer(serverUrl, async (client) => {
    await client.query("select pg_advisory_lock(815031502)");
    const ready = await client.query("select 1 from pg_database where datname = $1 and datistemplate", [
      TEMPLATE,
    ]);
    if (ready.rowCount === 1) return;
    await client.query(`drop database if exists ${TEMPLATE}`);
    await client.query(`create database ${TEMPLATE} encoding 'UTF8' template template0`);
    await migrateDatabase(urlFor(serverUrl, TEMPLATE), { appPassword: APP_PASSWORD });
    await client.query(`alter database ${TEMPLATE} with is_template true`);
  });
};

/**
 * A fresh database at business time `at` (default: 1 September 2026, the day the bills open). Call `drop` afterwards.
 */
export const createTestDatabase = async (at = "2026-09-01T09:00:00+08:00"): Promise<TestDatabase> => {
  const serverUrl = inject("serverUrl");
  await ensureTemplate(serverUrl);
  const name = `test_${randomBytes(6).toString("hex")}`;
  await withServer(serverUrl, (client) => client.query(`create database ${name} template ${TEMPLATE}`));
  const ownerUrl = urlFor(serverUrl, name);
  const app = new URL(ownerUrl);
  app.username = "nuan_app";
  app.password = APP_PASSWORD;
  const appUrl = app.toString();
  // In production who waits too long is told to come again; on a busy machine a test's own crowd would be.
  const database = connect(appUrl, {
    poolSize: 8,
    bulkPoolSize: 2,
    applicationName: "test",
    lockTimeoutMs: 60_000,
    acquireTimeoutMs: 120_000,
  });
  const owner = connect(ownerUrl, { poolSize: 1, bulkPoolSize: 1, applicationName: "test owner" });
  await owner.sql.run("update database_facts set demo = true");
  const clock = manualClock(at);
  return {
    database,
    owner,
    ownerUrl,
    appUrl,
    clock,
    commands: createCommands(database, clock),
    actor: cliActor("test"),
    drop: async () => {
      await database.close();
      await owner.close();
      await withServer(serverUrl, (client) => client.query(`drop database ${name} with (force)`));
    },
  };
};
