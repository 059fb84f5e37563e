/**
 * One database for a file whose tests each need the same beginning: made and planted once, put back before each test. A database of its
 * own for each test costs far more, most of it the making and dropping of files.
 */
import type { TestDatabase } from "./database.ts";

type Table = { readonly name: string; readonly columns: string };

/** Kept by the migrator; no test writes to them. */
const MIGRATOR_TABLES = [
  "schema_migrations",
  "schema_migrations_lock",
  "migration_digests",
  "schema_routines",
];

/** Tables of ours with the columns that can be written. */
const findTables = (db: TestDatabase): Promise<Table[]> =>
  db.owner.sql.rows<Table>(
    `select quote_ident(c.relname) as name, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> all(:kept::text[])
     group by c.relname order by c.relname`,
    { kept: MIGRATOR_TABLES },
  );

const filledOf = async (db: TestDatabase, tables: readonly Table[]): Promise<Set<string>> => {
  const asked = tables.map(({ name }) => `select '${name}' as name where exists (select from ${name})`);
  return new Set(
    (await db.owner.sql.rows<{ name: string }>(asked.join(" union all "))).map(({ name }) => name),
  );
};

/** Remembers every row, every sequence and the hour as they are now; what it answers puts them back, past triggers and foreign keys. */
export const rememberBeginning = async (db: TestDatabase): Promise<() => Promise<void>> => {
  const at = db.clock.now().toISOString();
  const tables = await findTables(db);
  const planted = await filledOf(db, tables);
  await db.owner.sql.run("create schema beginning");
  for (const { name } of tables.filter((table) => planted.has(table.name))) {
    await db.owner.sql.run(`create table beginning.${name} as table public.${name}`);
  }
  await db.owner.sql.run(
    `create table beginning.of_sequences as
     select format('%I.%I', schemaname, sequencename)::regclass as sequence, last_value from pg_sequences
     where schemaname = 'public'`,
  );
  return async () => {
    const written = await filledOf(db, tables);
    await db.owner.bulk(async (sql) => {
      await sql.run("set local session_replication_role = replica");
      for (const { name, columns } of tables) {
        if (written.has(name)) await sql.run(`delete from ${name}`);
        if (!planted.has(name)) continue;
        await sql.run(
          `insert into ${name} (${columns}) overriding system value select ${columns} from beginning.${name}`,
        );
      }
      await sql.run(
        `select setval(sequence, coalesce(last_value, 1), last_value is not null) from beginning.of_sequences`,
      );
    });
    db.clock.set(at);
  };
};
