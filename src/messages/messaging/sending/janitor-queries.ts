/** SQL of the janitor: leases that ran out, messages to ask about, and those that a person has to decide. */
import type { Sql } from "#src/platform/sql.ts";
import type { MessageChannel } from "../outbox-queries.ts";

const JOB_OF = `select 1 from message_jobs job where job.fence = m.fence and m.id = any(job.message_ids)`;
const claimsLost = `
  with lost as (
    select m.id, (exists (${JOB_OF}))::integer as failed from messages m
    where m.channel = any(:channels::text[]) and m.state = 'claimed' and m.lease_until < now()
      and not exists (${JOB_OF} and job.lease_until >= now())
    order by m.id limit :limit for update of m skip locked
  )
  update messages m set failed_jobs = m.failed_jobs + lost.failed,
    state = case when m.failed_jobs + lost.failed >= :most then 'rejected' else 'queued' end,
    reason = case when m.failed_jobs + lost.failed >= :most then 'workers-die-of-it' else m.reason end,
    settled_at = case when m.failed_jobs + lost.failed >= :most then :now::timestamptz end,
    lease_until = null, changed_at = :now
  from lost where m.id = lost.id returning m.id, m.state`;
/**
 * Claimed, and no job is at work on it: its job was lost or waited too long in the queue, or died with it. It goes again, unless
 * jobs died with it too often; waiting counts nothing.
 */
export const releaseLostClaims = (
  sql: Sql,
  row: { channels: readonly MessageChannel[]; most: number; limit: number; now: Date },
) => sql.rows<{ id: bigint; state: "queued" | "rejected" }>(claimsLost, row);

const callsLost = `
  with lost as (
    select id from messages where channel = any(:channels::text[]) and state = 'calling' and lease_until < now()
    order by id limit :limit for update skip locked
  )
  update messages m set state = 'unknown', reason = 'worker-died', lease_until = null, changed_at = :now, asks = 0,
    ask_at = m.called_at + :askAfterMs * interval '1 millisecond'
  from lost where m.id = lost.id returning m.id`;
/** Called, and nobody wrote down the answer: nobody knows, and nothing sends it again by itself. */
export const markCallsUnknown = (
  sql: Sql,
  row: { channels: readonly MessageChannel[]; askAfterMs: number; limit: number; now: Date },
) => sql.rows<{ id: bigint }>(callsLost, row);

export type Asked = {
  readonly id: bigint;
  readonly channel: MessageChannel;
  readonly provider: string;
  readonly state: "unknown" | "accepted";
  readonly address: string;
  readonly providerMessageId: string | null;
  readonly calledAt: Date;
  readonly answeredAt: Date | null;
  readonly asks: number;
  readonly replays: number;
  readonly others: readonly string[];
  readonly hasRival: boolean;
};

/** Wider than an adapter looks around a call. */
const NEAR = `interval '10 minutes'`;
const NEAR_OTHER = `other.address = m.address and other.address <> '' and other.id <> m.id and other.provider = m.provider
    and other.called_at between m.called_at - ${NEAR} and m.called_at + ${NEAR}`;

/** A provider that asked us to wait, or that a person stopped, is asked nothing meanwhile. */
const takeToAsk = `
  with due as (
    select id from messages asked where ask_at <= :now and state in ('unknown', 'accepted')
      and not exists (select 1 from message_gates gate where gate.channel = asked.channel and gate.provider = asked.provider
        and (gate.paused_until > :now or gate.stopped_reason <> ''))
    order by ask_at limit :limit for update skip locked
  )
  update messages m set ask_at = :again, asks = m.asks + 1
  from due where m.id = due.id
  returning m.id, m.channel, m.provider, m.state, m.address, m.provider_message_id as "providerMessageId",
    coalesce(m.called_at, m.changed_at) as "calledAt", m.answered_at as "answeredAt", m.asks, m.replays,
    case when m.provider_message_id is null then array(
      select other.provider_message_id from messages other where ${NEAR_OTHER} and other.provider_message_id is not null)
      else '{}' end as others,
    m.provider_message_id is null and exists (select 1 from messages other where ${NEAR_OTHER}
      and other.provider_message_id is null
      and other.state not in ('queued', 'claimed', 'rejected', 'skipped', 'cancelled')) as "hasRival"`;
/** Those whose provider is to be asked now; taken for as long as asking lasts, and counted as asked. */
export const claimToAsk = (sql: Sql, row: { now: Date; again: Date; limit: number }) =>
  sql.rows<Asked>(takeToAsk, row);

const next = `
  update messages m set ask_at = n.ask_at,
    decide_since = case when n.decides and m.state = 'unknown' then date_trunc('hour', :now::timestamptz) end
  from unnest(:ids::bigint[], :askAts::timestamptz[], :decides::boolean[]) n (id, ask_at, decides)
  where m.id = n.id and m.state in ('unknown', 'accepted')`;
/** When they are asked about again, or that a person has to decide. */
export const setNextAsk = (
  sql: Sql,
  rows: readonly { readonly id: bigint; readonly askAt: Date | null; readonly decides: boolean }[],
  now: Date,
) =>
  sql.run(next, {
    now,
    ids: rows.map((one) => one.id),
    askAts: rows.map((one) => one.askAt),
    decides: rows.map((one) => one.decides),
  });

const absent = `
  update messages set state = 'queued', reason = 'provider-never-had-it', not_before = least(not_before, :now::timestamptz),
    ask_at = null, asks = 0, decide_since = null, called_at = null, changed_at = :now
  where id = any(:ids::bigint[]) and state = 'unknown' and provider_message_id is null returning id`;
/** The provider is certain that it never had them: they go again, and nobody was blind. */
export const queueAbsent = (sql: Sql, row: { ids: readonly bigint[]; now: Date }) =>
  sql.rows<{ id: bigint }>(absent, row);

const undecided = `
  select provider, decide_since as "since", count(*)::integer as count from messages
  where decide_since is not null and decide_since >= :since group by provider, decide_since`;
/** Groups that wait for a person: by provider and the hour since when. */
export const findUndecided = (sql: Sql, since: Date) =>
  sql.rows<{ provider: string; since: Date; count: number }>(undecided, { since });
