/** SQL of the filters that people keep for their tables. */
import type { Sql } from "#src/platform/sql.ts";

export type FilterRow = {
  readonly id: bigint;
  readonly page: string;
  readonly name: string;
  readonly filter: Readonly<Record<string, unknown>>;
  /** The page begins with it. */
  readonly isDefault: boolean;
};

export const listFilters = (sql: Sql, of: { staffId: bigint; page: string }) =>
  sql.rows<FilterRow>(
    `select id, page, name, filter, is_default as "isDefault" from staff_saved_filters
     where staff_id = :staffId and page = :page order by name`,
    of,
  );

export const findFilter = (sql: Sql, of: { staffId: bigint; id: bigint }) =>
  sql.maybeOne<FilterRow>(
    `select id, page, name, filter, is_default as "isDefault" from staff_saved_filters
     where staff_id = :staffId and id = :id`,
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

/** What is null stays as it is. The row, or nothing when it is not the person's own. */
export const changeFilter = (
  sql: Sql,
  change: {
    staffId: bigint;
    id: bigint;
    name: string | null;
    filter: string | null;
    isDefault: boolean | null;
  },
) =>
  sql.maybeOne<FilterRow>(
    `update staff_saved_filters
     set name = coalesce(:name, name), filter = coalesce(:filter::jsonb, filter),
       is_default = coalesce(:isDefault, is_default)
     where staff_id = :staffId and id = :id
     returning id, page, name, filter, is_default as "isDefault"`,
    change,
  );

/** The page of this filter begins with no other one. */
export const endOtherDefaults = (sql: Sql, of: { staffId: bigint; id: bigint }) =>
  sql.run(
    `update staff_saved_filters set is_default = false
     where staff_id = :staffId and is_default and id <> :id
       and page = (select page from staff_saved_filters where staff_id = :staffId and id = :id)`,
    of,
  );

/** Whether another filter of the same page has that name. */
export const isNameTaken = async (
  sql: Sql,
  of: { staffId: bigint; id: bigint; name: string },
): Promise<boolean> =>
  (await sql.maybeOne<{ id: bigint }>(
    `select other.id from staff_saved_filters mine
     join staff_saved_filters other
       on other.staff_id = mine.staff_id and other.page = mine.page and other.name = :name and other.id <> mine.id
     where mine.staff_id = :staffId and mine.id = :id`,
    of,
  )) !== null;

/** Without the one that this name replaces. */
export const countOtherFilters = async (
  sql: Sql,
  filter: { staffId: bigint; page: string; name: string },
): Promise<number> =>
  (
    await sql.one<{ count: number }>(
      `select count(*)::int as count from staff_saved_filters
       where staff_id = :staffId and not (page = :page and name = :name)`,
      filter,
    )
  ).count;

export const dropFilter = (sql: Sql, of: { staffId: bigint; id: bigint }) =>
  sql.run(`delete from staff_saved_filters where staff_id = :staffId and id = :id`, of);
