/**
 * Backup and restore without pg_dump, which the embedded database does not bring: every table of ours by COPY in one
 * repeatable-read snapshot, while the system runs. A restored database is held: it sends nothing until a person says so.
 */
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import zlib from "node:zlib";
import pg from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { DomainError, fail } from "#src/kernel/errors.ts";
import {
  BACKUP_FORMAT,
  type BackupHeader,
  backupReader,
  type BackupReader,
  type BackupSequence,
  type BackupTable,
  backupWriter,
  type BackupWriter,
} from "./backup-format.ts";
import { refuseUnwritable } from "./backup-place.ts";
import type { Clock } from "./clock.ts";
import { migrateDatabase, migrationHistory } from "./migrate.ts";

export type BackupReport = {
  readonly file: string;
  readonly tables: number;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256?: string;
};

/** Kept by the migrator itself; a restore makes them by migrating. */
const MIGRATOR_TABLES = new Set([
  "schema_migrations",
  "schema_migrations_lock",
  "migration_digests",
  "schema_routines",
]);

/** Our tables, referred-to before referring, with their columns. */
const tablesInOrder = async (client: pg.Client): Promise<BackupTable[]> => {
  const columns = await client.query<{ name: string; columns: string[] }>(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       and a.attgenerated = ''
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' group by c.relname order by c.relname`,
  );
  const references = await client.query<{ name: string; target: string }>(
    `select conrelid::regclass::text as name, confrelid::regclass::text as target from pg_constraint
     where contype = 'f' and connamespace = 'public'::regnamespace and conrelid <> confrelid`,
  );
  const waiting = new Map(
    columns.rows.filter((row) => !MIGRATOR_TABLES.has(row.name)).map((row) => [row.name, row.columns]),
  );
  const ordered: BackupTable[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting].filter(
      ([name]) => !references.rows.some((row) => row.name === name && waiting.has(row.target)),
    );
    if (ready.length === 0)
      throw new Error(`tables refer to each other in a circle: ${[...waiting.keys()].join(", ")}`);
    for (const [table, names] of ready) {
      ordered.push({ table, columns: names });
      waiting.delete(table);
    }
  }
  return ordered;
};

/** A server that is lost fails the statement that waits for it; the client's event of it has nothing to add. */
const connectAs = async (name: string, ownerUrl: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: name });
  client.on("error", () => undefined);
  await client.connect();
  return client;
};

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");

const writeTable = async (client: pg.Client, writer: BackupWriter, table: BackupTable): Promise<number> => {
  await writer.line(table);
  const stream = client.query(copyTo(`copy "${table.table}" (${quoted(table.columns)}) to stdout`));
  for await (const bytes of stream as AsyncIterable<Uint8Array>) await writer.piece(bytes);
  return stream.rowCount ?? 0;
};

const writeBackup = async (
  client: pg.Client,
  writer: BackupWriter,
  clock: Clock,
): Promise<{ tables: number; rows: number }> => {
  const header: BackupHeader = {
    format: BACKUP_FORMAT,
    takenAt: clock.now().toISOString(),
    migrations: await migrationHistory(client),
  };
  await writer.line(header);
  const tables = await tablesInOrder(client);
  let rows = 0;
  for (const table of tables) rows += await writeTable(client, writer, table);
  const sequences = await client.query<BackupSequence>(
    `select sequencename as sequence, last_value::text as "lastValue" from pg_sequences
     where schemaname = 'public' and last_value is not null and sequencename not like 'schema\\_migrations%'`,
  );
  await writer.line({ sequences: sequences.rows });
  await writer.end(tables.length, rows);
  return { tables: tables.length, rows };
};

/**
 * Writes all rows of one moment to `file` (made new, complete or absent). The system may run meanwhile.
 * @throws DomainError `backup.exists`, `backup.not-writable` also when the disk fills in the middle; nothing is left then
 */
export const takeBackup = async (ownerUrl: string, file: string, clock: Clock): Promise<BackupReport> => {
  if ((await stat(file).catch(() => null)) !== null) {
    fail("backup.exists", "there is a file of this name", { field: "FILE", remedy: "choose another name" });
  }
  const part = `${file}.part`;
  const client = await connectAs("nuan backup", ownerUrl);
  try {
    await client.query("begin isolation level repeatable read read only");
    const counted = await writePart(client, part, clock);
    await client.query("commit");
    return { file, ...counted, bytes: await keepPart(part, file).catch(refuseUnwritable) };
  } catch (error) {
    // Where nothing can be written nothing can be removed either; what is said is why it was not written.
    await rm(part, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    await client.end();
  }
};

/** Reading and writing are waited for together: a disk that fills in the middle ends the reading, a lost server the file. */
const writePart = async (client: pg.Client, part: string, clock: Clock): ReturnType<typeof writeBackup> => {
  const compress = zlib.createZstdCompress();
  const written = pipeline(compress, createWriteStream(part, { mode: 0o600 })).catch(refuseUnwritable);
  try {
    const [counted] = await Promise.all([writeBackup(client, backupWriter(compress), clock), written]);
    return counted;
  } finally {
    compress.destroy();
    await written.catch(() => undefined);
  }
};

/** Under its name once it lies on the disk; answers its size. */
const keepPart = async (part: string, file: string): Promise<number> => {
  const handle = await open(part, "r+");
  try {
    await handle.sync();
    const { size } = await handle.stat();
    await rename(part, file);
    return size;
  } finally {
    await handle.close();
  }
};

/** Held for the time of a restore: two at once into one new place would both find it empty, and one fail in the other's rows. */
const RESTORE_LOCK_KEY = 8_150_315_006;

const takeTheOnlyTurn = async (client: pg.Client): Promise<void> => {
  const { rows } = await client.query<{ taken: boolean }>("select pg_try_advisory_lock($1) as taken", [
    RESTORE_LOCK_KEY,
  ]);
  if (rows[0]?.taken === true) return;
  fail("restore.running", "another restore is filling this database at this moment", {
    remedy:
      "wait until it has ended and read its report, or name another empty database with DATABASE_URL, or a new folder with DATA_DIR",
  });
};

const refuseFilledDatabase = async (client: pg.Client): Promise<void> => {
  const filled = await client.query<{ filled: boolean }>(
    `select exists (select from heat_accounts) or exists (select from staff_members)
       or exists (select from audit_events) as filled`,
  );
  if (filled.rows[0]?.filled === true) {
    fail("restore.not-empty", "this database is in use; a restore never overwrites", {
      remedy: "name an empty database with DATABASE_URL, or a new folder with DATA_DIR",
    });
  }
};

const readTable = async (
  client: pg.Client,
  reader: BackupReader,
  table: BackupTable,
): Promise<Record<string, unknown>> => {
  // Rows are laid as they stood: what refuses a change of them later (a table that is live) must not refuse their return.
  // Foreign keys and checks are no triggers of users, and hold.
  await client.query(`alter table "${table.table}" disable trigger user`);
  const stream = client.query(copyFrom(`copy "${table.table}" (${quoted(table.columns)}) from stdin`));
  const pieces = async function* (): AsyncGenerator<Buffer, void> {
    for (;;) {
      const line = await reader.line();
      if (typeof line["bytes"] !== "number") {
        next = line;
        return;
      }
      yield await reader.bytes(line["bytes"]);
    }
  };
  let next: Record<string, unknown> = {};
  await pipeline(pieces(), stream);
  await client.query(`alter table "${table.table}" enable trigger user`);
  return next;
};

/**
 * Some tables are filled by migrations; their rows of the backup take the place. Also where nobody may change a row (`_frozen`): in
 * this transaction of the owner, in a database that was made a moment ago, nothing of anybody's is lost.
 */
const emptyPresetTables = async (client: pg.Client): Promise<void> => {
  for (const { table } of (await tablesInOrder(client)).toReversed()) {
    const filled = await client.query(`select 1 from "${table}" limit 1`);
    if (filled.rowCount !== 1) continue;
    await client.query(`alter table "${table}" disable trigger user`);
    await client.query(`delete from "${table}"`);
    await client.query(`alter table "${table}" enable trigger user`);
  }
};

const loadTables = async (
  client: pg.Client,
  reader: BackupReader,
): Promise<{ tables: number; rows: number }> => {
  await emptyPresetTables(client);
  let tables = 0;
  let line = await reader.line();
  while (typeof line["table"] === "string" && Array.isArray(line["columns"])) {
    line = await readTable(client, reader, { table: line["table"], columns: line["columns"].map(String) });
    tables += 1;
  }
  if (Array.isArray(line["sequences"])) {
    for (const { sequence, lastValue } of line["sequences"] as BackupSequence[]) {
      await client.query("select setval(to_regclass($1), $2)", [`"${sequence}"`, lastValue]);
    }
    line = await reader.line();
  }
  if (line["end"] !== true || line["sha256"] !== reader.digestBeforeLastLine() || line["tables"] !== tables) {
    fail("backup.damaged", "the digest at the end of the backup does not agree with its content", {
      remedy: "use another backup; nothing was restored",
    });
  }
  return { tables, rows: Number(line["rows"]) };
};

/** Rows that the database cannot read came out of a file that is not as it was written. */
const asDamaged = (error: unknown): never => {
  const state = String((error as { code?: unknown } | null)?.code);
  if (!(error instanceof DomainError) && /^(22|23|42)[0-9A-Z]{3}$/.test(state)) {
    fail("backup.damaged", "the backup holds what the database cannot read", {
      remedy: "use another backup; nothing was restored",
    });
  }
  throw error;
};

const refuseDemo = async (client: pg.Client): Promise<void> => {
  const { rows } = await client.query<{ demo: boolean }>("select demo from database_facts");
  if (rows[0]?.demo === true) {
    fail("restore.demo", "this is the backup of a demo, whose logins everybody knows; nothing was restored", {
      remedy:
        "add --yes-demo to make the empty database that DATABASE_URL names a demo, or leave DATABASE_URL out",
    });
  }
};

/** The backup's migrations, known to this version by name and digest. */
const knownMigrations = async (reader: BackupReader): Promise<BackupHeader> => {
  const header = (await reader.line()) as Partial<BackupHeader>;
  if (header.format !== BACKUP_FORMAT || !Array.isArray(header.migrations)) {
    fail("backup.unreadable", "this is not a backup file of ours", { field: "FILE" });
  }
  return header as BackupHeader;
};

/**
 * Loads a backup into an empty database, whole or not at all, brings it to this version, and holds it: nothing is sent
 * until `releaseSending`.
 * @param options.refuseDemo what is loaded must not be a demo: its logins are known to everybody
 * @throws DomainError `backup.not-found`, `restore.running`, `restore.not-empty`, `restore.demo`, `backup.truncated`, `backup.damaged`, `backup.unreadable`, `backup.newer`
 */
export const restoreBackup = async (
  ownerUrl: string,
  file: string,
  options: { readonly appPassword?: string; readonly refuseDemo?: boolean } = {},
): Promise<BackupReport> => {
  if (!existsSync(file)) fail("backup.not-found", "there is no such file", { field: "FILE" });
  const source = createReadStream(file);
  const decompress = zlib.createZstdDecompress();
  // A failure of the file reaches the reader, which names it.
  source.on("error", (error) => decompress.destroy(error));
  const reader = backupReader(source.pipe(decompress) as AsyncIterable<Uint8Array>);
  const header = await knownMigrations(reader);
  const client = await connectAs("nuan restore", ownerUrl);
  try {
    await takeTheOnlyTurn(client);
    await migrateDatabase(ownerUrl, { ...options, only: header.migrations });
    await refuseFilledDatabase(client);
    await client.query("begin");
    const loaded = await loadTables(client, reader).catch(asDamaged);
    if (options.refuseDemo === true) await refuseDemo(client);
    await client.query("update database_facts set sending_held = true");
    await client.query("commit");
    await migrateDatabase(ownerUrl, options);
    await client.query("analyze");
    return { file, ...loaded, bytes: (await stat(file)).size };
  } finally {
    await client.end();
    source.destroy();
  }
};
