/** SQL of figures: what waits and how long, what the channels may do, what was spent. */
import type { Sql } from "#src/platform/sql.ts";
import type { MessageChannel } from "../outbox-queries.ts";

export type ChannelFigures = {
  readonly channel: MessageChannel;
  /** Due and not claimed. */
  readonly backlog: number;
  readonly oldestSeconds: number;
  readonly underWay: number;
};

/** Read from the partial indexes, which hold only what is open. */
const backlog = `
  select c.channel, coalesce(due.count, 0)::integer as backlog,
    coalesce(greatest(extract(epoch from :now::timestamptz - due.oldest), 0), 0)::float8 as "oldestSeconds",
    coalesce(busy.count, 0)::integer as "underWay"
  from unnest(array['sms', 'email', 'voice']) c (channel)
  left join (select channel, count(*) as count, min(not_before) as oldest from messages
    where state = 'queued' and not_before <= :now group by channel) due on due.channel = c.channel
  left join (select channel, count(*) as count from messages
    where lease_until is not null group by channel) busy on busy.channel = c.channel
  order by c.channel`;
export const readBacklog = (sql: Sql, now: Date) => sql.rows<ChannelFigures>(backlog, { now });

export type GateFigures = {
  readonly channel: MessageChannel;
  readonly provider: string;
  readonly ratePerSecond: number | null;
  readonly pausedUntil: Date | null;
  readonly stoppedReason: string;
  readonly breaker: "closed" | "open" | "half-open";
  readonly failures: number;
  readonly openUntil: Date | null;
  readonly lastTrouble: string;
  readonly lastTroubleAt: Date | null;
  readonly undecided: number;
  readonly version: number;
};

const gates = `
  select g.channel, g.provider, g.rate_per_second as "ratePerSecond", g.paused_until as "pausedUntil",
    g.stopped_reason as "stoppedReason", g.breaker, g.failures, g.open_until as "openUntil",
    g.last_trouble as "lastTrouble", g.last_trouble_at as "lastTroubleAt", g.version,
    (select count(*)::integer from messages m where m.provider = g.provider and m.decide_since is not null) as undecided
  from message_gates g order by g.channel, g.provider`;
export const readGates = (sql: Sql) => sql.rows<GateFigures>(gates);

const dead = `
  select (select count(*)::integer from messages where state = 'rejected') as rejected,
    (select count(*)::integer from messages where decide_since is not null) as undecided`;
export const countDead = (sql: Sql) => sql.one<{ rejected: number; undecided: number }>(dead);

export type CostRow = {
  readonly month: string;
  readonly purpose: string;
  readonly channel: MessageChannel;
  readonly provider: string;
  readonly messages: number;
  readonly segments: bigint;
  readonly costMilliFen: bigint;
  /** Messages of which the provider never said what they cost. */
  readonly unpriced: number;
  /** Of those: their charged parts by the price of the contract. */
  readonly estimatedMilliFen: bigint;
};

const costs = `
  select to_char(called_at at time zone 'Asia/Shanghai', 'YYYY-MM') as month, purpose, channel, provider,
    count(*)::integer as messages, coalesce(sum(segments), 0)::bigint as segments,
    coalesce(sum(cost_milli_fen), 0)::bigint as "costMilliFen",
    (count(*) filter (where cost_milli_fen is null))::integer as unpriced,
    (coalesce(sum(segments) filter (where cost_milli_fen is null and channel = 'sms'), 0) * :segmentMilliFen)::bigint
      as "estimatedMilliFen"
  from messages
  where called_at >= :from and called_at < :until and state in ('accepted', 'delivered', 'undelivered', 'expired')
  group by 1, 2, 3, 4 order by 1, 2, 3, 4`;
/** By month of the call, purpose, channel and provider. */
export const readCosts = (sql: Sql, query: { from: Date; until: Date; segmentMilliFen: bigint }) =>
  sql.rows<CostRow>(costs, query);
