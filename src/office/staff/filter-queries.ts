/** SQL of the filters that people keep for their tables. */
import type { Sql } from "#src/platform/sql.ts";

export type FilterRow = {
  readonly id: bigint;
  readonly page: string;
  readonly name: string;
  readonly filter: Readonly<Record<string, unknown>>;
};

export const listFilters = (sql: Sql, of: { staffId: bigint; page: string }) =>
  sql.rows<FilterRow>(
    `select id, page, name, filter from staff_saved_filters
     where staff_id = :staffId and page = :page order by name`,
    of,
  );

export const findFilter = (sql: Sql, of: { staffId: bigint; id: bigint }) =>
  sql.maybeOne<FilterRow>(
    `select id, page, name, filter from staff_saved_filters where staff_id = :staffId and id = :id`,
    of,
  );

/** The same name again replaces what it held. */
export const keepFilter = (
  sql: Sql,
  filter: { staffId: bigint; page: string; name: string; filter: string; now: Date },
) =>
  sql.one<{ id: bigint }>(
    `insert into staff_saved_filters (staff_id, page, name, filter, created_at)
     values (:staffId, :page, :name, :filter::jsonb, :now)
     on conflict (staff_id, page, name) do update set filter = excluded.filter returning id`,
    filter,
  );

export const countFilters = async (sql: Sql, staffId: bigint): Promise<number> =>
  (
    await sql.one<{ count: number }>(
      `select count(*)::int as count from staff_saved_filters where staff_id = :staffId`,
      { staffId },
    )
  ).count;

export const dropFilter = (sql: Sql, of: { staffId: bigint; id: bigint }) =>
  sql.run(`delete from staff_saved_filters where staff_id = :staffId and id = :id`, of);
