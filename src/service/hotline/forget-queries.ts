/** SQL that forgets who called. The rows stay, so that every count of the past stays. */
import type { Sql } from "#src/platform/sql.ts";

type Batch = { before: Date; limit: number };

/**
 * Closed call-backs and their calls together, since a call and its call-back have one number. Each gets a word of its own: what
 * counts by number counts by call-back then.
 */
const oldCallBacks = `
  with old as (
    update call_backs set number = 'forgotten:' || id where id = any(array(
      select id from call_backs where state <> 'open' and closed_at < :before and number not like 'forgotten:%'
      order by id limit :limit for update skip locked))
    returning id, number
  ), theirs as (
    update calls set number = old.number from old where calls.call_back_id = old.id
  )
  select count(*) as count from old`;
export const forgetCallBackNumbers = async (sql: Sql, batch: Batch): Promise<number> =>
  Number((await sql.one<{ count: bigint }>(oldCallBacks, batch)).count);

/** Calls that led to no call-back. */
const oldCalls = `
  update calls set number = 'forgotten:' where id = any(array(
    select id from calls where finished_at is not null and began_at < :before and call_back_id is null
      and number is not null and number not like 'forgotten:%'
    order by id limit :limit for update skip locked))`;
export const forgetCallNumbers = (sql: Sql, batch: Batch) => sql.run(oldCalls, batch);

const oldDials = `
  update dial_orders set number = '' where id = any(array(
    select id from dial_orders where ordered_at < :before and number <> '' order by id limit :limit
    for update skip locked))`;
export const forgetDialledNumbers = (sql: Sql, batch: Batch) => sql.run(oldDials, batch);

/** What the fold of a call reads besides its number stays: a late event is still worked into it. */
const oldDetails = `
  update call_events set raw = raw - array['from', 'to', 'vendor'] where id = any(array(
    select id from call_events where raw ?| array['from', 'to', 'vendor'] and received_at < :before
    order by received_at limit :limit for update skip locked))`;
export const forgetEventDetails = (sql: Sql, batch: Batch) => sql.run(oldDetails, batch);
