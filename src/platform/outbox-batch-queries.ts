/** The SQL of handling several events at once. All of it may run twice, and beside the handling of one. */
import type { PendingEvent } from "./outbox-queries.ts";
import { type Sql, UNAWAITED } from "./sql.ts";

const lockAll = `
  with asked as materialized (
    select id, subject from outbox_events
    where id = any(:eventIds::bigint[]) and type = :type and settled_at is null and attempts <= 1 order by id
  )
  select id from asked
  where pg_try_advisory_xact_lock(hashtextextended(:subscriber || chr(31) || subject, 0))`;
/**
 * Locks the subjects that nobody else is at for this subscriber, until the transaction ends; never waits. Answers the events of
 * those. What was rung more than once may have ended a process, and is left to be counted alone.
 */
export const lockSubjects = async (
  sql: Sql,
  bindings: { readonly subscriber: string; readonly type: string; readonly eventIds: readonly bigint[] },
): Promise<bigint[]> => (await sql.rows<{ id: bigint }>(lockAll, bindings)).map((row) => row.id);

// The oldest is asked for as one value, event by event: as a join it could be planned over all receipts there are.
const takeAll = `
  with taken as (
    insert into event_receipts (event_id, subscriber)
    select e.id, :subscriber from outbox_events e
    where e.id = any(:eventIds::bigint[]) and e.settled_at is null
      and not exists (select from event_tries t where t.event_id = e.id and t.subscriber = :subscriber)
      and e.id = (
        select min(oldest.id) from outbox_events oldest
        where oldest.subject = e.subject and oldest.settled_at is null and oldest.type = any(:types::text[])
          and not exists (select from event_receipts r where r.event_id = oldest.id and r.subscriber = :subscriber)
          and not exists (select from dead_letters d
            where d.event_id = oldest.id and d.subscriber = :subscriber and d.replayed_at is null))
    order by e.id
    on conflict do nothing
    returning event_id
  )
  select e.id, e.version, e.subject, e.occurred_at as "occurredAt", e.payload
  from taken join outbox_events e on e.id = taken.event_id order by e.id`;
export type TakenEvent = Omit<PendingEvent, "type" | "attempts" | "due">;
/**
 * Writes the receipts of those events that are the oldest open one of their subject for this subscriber and have never failed,
 * and answers them. `types`: all it listens to. The subjects are locked by the caller, in a statement before this one.
 */
export const takeTogether = (
  sql: Sql,
  bindings: {
    readonly subscriber: string;
    readonly types: readonly string[];
    readonly eventIds: readonly bigint[];
  },
): Promise<TakenEvent[]> => sql.rows(takeAll, bindings);

const settleAll = `
  with settled as (
    update outbox_events e set settled_at = now(), lease_until = null, rung_at = coalesce(e.rung_at, now())
    from (
      select id from outbox_events where id = any(:eventIds::bigint[]) and settled_at is null
      order by id for no key update
    ) mine
    where e.id = mine.id and (
      select count(*) from unnest(:subscribers::text[]) s (name)
      where not exists (select from event_receipts r where r.event_id = e.id and r.subscriber = s.name)
        and not exists (select from dead_letters d
          where d.event_id = e.id and d.subscriber = s.name and d.replayed_at is null)) = 0
      and ${UNAWAITED}
    returning e.id
  ), forgotten as (
    -- Whoever was rung for it beside the batch has begun to count and then found the subject taken.
    delete from event_tries t using settled where t.event_id = settled.id
  )
  select e.id from outbox_events e
  where e.subject in (select subject from outbox_events where id = any(:eventIds::bigint[]))
    and e.settled_at is null and e.type = any(:types::text[]) and e.id not in (select id from settled)
  order by e.id`;
/**
 * Settles those events of one type that every subscriber has a receipt for or has buried. Answers what is still open of their
 * subjects in the types that these subscribers listen to, the oldest first: what was not taken, and what came meanwhile.
 */
export const settleTogether = async (
  sql: Sql,
  bindings: {
    readonly eventIds: readonly bigint[];
    readonly subscribers: readonly string[];
    readonly types: readonly string[];
  },
): Promise<bigint[]> => (await sql.rows<{ id: bigint }>(settleAll, bindings)).map((row) => row.id);
