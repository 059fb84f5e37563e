/** SQL on certified days of channels. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

const addDay = `
  insert into certified_channel_days (channel_id, day, certified_at) values (:channelId, :day, :now)
  on conflict do nothing`;
export const insertCertifiedDay = (sql: Sql, row: { channelId: number; day: Day; now: Date }) =>
  sql.run(addDay, row);

export type Uncertified = {
  /** Code of the channel, or `till T1`. */
  readonly channel: string;
  readonly why: "no-certificate" | "shift-open";
};

/** What a day still waits for; `day` is an expression. A channel without a profile has no file that could bring a payment of that day later. */
const waitsFor = (day: string): string => `
  select channel.code as channel, 'no-certificate' as why
  from channels channel
  where channel.active and channel.kind <> 'counter' and channel.profile is not null
    and not exists (select 1 from certified_channel_days certified
      where certified.channel_id = channel.id and certified.day = ${day})
  union all
  select distinct 'till ' || shift.till, 'shift-open' from shifts shift
  where shift.state = 'open' and shift.business_day = ${day}`;

const uncertified = `${waitsFor(":day::date")} order by 2, 1`;
export const findUncertified = (sql: Sql, day: Day): Promise<Uncertified[]> =>
  sql.rows<Uncertified>(uncertified, { day });

const lastCertified = `
  select past.day::date::text as day from generate_series(:from::date, :until::date, interval '1 day') past (day)
  where not exists (${waitsFor("past.day::date")})
  order by past.day desc limit 1`;
/** The last of these days that waits for nothing any more. */
export const findLastCertified = (sql: Sql, days: { from: Day; until: Day }) =>
  sql.maybeOne<{ day: string }>(lastCertified, days);
