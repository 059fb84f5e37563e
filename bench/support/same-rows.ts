/**
 * The limit of a bulk write: the same final rows by plain `insert ... select` into tables made `like ... including all`,
 * with the same triggers and foreign keys, compared with the originals afterwards.
 */
import { monotonicMs } from "#src/platform/clock.ts";
import type { Database } from "#src/platform/database.ts";
import type { Sql } from "#src/platform/sql.ts";

/** A table and the rows of it that the measured run wrote, as a condition on its columns. */
export type WrittenRows = { readonly table: string; readonly where: string; readonly order: string };

const columnsOf = async (sql: Sql, table: string): Promise<string> =>
  (
    await sql.one<{ columns: string }>(
      `select string_agg(quote_ident(attname), ', ' order by attnum) as columns from pg_attribute
       where attrelid = :table::text::regclass and attnum > 0 and not attisdropped`,
      { table },
    )
  ).columns;

const makeTwin = async (sql: Sql, table: string): Promise<void> => {
  await sql.run(`create table limit_${table} (like ${table} including all)`);
  const options = await sql.maybeOne<{ options: string[] | null }>(
    "select reloptions as options from pg_class where oid = :table::text::regclass",
    { table },
  );
  if (options?.options) await sql.run(`alter table limit_${table} set (${options.options.join(", ")})`);
};

/** Foreign keys and triggers, once all twins are there: a key between two of them points at the twin. */
const bindTwin = async (sql: Sql, table: string, twins: ReadonlySet<string>): Promise<void> => {
  const keys = await sql.rows<{ definition: string; target: string }>(
    `select pg_get_constraintdef(oid) as definition, confrelid::regclass::text as target from pg_constraint
     where contype = 'f' and conrelid = :table::text::regclass`,
    { table },
  );
  for (const key of keys) {
    const definition = twins.has(key.target)
      ? key.definition.replace(`REFERENCES ${key.target}(`, `REFERENCES limit_${key.target}(`)
      : key.definition;
    await sql.run(`alter table limit_${table} add ${definition}`);
  }
  const triggers = await sql.rows<{ definition: string }>(
    "select pg_get_triggerdef(oid) as definition from pg_trigger where tgrelid = :table::text::regclass and not tgisinternal",
    { table },
  );
  for (const trigger of triggers) {
    await sql.run(trigger.definition.replace(` ON public.${table} `, ` ON public.limit_${table} `));
  }
};

export type LimitRun = { readonly ms: number; readonly rows: number; readonly differing: bigint };

/** Writes the twins in one transaction a table, as fast as plain SQL does, and compares both ways. Drops them afterwards. */
export const writeSameRows = async (
  database: Database,
  written: readonly WrittenRows[],
): Promise<LimitRun> => {
  const twins = new Set(written.map((rows) => rows.table));
  await database.bulk(async (sql) => {
    for (const { table } of written) await makeTwin(sql, table);
    for (const { table } of written) await bindTwin(sql, table, twins);
  });
  await database.withBulkClient(async (client) => client.query("checkpoint"));
  const columns = new Map<string, string>();
  for (const { table } of written) columns.set(table, await columnsOf(database.sql, table));
  let rows = 0;
  const started = monotonicMs();
  for (const { table, where, order } of written) {
    rows += await database.bulk((sql) =>
      sql.run(
        `insert into limit_${table} (${columns.get(table)}) overriding system value
         select ${columns.get(table)} from ${table} where ${where} order by ${order}`,
      ),
    );
  }
  const ms = monotonicMs() - started;
  let differing = 0n;
  for (const { table, where } of written) {
    const list = columns.get(table);
    const found = await database.bulk((sql) =>
      sql.one<{ n: bigint }>(
        `select count(*) as n from (
           (select ${list} from limit_${table} except select ${list} from ${table} where ${where})
           union all
           (select ${list} from ${table} where ${where} except select ${list} from limit_${table})) d`,
      ),
    );
    differing += found.n;
  }
  await database.bulk((sql) =>
    sql.run(`drop table ${written.map(({ table }) => `limit_${table}`).join(", ")}`),
  );
  return { ms, rows, differing };
};
