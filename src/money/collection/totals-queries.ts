/** SQL of the figures that are kept per building and closed day. */
import type { Sql } from "#src/platform/sql.ts";

/** Adds up the closed days that are not added up yet; answers how many. Two at a time take turns. */
export const addUpDays = async (sql: Sql, now: Date): Promise<number> =>
  (await sql.one<{ days: number }>("select add_up_collected_days(:now::timestamptz) as days", { now })).days;

/** A closed day waits to be added up, or is added up by building only. */
export const isDayWaiting = async (sql: Sql): Promise<boolean> =>
  (
    await sql.one<{ waits: boolean }>(
      `select exists (select 1 from accounting_days where state = 'closed'
         and day > coalesce((select max(day) from collected_days), '-infinity'))
       or exists (select 1 from collected_takings
         where day > coalesce((select max(day) from collected_town_takings), '-infinity')) as waits`,
    )
  ).waits;
