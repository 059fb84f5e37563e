/** SQL of the channels' gates and of claiming. */
import type { Sql } from "#src/platform/sql.ts";
import type { MessageChannel } from "../outbox-queries.ts";
import type { BreakerState, Gate } from "./breaker.ts";

const COLUMNS = `channel, provider, rate_per_second as "ratePerSecond", milli_tokens as "milliTokens",
  tokens_at as "tokensAt", paused_until as "pausedUntil", stopped_reason as "stoppedReason", breaker, failures, openings,
  open_until as "openUntil", claims_from as "claimsFrom", version`;

type GateKey = { readonly channel: MessageChannel; readonly provider: string };

const addGate = `
  insert into message_gates (channel, provider) values (:channel, :provider) on conflict do nothing`;
export const ensureGate = (sql: Sql, key: GateKey) => sql.run(addGate, key);

const freeGate = `
  select ${COLUMNS} from message_gates where channel = :channel and provider = :provider for update skip locked`;
/** Null when another process is claiming for it. */
export const lockFreeGate = (sql: Sql, key: GateKey) => sql.maybeOne<Gate>(freeGate, key);

const gateNow = `select ${COLUMNS} from message_gates where channel = :channel and provider = :provider`;
export const findGate = (sql: Sql, key: GateKey) => sql.maybeOne<Gate>(gateNow, key);
const lockedGate = `${gateNow} for update`;
export const lockGate = (sql: Sql, key: GateKey) => sql.maybeOne<Gate>(lockedGate, key);

const takeTokens = `
  update message_gates set milli_tokens = :milliTokens, tokens_at = :now,
    breaker = case when breaker = 'open' then 'half-open' else breaker end,
    open_until = case when breaker = 'closed' then open_until else :trialUntil::timestamptz end
  where channel = :channel and provider = :provider`;
/** Counts what goes out; a broken channel is on trial from now on, until its answer or `trialUntil`. */
export const spendTokens = (sql: Sql, row: GateKey & { milliTokens: bigint; now: Date; trialUntil: Date }) =>
  sql.run(takeTokens, row);

const writeOutcome = `
  update message_gates set breaker = :breaker, failures = :failures, openings = :openings, open_until = :openUntil,
    paused_until = greatest(paused_until, :limitedUntil::timestamptz),
    last_trouble = case when :trouble = '' then last_trouble else :trouble end,
    last_trouble_at = case when :trouble = '' then last_trouble_at else :now::timestamptz end,
    changed_at = :now
  where channel = :channel and provider = :provider`;
export const writeGate = (
  sql: Sql,
  row: GateKey & BreakerState & { limitedUntil: Date | null; trouble: string; now: Date },
) => sql.run(writeOutcome, row);

type Counted = { readonly now: Date };

const rate = `
  update message_gates set rate_per_second = :ratePerSecond, milli_tokens = 0, tokens_at = :now, version = version + 1,
    claims_from = case when :ratePerSecond is distinct from rate_per_second and :ratePerSecond::integer is not null
      then nextval('message_fences')::integer else claims_from end,
    changed_at = :now
  where channel = :channel and provider = :provider returning version`;
/** Under the lock of the gate. What was claimed before goes back: the rate holds for it too, unless there is none any more. */
export const setRate = (sql: Sql, row: GateKey & Counted & { ratePerSecond: number | null }) =>
  sql.one<{ version: number }>(rate, row);

const stopped = `
  update message_gates set stopped_reason = :reason, version = version + 1, changed_at = :now
  where channel = :channel and provider = :provider returning version`;
/** `''` lets it go on. */
export const setStopped = (sql: Sql, row: GateKey & Counted & { reason: string }) =>
  sql.one<{ version: number }>(stopped, row);

const closed = `
  update message_gates set breaker = 'closed', failures = 0, openings = 0, open_until = null, paused_until = null,
    version = version + 1, changed_at = :now
  where channel = :channel and provider = :provider returning version`;
/** Ends a pause and closes the breaker. */
export const tryGate = (sql: Sql, row: GateKey & Counted) => sql.one<{ version: number }>(closed, row);

/**
 * The first by order of each priority, as `claim` takes them: to whether there is one at all the planner answers by reading all
 * messages, dozens of times a second, as long as most of them are queued.
 */
const anythingDue = `
  select asked.channel from unnest(:channels::text[]) asked (channel)
  where exists (select 1 from unnest(:priorities::smallint[]) level (priority)
    cross join lateral (
      select m.id from messages m
      where m.state = 'queued' and m.channel = asked.channel and m.priority = level.priority and m.not_before <= :now
      order by m.not_before, m.id limit 1) found)
    and not (select sending_held from database_facts)`;
/** Channels of which something is due; none while this database sends nothing. */
export const findDueChannels = async (
  sql: Sql,
  query: { channels: readonly MessageChannel[]; priorities: readonly number[]; now: Date },
): Promise<MessageChannel[]> =>
  (await sql.rows<{ channel: MessageChannel }>(anythingDue, query)).map((row) => row.channel);

const underWay = `
  select count(*)::integer as count from (
    select 1 from messages where channel = :channel and lease_until is not null limit :most) busy`;
export const countUnderWay = async (
  sql: Sql,
  query: { channel: MessageChannel; most: number },
): Promise<number> => (await sql.one<{ count: number }>(underWay, query)).count;

const urgentUnderWay = `
  select count(*)::integer as count from messages
  where channel = :channel and lease_until is not null and priority = any(:priorities::smallint[])`;
/** Read only while the window is full. */
export const countUrgentUnderWay = async (
  sql: Sql,
  query: { channel: MessageChannel; priorities: readonly number[] },
): Promise<number> => (await sql.one<{ count: number }>(urgentUnderWay, query)).count;

const nextFence = `select nextval('message_fences')::integer as fence`;
export const takeFence = async (sql: Sql): Promise<number> =>
  (await sql.one<{ fence: number }>(nextFence)).fence;

/** Walks through the priorities, so that what waits for its hour is never read for what is due. */
const claim = `
  with due as (
    select found.id from unnest(:priorities::smallint[]) with ordinality level (priority, n)
    cross join lateral (
      select m.id from messages m
      where m.state = 'queued' and m.channel = :channel and m.priority = level.priority and m.not_before <= :now
      order by m.not_before, m.id limit :limit for update skip locked) found
    limit :limit
  )
  update messages m set state = 'claimed', fence = :fence, changed_at = :now,
    lease_until = now() + :leaseMs * interval '1 millisecond'
  from due where m.id = due.id
  returning m.id, m.priority, m.failed_jobs as "failedJobs"`;
export type ClaimedRow = { readonly id: bigint; readonly priority: number; readonly failedJobs: number };
export const claimDue = (
  sql: Sql,
  query: {
    channel: MessageChannel;
    priorities: readonly number[];
    now: Date;
    limit: number;
    fence: number;
    leaseMs: number;
  },
) => sql.rows<ClaimedRow>(claim, query);

const giveBack = `
  update messages set state = 'queued', lease_until = null, changed_at = :now
  where id = any(:ids::bigint[]) and fence = :fence and state = 'claimed'`;
/** What was claimed and could not be rung, or may not go now. */
export const releaseClaimed = (sql: Sql, row: { ids: readonly bigint[]; fence: number; now: Date }) =>
  sql.run(giveBack, row);
