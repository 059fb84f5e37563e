/** How long what is only needed for a while is kept, and how the platform's own part of it is forgotten. */
import type { Database } from "./database.ts";
import { forgetLive } from "./live-queries.ts";
import type { Sql } from "./sql.ts";

/**
 * Days, each with its why. Money, bills, audit, seals and certificates are not here: they are kept for good. What guards a
 * payment against being posted twice for good is its (channel, serial), not its idempotency key.
 */
export const RETENTION_DAYS = {
  /** A caller repeats a request within minutes; a bank's longest quarrel about a missed answer ends with the quarter. */
  idempotencyKeys: 90,
  /** Events that everybody has handled, with their receipts: as long as somebody may ask whether a thing was announced. */
  settledEvents: 90,
  /** A screen that was closed over a weekend reads everything anew on Monday anyway; the feed bridges a reconnect. */
  liveEvents: 2,
  /** Who was at work when: half a year is what an inquiry into a till looks back. The audit rows stay. */
  endedSessions: 180,
} as const;

const DAY_MS = 86_400_000;
const BATCH = 2000;

/** The instant before which a thing of `days` is forgotten. */
export const forgottenBefore = (now: Date, days: number): Date => new Date(now.getTime() - days * DAY_MS);

/**
 * Deletes batch by batch, each in a transaction of its own, so that nobody waits long and a kill loses nothing. `remove`
 * deletes at most `limit` rows and says how many. Answers the sum.
 */
export const forgetInBatches = async (
  database: Pick<Database, "bulk">,
  remove: (sql: Sql, limit: number) => Promise<number>,
  batch = BATCH,
): Promise<number> => {
  let total = 0;
  for (;;) {
    const removed = await database.bulk((sql) => remove(sql, batch));
    total += removed;
    if (removed < batch) return total;
  }
};

const removeKeys = `
  delete from idempotency_keys where ctid = any(array(
    select ctid from idempotency_keys where created_at < :before limit :limit for update skip locked))`;

/**
 * One statement, so that the foreign keys are checked when all of an event is gone. An event that a subscriber gave up stays
 * until it was replayed. Settling is told by the database's own clock, and so is its age.
 */
const removeEvents = `
  with old as materialized (
    select id from outbox_events e
    where settled_at < now() - :days * interval '1 day'
      and not exists (select 1 from dead_letters d where d.event_id = e.id
        and (d.replayed_at is null or d.replayed_at >= now() - :days * interval '1 day'))
    order by id limit :limit for update skip locked
  ),
  receipts as (delete from event_receipts r using old where r.event_id = old.id),
  tries as (delete from event_tries t using old where t.event_id = old.id),
  letters as (delete from dead_letters d using old where d.event_id = old.id)
  delete from outbox_events e using old where e.id = old.id`;

/** Forgets old idempotency keys, settled events and what was announced to screens. Repeating is safe; `now` is the business clock. */
export const forgetPlatformRows = async (
  database: Pick<Database, "bulk">,
  now: Date,
): Promise<{
  readonly idempotencyKeys: number;
  readonly settledEvents: number;
  readonly liveEvents: number;
}> => {
  const before = forgottenBefore(now, RETENTION_DAYS.idempotencyKeys);
  return {
    idempotencyKeys: await forgetInBatches(database, (sql, limit) => sql.run(removeKeys, { before, limit })),
    settledEvents: await forgetInBatches(database, (sql, limit) =>
      sql.run(removeEvents, { days: RETENTION_DAYS.settledEvents, limit }),
    ),
    liveEvents: await forgetInBatches(database, async (sql, limit) => {
      const old = { before: forgottenBefore(now, RETENTION_DAYS.liveEvents), limit };
      return Number((await forgetLive(sql, old)).count);
    }),
  };
};
