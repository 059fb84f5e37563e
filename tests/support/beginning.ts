/**
 * One database for a file whose tests each need the same beginning: made and planted once, put back before each test. A database of its
 * own for each test costs ten times as much, most of it the making and dropping of files.
 */
import type { TestDatabase } from "./database.ts";

/** With its schema, and the columns that can be written. */
type Table = { readonly name: string; readonly kept: string; readonly columns: string };

/** Kept by the migrator; no test writes to them. */
const MIGRATOR_TABLES = [
  "schema_migrations",
  "schema_migrations_lock",
  "migration_digests",
  "schema_routines",
];

const findTables = (db: TestDatabase, schemas: readonly string[]): Promise<Table[]> =>
  db.owner.sql.rows<Table>(
    `select format('%I.%I', s.nspname, c.relname) as name, format('beginning.%I', s.nspname || '.' || c.relname) as kept,
       string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
     from pg_class c join pg_namespace s on s.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where s.nspname = any(:schemas::text[]) and c.relkind = 'r' and c.relname <> all(:migrator::text[])
     group by s.nspname, c.relname order by s.nspname, c.relname`,
    { schemas, migrator: MIGRATOR_TABLES },
  );

const filledOf = async (db: TestDatabase, tables: readonly Table[]): Promise<Set<string>> => {
  const asked = tables.map(({ name }) => `select '${name}' as name where exists (select from ${name})`);
  return new Set(
    (await db.owner.sql.rows<{ name: string }>(asked.join(" union all "))).map(({ name }) => name),
  );
};

/**
 * Remembers every row and every sequence of these schemas, and the hour, as they are now; what it answers puts them back, past
 * triggers and foreign keys. Nobody else may be at work on the database then.
 */
export const rememberBeginning = async (
  db: TestDatabase,
  schemas: readonly string[] = ["public"],
): Promise<() => Promise<void>> => {
  const at = db.clock.now().toISOString();
  const tables = await findTables(db, schemas);
  const planted = await filledOf(db, tables);
  await db.owner.sql.run("create schema beginning");
  for (const { name, kept } of tables.filter((table) => planted.has(table.name))) {
    await db.owner.sql.run(`create table ${kept} as table ${name}`);
  }
  await db.owner.sql.run(
    `create table beginning.sequences as
     select format('%I.%I', schemaname, sequencename)::regclass as sequence, last_value, start_value from pg_sequences
     where schemaname = any('{${schemas.join(",")}}')`,
  );
  return async () => {
    const written = await filledOf(db, tables);
    await db.owner.bulk(async (sql) => {
      await sql.run("set local session_replication_role = replica");
      for (const { name, kept, columns } of tables) {
        if (written.has(name)) await sql.run(`delete from ${name}`);
        if (!planted.has(name)) continue;
        await sql.run(
          `insert into ${name} (${columns}) overriding system value select ${columns} from ${kept}`,
        );
      }
      await sql.run(
        `select setval(sequence, coalesce(last_value, start_value), last_value is not null) from beginning.sequences`,
      );
    });
    db.clock.set(at);
  };
};
