/**
 * The SQL of the outbox: ringing, handling, retrying, burying. Every instant here is the database's own `now()`. What is taken,
 * rung and settled does not wait for the disk: a crash that takes it back leaves an event to be rung again, which is harmless.
 * Effects and receipts do.
 */
import { type Sql, UNAWAITED } from "./sql.ts";

export type ClaimedEvent = { readonly id: bigint; readonly fence: number; readonly attempts: number };

/**
 * Takes up to `limit` events that nobody is ringing and whose pause is over, oldest first, for `leaseMs`. Two relays at
 * once take different rows. An event that nobody listens to is settled here and not returned.
 */
export const claimToRing = (
  sql: Sql,
  bindings: { readonly types: readonly string[]; readonly limit: number; readonly leaseMs: number },
): Promise<(ClaimedEvent & { readonly type: string; readonly heard: boolean })[]> =>
  sql.rows(
    `
    update outbox_events e
    set attempts = e.attempts + 1, fence = e.fence + 1,
      lease_until = case when e.type = any(:types::text[]) then now() + :leaseMs * interval '1 millisecond' end,
      rung_at = case when e.type = any(:types::text[]) then null else now() end,
      settled_at = case when e.type = any(:types::text[]) then null else now() end
    from (
      select id from outbox_events
      where rung_at is null and settled_at is null and (lease_until is null or lease_until <= now()) and ${UNAWAITED}
      order by id limit :limit for update skip locked
    ) due
    where e.id = due.id
    returning e.id, e.fence, e.attempts, e.type, e.type = any(:types::text[]) as heard`,
    bindings,
  );

// Statements about many events lock them in the order of their ids: two of them wait for each other, but never in a circle.
const mine = `
  select e.id, mine.job_id
  from unnest(:ids::bigint[], :fences::integer[], :jobIds::text[]) mine (id, fence, job_id)
  join outbox_events e on e.id = mine.id and e.fence = mine.fence
  order by e.id for no key update of e`;

export type RungEvent = ClaimedEvent & { readonly jobId: string };

const bindMine = (events: readonly RungEvent[]) => ({
  ids: events.map((event) => event.id),
  fences: events.map((event) => event.fence),
  jobIds: events.map((event) => event.jobId),
});

/** Marks what this relay rang; a row whose lease ran out and was taken over meanwhile is left to the other. */
export const markRung = (sql: Sql, rung: readonly RungEvent[]): Promise<number> =>
  sql.run(
    `
    update outbox_events e set rung_at = now(), lease_until = null, job_id = mine.job_id
    from (${mine}) mine
    where e.id = mine.id and e.settled_at is null and ${UNAWAITED}`,
    bindMine(rung),
  );

/** Gives claimed events back at once: they could not be enqueued. */
export const giveBack = (sql: Sql, claimed: readonly RungEvent[]): Promise<number> =>
  sql.run(
    `
    update outbox_events e set lease_until = null from (${mine}) mine
    where e.id = mine.id and e.rung_at is null`,
    bindMine(claimed),
  );

/** Events rung longer than `overdueMs` ago and not settled, the longest first, each with the job that rang it. */
export const overdueEvents = (
  sql: Sql,
  bindings: { readonly overdueMs: number; readonly limit: number },
): Promise<{ id: bigint; jobId: string }[]> =>
  sql.rows(
    `
    select id, coalesce(job_id, 'ev-' || id || '-' || attempts) as "jobId" from outbox_events
    where settled_at is null and rung_at is not null and rung_at <= now() - :overdueMs * interval '1 millisecond'
    order by rung_at limit :limit`,
    bindings,
  );

/** Overdue events that the queue has lost are due again; those it still holds are looked at a period later. */
export const rescheduleOverdue = (
  sql: Sql,
  bindings: {
    readonly lost: readonly bigint[];
    readonly held: readonly bigint[];
    readonly overdueMs: number;
  },
): Promise<number> =>
  sql.run(
    `
    update outbox_events e
    set rung_at = case when e.id = any(:lost::bigint[]) then null else now() end, lease_until = null
    from (
      select id from outbox_events where id = any(:lost::bigint[] || :held::bigint[]) order by id for no key update
    ) overdue
    where e.id = overdue.id and e.settled_at is null
      and e.rung_at <= now() - :overdueMs * interval '1 millisecond'`,
    bindings,
  );

export const findEvent = (
  sql: Sql,
  id: bigint,
): Promise<{ type: string; subject: string; attempts: number; settled: boolean } | null> =>
  sql.maybeOne(
    `
    select type, subject, attempts, settled_at is not null as settled from outbox_events where id = :id`,
    { id },
  );

export type PendingEvent = {
  readonly id: bigint;
  readonly type: string;
  readonly version: number;
  readonly subject: string;
  readonly occurredAt: Date;
  readonly payload: unknown;
  readonly attempts: number;
  /** False while it pauses after a failure, or while another process tries it. */
  readonly due: boolean;
};

/** The oldest event of a subject that a subscriber has still to handle: the only one it may be given now. */
export const nextPending = (
  sql: Sql,
  bindings: { readonly subscriber: string; readonly subject: string; readonly types: readonly string[] },
): Promise<PendingEvent | null> =>
  sql.maybeOne(
    `
    select e.id, e.type, e.version, e.subject, e.occurred_at as "occurredAt", e.payload, e.attempts,
      t.not_before is null or t.not_before <= now() as due
    from outbox_events e
    left join event_tries t on t.event_id = e.id and t.subscriber = :subscriber
    where e.subject = :subject and e.settled_at is null and e.type = any(:types::text[])
      and not exists (select from event_receipts r where r.event_id = e.id and r.subscriber = :subscriber)
      and not exists (select from dead_letters d
        where d.event_id = e.id and d.subscriber = :subscriber and d.replayed_at is null)
    order by e.id limit 1`,
    bindings,
  );

/** One at a time per subscriber and subject, until the transaction ends. False: somebody else is at it. */
export const lockSubject = async (
  sql: Sql,
  bindings: { readonly subscriber: string; readonly subject: string },
): Promise<boolean> => {
  const { locked } = await sql.one<{ locked: boolean }>(
    `
    select pg_try_advisory_xact_lock(hashtextextended(:subscriber || chr(31) || :subject, 0)) as locked`,
    bindings,
  );
  return locked;
};

/** @returns false when the subscriber has handled this event before. */
export const writeReceipt = async (sql: Sql, eventId: bigint, subscriber: string): Promise<boolean> =>
  (await sql.run(
    `
    insert into event_receipts (event_id, subscriber) values (:eventId, :subscriber) on conflict do nothing`,
    { eventId, subscriber },
  )) === 1;

export const forgetTries = (sql: Sql, eventId: bigint, subscriber: string): Promise<number> =>
  sql.run(`delete from event_tries where event_id = :eventId and subscriber = :subscriber`, {
    eventId,
    subscriber,
  });

/** Settles the event when every subscriber has a receipt or has buried it. @returns whether it did so now. */
export const settle = async (sql: Sql, eventId: bigint, subscribers: readonly string[]): Promise<boolean> =>
  (await sql.run(
    `
    update outbox_events set settled_at = now(), lease_until = null, rung_at = coalesce(rung_at, now())
    where id = :eventId and settled_at is null and (
      select count(*) from unnest(:subscribers::text[]) s (name)
      where not exists (select from event_receipts r where r.event_id = :eventId and r.subscriber = s.name)
        and not exists (select from dead_letters d
          where d.event_id = :eventId and d.subscriber = s.name and d.replayed_at is null)) = 0`,
    { eventId, subscribers },
  )) === 1;

/**
 * Counts a try before it begins and keeps the others away for `leaseMs`, so that a handler which ends the process is
 * counted too. @returns how many tries have begun, or null when the event pauses or is being tried.
 */
export const beginTry = async (
  sql: Sql,
  bindings: { readonly eventId: bigint; readonly subscriber: string; readonly leaseMs: number },
): Promise<number | null> => {
  const row = await sql.maybeOne<{ tries: number }>(
    `
    insert into event_tries as t (event_id, subscriber, tries, not_before, last_error)
    values (:eventId, :subscriber, 1, now() + :leaseMs * interval '1 millisecond', 'the process ended during the try')
    on conflict (event_id, subscriber) do update
    set tries = t.tries + 1, not_before = excluded.not_before, last_error = excluded.last_error
    where t.not_before <= now()
    returning tries`,
    bindings,
  );
  return row?.tries ?? null;
};

/** Takes back a try that `beginTry` counted and that was none: an outage ended it, or somebody else is at the subject. */
export const withdrawTry = (sql: Sql, eventId: bigint, subscriber: string): Promise<number> =>
  sql.run(
    `
    with first as (
      delete from event_tries where event_id = :eventId and subscriber = :subscriber and tries = 1
    )
    update event_tries set tries = tries - 1, not_before = now()
    where event_id = :eventId and subscriber = :subscriber and tries > 1`,
    { eventId, subscriber },
  );

/** Counts a failed try (unless `beginTry` did) and keeps its reason. @returns all tries. */
export const failTry = async (
  sql: Sql,
  bindings: {
    readonly eventId: bigint;
    readonly subscriber: string;
    readonly counted: boolean;
    readonly reason: string;
  },
): Promise<number> => {
  const { tries } = await sql.one<{ tries: number }>(
    `
    insert into event_tries as t (event_id, subscriber, tries, not_before, last_error)
    values (:eventId, :subscriber, 1, now(), :reason)
    on conflict (event_id, subscriber) do update
    set tries = t.tries + case when :counted then 0 else 1 end, last_error = excluded.last_error
    returning tries`,
    bindings,
  );
  return tries;
};

/** Nobody tries the event before the pause is over; then the relay rings it again. */
export const pauseEvent = async (
  sql: Sql,
  bindings: { readonly eventId: bigint; readonly subscriber: string; readonly pauseMs: number },
): Promise<void> => {
  await sql.run(
    `
    with paused as (
      update event_tries set not_before = now() + :pauseMs * interval '1 millisecond'
      where event_id = :eventId and subscriber = :subscriber
    )
    update outbox_events
    set rung_at = null, fence = fence + 1, lease_until = now() + :pauseMs * interval '1 millisecond'
    where id = :eventId and settled_at is null`,
    bindings,
  );
};

export const bury = (
  sql: Sql,
  bindings: {
    readonly eventId: bigint;
    readonly subscriber: string;
    readonly reason: string;
    readonly tries: number;
  },
): Promise<number> =>
  sql.run(
    `
    insert into dead_letters as d (event_id, subscriber, reason, attempts)
    values (:eventId, :subscriber, :reason, :tries)
    on conflict (event_id, subscriber) do update
    set reason = excluded.reason, attempts = excluded.attempts, died_at = now(), replayed_at = null
    where d.replayed_at is not null`,
    bindings,
  );

/** @returns the event's id and type, or null when there is no such dead letter or it has been replayed. */
export const reviveDeadLetter = (
  sql: Sql,
  id: bigint,
): Promise<{ eventId: bigint; subscriber: string; type: string; subject: string } | null> =>
  sql.maybeOne(
    `
    with letter as (
      update dead_letters set replayed_at = now() where id = :id and replayed_at is null
      returning event_id, subscriber
    ), forgotten as (
      delete from event_tries t using letter l where t.event_id = l.event_id and t.subscriber = l.subscriber
    )
    update outbox_events e set settled_at = null, rung_at = null, lease_until = null
    from letter l where e.id = l.event_id
    returning e.id as "eventId", l.subscriber, e.type, e.subject`,
    { id },
  );
