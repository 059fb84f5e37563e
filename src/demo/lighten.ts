/**
 * A large load without the checks that are dearer row by row than at the end: foreign keys, exclusion constraints and
 * plain indexes of the town's tables are taken off and put back, in the caller's transaction. What is put back is checked
 * by the server as a whole, so nothing wrong gets in.
 */
import type { Sql } from "#src/platform/sql.ts";

type Definition = { readonly relation: string; readonly name: string; readonly definition: string };

const constraintsOf = `
  select conrelid::regclass::text as relation, quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
  from pg_constraint
  where connamespace = 'public'::regnamespace and contype = any(:kinds::"char"[])
    and conrelid::regclass::text = any(:tables::text[])
  order by 1, 2`;

const indexesOf = `
  select index.indrelid::regclass::text as relation, index.indexrelid::regclass::text as name,
    pg_get_indexdef(index.indexrelid) as definition
  from pg_index index
  where index.indrelid::regclass::text = any(:tables::text[]) and not index.indisunique
    and not exists (select 1 from pg_constraint where conindid = index.indexrelid)
  order by 1, 2`;

export type Lightened = {
  /** Puts back what was taken off, in the same transaction. */
  restore(): Promise<void>;
};

/** Takes off what is dearer row by row; unique keys stay. */
export const lighten = async (sql: Sql, tables: readonly string[]): Promise<Lightened> => {
  const constraints = await sql.rows<Definition>(constraintsOf, { tables, kinds: ["f", "x"] });
  const indexes = await sql.rows<Definition>(indexesOf, { tables });
  for (const { relation, name } of constraints)
    await sql.run(`alter table ${relation} drop constraint ${name}`);
  for (const { name } of indexes) await sql.run(`drop index ${name}`);
  return {
    restore: async () => {
      for (const { definition } of indexes) await sql.run(definition);
      for (const { relation, name, definition } of constraints) {
        await sql.run(`alter table ${relation} add constraint ${name} ${definition}`);
      }
    },
  };
};
