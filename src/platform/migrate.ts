/**
 * Migrations are SQL files in `migrations/`, applied by knex once and in order of their names; routines (functions and
 * grants) in `migrations/routines/` are applied again whenever their text changes. One advisory lock makes two migrators
 * take turns, and a killed one leaves no lock behind (knex's own lock row would stay).
 */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Knex } from "knex";
import pg from "pg";
import { fail } from "#src/kernel/errors.ts";

const FOLDER = fileURLToPath(new URL("../../migrations/", import.meta.url));
const LOCK_KEY = 8_150_315_001;
const OLDEST_SERVER = 150_000;

export type MigrationReport = { readonly applied: readonly string[]; readonly routines: readonly string[] };

type SqlFile = { readonly name: string; readonly text: string; readonly digest: string };

const readFiles = async (folder: string): Promise<SqlFile[]> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(`${folder}/${name}`, "utf8");
      return { name, text, digest: createHash("sha256").update(text).digest("hex") };
    }),
  );
};

const inTransaction = async (client: pg.Client, work: () => Promise<void>): Promise<void> => {
  await client.query("begin");
  try {
    await work();
    await client.query("commit");
  } catch (error) {
    // On a connection that is lost there is nothing to roll back; the reason is the first error.
    await client.query("rollback").catch(() => undefined);
    throw error;
  }
};

/** SQL files as knex migrations: each runs in its own transaction. */
const migrationSource = (files: readonly SqlFile[]): Knex.MigrationSource<SqlFile> => ({
  getMigrations: async () => [...files],
  getMigrationName: (file) => file.name,
  getMigration: async (file) => ({
    up: async (transaction: Knex) => {
      await transaction.raw(file.text.replaceAll("?", "\\?"));
      await transaction("migration_digests").insert({ name: file.name, digest: file.digest });
    },
    down: async () =>
      fail("migration.forward-only", "migrations only go forward", { remedy: "restore a backup" }),
  }),
});

/** A migration that was applied somewhere: its name and the digest of its text. */
export type MigrationMark = { readonly name: string; readonly digest: string };

const isAmong = (file: SqlFile, marks: readonly MigrationMark[] | undefined): boolean =>
  marks?.some((mark) => mark.name === file.name) ?? true;

/** What was applied to this database, in order. */
export const migrationHistory = async (client: pg.Client): Promise<MigrationMark[]> => {
  const known = await client.query<MigrationMark>("select name, digest from migration_digests order by name");
  return known.rows;
};

/** Refuses a database from the future and a migration that was changed after it was applied. */
const refuseStrangeHistory = (history: readonly MigrationMark[], files: readonly SqlFile[]): void => {
  for (const { name, digest } of history) {
    const file = files.find((candidate) => candidate.name === name);
    if (file === undefined) {
      fail("database.newer", `this database has migration ${name}, which this version does not know`, {
        remedy: "start the newer version, or restore a backup made before the upgrade",
      });
    }
    if (file.digest !== digest) {
      fail("migration.changed", `migration ${name} was changed after it was applied`, {
        remedy: "undo the change and write a new migration",
      });
    }
  }
};

/** Run under the advisory lock, so a lock row that knex left in a killed run is freed without asking. */
const applyMigrations = async (ownerUrl: string, files: readonly SqlFile[]): Promise<string[]> => {
  // Read when it is needed: every process asks this file what is pending, few migrate.
  const { default: knex } = await import("knex");
  const database = knex({
    client: "pg",
    connection: ownerUrl,
    pool: { min: 0, max: 1 },
    // A failed migration is thrown; knex would print its whole text besides.
    log: { warn: () => undefined, error: () => undefined },
    migrations: { migrationSource: migrationSource(files), tableName: "schema_migrations" },
  });
  try {
    await database.migrate.forceFreeMigrationsLock();
    const [, applied] = (await database.migrate.latest()) as [number, string[]];
    return applied;
  } finally {
    await database.destroy();
  }
};

const applyRoutines = async (client: pg.Client): Promise<string[]> => {
  const known = await client.query<{ name: string; digest: string }>(
    "select name, digest from schema_routines",
  );
  const digests = new Map(known.rows.map((row) => [row.name, row.digest]));
  const applied: string[] = [];
  for (const file of await readFiles(`${FOLDER}routines`)) {
    if (digests.get(file.name) === file.digest) continue;
    await inTransaction(client, async () => {
      // A routine may call one whose file comes later; what it names is checked when it first runs.
      await client.query("set local check_function_bodies = off");
      await client.query(file.text);
      await client.query(
        `insert into schema_routines (name, digest) values ($1, $2)
         on conflict (name) do update set digest = excluded.digest, applied_at = now()`,
        [file.name, file.digest],
      );
    });
    applied.push(file.name);
  }
  return applied;
};

/** Roles belong to the server, not to the database: made when missing, password set when one is given. */
const ensureAppRole = async (client: pg.Client, appPassword: string | undefined): Promise<void> => {
  const found = await client.query("select 1 from pg_roles where rolname = 'nuan_app'");
  if (found.rowCount === 0) await client.query("create role nuan_app login");
  if (appPassword !== undefined) {
    await client.query(`alter role nuan_app login password ${client.escapeLiteral(appPassword)}`);
  }
};

/**
 * Brings the database at `ownerUrl` to this version: pending migrations, changed routines, the runtime role and its
 * grants. Repeating is safe; two at once take turns. `only` stops at the migrations of a backup that is to be loaded.
 * @throws DomainError `database.too-old`, `database.newer`, `migration.changed`
 */
export const migrateDatabase = async (
  ownerUrl: string,
  options: { readonly appPassword?: string; readonly only?: readonly MigrationMark[] } = {},
): Promise<MigrationReport> => {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: "nuan migrate" });
  // The statement that was running reports it.
  client.on("error", () => undefined);
  await client.connect();
  try {
    const version = await client.query<{ v: string }>("select current_setting('server_version_num') as v");
    if (Number(version.rows[0]?.v) < OLDEST_SERVER) {
      fail("database.too-old", "PostgreSQL 15 or newer is needed", { facts: { found: version.rows[0]?.v } });
    }
    await client.query("select pg_advisory_lock($1)", [LOCK_KEY]);
    await ensureAppRole(client, options.appPassword);
    await client.query(
      `create table if not exists migration_digests (name text primary key, digest text not null)`,
    );
    await client.query(`create table if not exists schema_routines (
      name text primary key, digest text not null, applied_at timestamptz not null default now())`);
    const files = await readFiles(FOLDER);
    refuseStrangeHistory(await migrationHistory(client), files);
    refuseStrangeHistory(options.only ?? [], files);
    const wanted = options.only === undefined ? files : files.filter((file) => isAmong(file, options.only));
    const applied = await applyMigrations(ownerUrl, wanted);
    // Routines speak of the newest schema: they wait until all migrations are there.
    const routines = wanted.length === files.length ? await applyRoutines(client) : [];
    // Grants name tables, so they are made again after every migration.
    const grantable = routines.length > 0 || (applied.length > 0 && wanted.length === files.length);
    if (grantable) await client.query("call grant_runtime_rights()");
    return { applied, routines };
  } finally {
    await client.end();
  }
};

/** Migrations that `migrateDatabase` would apply now; empty = up to date. Read-only: for `/readyz` and `doctor`. */
export const pendingMigrations = async (names: readonly string[]): Promise<string[]> => {
  const files = await readFiles(FOLDER);
  return files.map((file) => file.name).filter((name) => !names.includes(name));
};
