/** SQL of call events and of the calls that are derived from them. */
import type { Sql } from "#src/platform/sql.ts";
import type { CallEventKind, CallOutcome, CallState, FoldedCall } from "./call-fold.ts";

/**
 * Stores what is new and notes that its calls wait to be worked on; answers the ids of the new events' calls, and how many
 * were new. The second arrival of an event meets the unique key.
 */
export const storeEvents = (sql: Sql, batch: { provider: string; events: string; now: Date }) =>
  sql.one<{ stored: bigint; calls: string[] }>(
    `with told as (
       select distinct on (e."eventId") e.* from jsonb_to_recordset(:events::jsonb) e ("eventId" text, "callId" text,
         kind text, "occurredAt" timestamptz, raw jsonb) order by e."eventId"
     ), fresh as (
       insert into call_events (provider, event_id, provider_call_id, kind, occurred_at, received_at, raw)
       select :provider, told."eventId", told."callId", told.kind, told."occurredAt", :now, told.raw from told
       order by told."eventId"
       on conflict (provider, event_id) do nothing
       returning provider_call_id
     ), waiting as (
       insert into call_events_waiting (provider, provider_call_id, since)
       select distinct :provider, fresh.provider_call_id, :now::timestamptz from fresh
       order by 2
       on conflict (provider, provider_call_id) do update set since = excluded.since
     )
     select count(*) as stored, coalesce(array_agg(distinct provider_call_id), '{}') as calls from fresh`,
    batch,
  );

/** Calls that a killed process left: their events are stored and were not worked into them. */
export const findWaiting = (sql: Sql, query: { before: Date; limit: number }) =>
  sql.rows<{ provider: string; providerCallId: string }>(
    `select provider, provider_call_id as "providerCallId" from call_events_waiting
     where since < :before order by since limit :limit::integer`,
    query,
  );

/**
 * Live calls of which the exchange told nothing more within the limits, with the end that we give them: a limit after its last
 * word. Our own ends have ids that no exchange can tell (`/`).
 */
export const findOverdue = (
  sql: Sql,
  query: { now: Date; unansweredMinutes: number; answeredMinutes: number; limit: number },
) =>
  sql.rows<CallKey & { lastAt: Date; endsAt: Date }>(
    `select c.provider, c.provider_call_id as "providerCallId", last.at as "lastAt", over.at as "endsAt"
     from calls c
     cross join lateral (select max(e.occurred_at) as at from call_events e
       where e.provider = c.provider and e.provider_call_id = c.provider_call_id
         and e.event_id not like 'nuan/%') last
     cross join lateral (select last.at + interval '1 minute' * case when c.answered_at is null
       then :unansweredMinutes::integer else :answeredMinutes::integer end as at) over
     where c.finished_at is null and c.began_at <= :now and over.at <= :now
     order by c.began_at, c.id limit :limit::integer`,
    query,
  );

export type CallKey = { readonly provider: string; readonly providerCallId: string };

/** One at a time works on a call, and on a number: the lock ends with the transaction. */
export const lockName = (sql: Sql, name: string) =>
  sql.rows(`select pg_advisory_xact_lock(hashtextextended(:name, 815032))`, { name });

export const clearWaiting = (sql: Sql, key: CallKey) =>
  sql.run(
    `delete from call_events_waiting where provider = :provider and provider_call_id = :providerCallId`,
    key,
  );

export const readEvents = (sql: Sql, key: CallKey) =>
  sql.rows<{ eventId: string; kind: CallEventKind; occurredAt: Date; raw: unknown }>(
    `select event_id as "eventId", kind, occurred_at as "occurredAt", raw from call_events
     where provider = :provider and provider_call_id = :providerCallId`,
    key,
  );

export type WorkedCall = {
  readonly id: bigint;
  readonly number: string | null;
  readonly state: CallState;
  readonly outcome: CallOutcome | null;
  readonly agentId: bigint | null;
  readonly answeredAt: Date | null;
  readonly accountId: bigint | null;
  readonly buildingId: bigint | null;
  readonly callBackId: bigint | null;
  readonly wrappedAt: Date | null;
};

const WORKED = `id, number, state, outcome, agent_id as "agentId", answered_at as "answeredAt",
  account_id as "accountId", building_id as "buildingId", call_back_id as "callBackId", wrapped_at as "wrappedAt"`;

export const findCallByKey = (sql: Sql, key: CallKey) =>
  sql.maybeOne<WorkedCall>(
    `select ${WORKED} from calls where provider = :provider and provider_call_id = :providerCallId for update`,
    key,
  );

export type CallProjection = CallKey &
  Omit<FoldedCall, "numberText" | "line"> & {
    readonly number: string | null;
    readonly line: string | null;
    readonly agentId: bigint | null;
    readonly accountId: bigint | null;
    readonly buildingId: bigint | null;
  };

/** Writes what the events say. A household that somebody has bound stays. */
export const writeCall = (sql: Sql, call: CallProjection) =>
  sql.one<WorkedCall>(
    `insert into calls as c (provider, provider_call_id, direction, number, line_code, extension, agent_id, state,
       outcome, began_at, queued_at, answered_at, finished_at, finished_by, recording, account_id,
       building_id)
     values (:provider, :providerCallId, :direction, :number, :line, :extension, :agentId::bigint, :state, :outcome,
       :beganAt, :queuedAt::timestamptz, :answeredAt::timestamptz, :finishedAt::timestamptz, :finishedBy, :recording,
       :accountId::bigint, :buildingId::bigint)
     on conflict (provider, provider_call_id) do update set direction = excluded.direction,
       number = excluded.number, line_code = excluded.line_code, extension = excluded.extension,
       agent_id = excluded.agent_id, state = excluded.state, outcome = excluded.outcome,
       began_at = excluded.began_at, queued_at = excluded.queued_at, answered_at = excluded.answered_at,
       finished_at = excluded.finished_at, finished_by = excluded.finished_by,
       recording = excluded.recording,
       account_id = coalesce(c.account_id, excluded.account_id),
       building_id = coalesce(c.building_id, excluded.building_id), version = c.version + 1
     returning ${WORKED}`,
    call,
  );

/** Who sat at the telephone at that time. */
export const findAgentAt = (sql: Sql, query: { extension: string; at: Date }) =>
  sql.maybeOne<{ staffId: bigint; sessionId: bigint }>(
    `select staff_id as "staffId", id as "sessionId" from agent_sessions
     where extension = :extension and signed_in_at <= :at::timestamptz + interval '1 minute' and (signed_out_at is null or signed_out_at > :at)
     order by id desc limit 1`,
    query,
  );

/** The one household of a number; null when it has none or several. */
export const findOnlyHousehold = (sql: Sql, query: { number: string; day: string }) =>
  sql.maybeOne<{ accountId: bigint; buildingId: bigint }>(
    `select min(account.id) as "accountId", min(premises.building_id) as "buildingId"
     from person_phones phone
     join account_roles role on role.person_id = phone.person_id and role.valid @> :day::date
     join heat_accounts account on account.id = role.account_id and account.state <> 'closed'
     join premises on premises.id = account.premises_id
     where phone.number = :number and phone.confirmed is distinct from false
     having count(distinct account.id) = 1`,
    query,
  );

export const bindCallBack = (sql: Sql, link: { callId: bigint; callBackId: bigint | null }) =>
  sql.run(`update calls set call_back_id = :callBackId::bigint where id = :callId`, link);

export const markReaching = (sql: Sql, link: { callId: bigint; callBackId: bigint }) =>
  sql.run(`update calls set reaches_call_back_id = :callBackId where id = :callId`, link);

/** The household at whose door somebody was, and when the work was done. */
export const findHouseholdOfOrder = (sql: Sql, workOrderId: bigint) =>
  sql.maybeOne<{ accountId: bigint; at: Date }>(
    `select account_id as "accountId", finished_at as at from work_orders
     where id = :workOrderId and state = 'done' and account_id is not null`,
    { workOrderId },
  );
