/** All SQL on what was shown in clear. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

/** One person's reveals come one after the other, so that no two of them are the last allowed one. */
export const lockRevealsOf = (sql: Sql, staffId: bigint): Promise<unknown> =>
  sql.rows("select pg_advisory_xact_lock(815099, hashint8(:staffId::bigint))", { staffId });

export const countReveals = async (sql: Sql, of: { staffId: bigint; day: Day }): Promise<number> =>
  (
    await sql.one<{ count: number }>(
      `select count(*)::int as count from staff_reveals where staff_id = :staffId and business_day = :day::date`,
      of,
    )
  ).count;

export type NewReveal = {
  readonly staffId: bigint;
  readonly subject: string;
  readonly field: string;
  readonly reason: string;
  readonly now: Date;
  readonly day: Day;
};
export const insertReveal = async (sql: Sql, reveal: NewReveal): Promise<bigint> =>
  (
    await sql.one<{ id: bigint }>(
      `insert into staff_reveals (staff_id, subject, field, reason, revealed_at, business_day)
       values (:staffId, :subject, :field, :reason, :now, :day) returning id`,
      reveal,
    )
  ).id;

export type RevealRow = {
  readonly id: bigint;
  readonly login: string;
  readonly displayName: string;
  readonly subject: string;
  readonly field: string;
  readonly reason: string;
  readonly at: Date;
  readonly ofTheDay: number;
};

/** The youngest first; `ofTheDay` is how many that person had seen that day when it was shown, this one included. */
export const listReveals = (
  sql: Sql,
  page: { beforeId: bigint | null; limit: number; login: string | null; day: string | null },
) =>
  sql.rows<RevealRow>(
    `select reveal.id, member.login, member.display_name as "displayName", reveal.subject, reveal.field, reveal.reason,
       reveal.revealed_at as at,
       (select count(*)::int from staff_reveals other where other.staff_id = reveal.staff_id
         and other.business_day = reveal.business_day and other.id <= reveal.id) as "ofTheDay"
     from staff_reveals reveal join staff_members member on member.id = reveal.staff_id
     where (:beforeId::bigint is null or reveal.id < :beforeId::bigint)
       and (:login::text is null or member.login = :login::text)
       and (:day::date is null or reveal.business_day = :day::date)
     order by reveal.id desc limit :limit::integer`,
    page,
  );
