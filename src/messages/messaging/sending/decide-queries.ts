/** SQL of what people decide about messages, and of the lists they decide from. */
import type { Sql } from "#src/platform/sql.ts";
import {
  accountNoSeen,
  accountSeen,
  type MessageChannel,
  MESSAGE_SEEN,
  type MessageState,
} from "../outbox-queries.ts";

export type Reach = { scopeKind: string; scopeIds: readonly bigint[]; scopeDay: string };

export type DecidableMessage = {
  readonly id: bigint;
  readonly state: MessageState;
  readonly provider: string;
  readonly askAt: Date | null;
  readonly decideSince: Date | null;
};

const lockSome = `
  select m.id, m.state, m.provider, m.ask_at as "askAt", m.decide_since as "decideSince" from messages m
  where m.id = any(:ids::bigint[]) and ${MESSAGE_SEEN} order by m.id for update`;
export const lockVisibleMessages = (sql: Sql, query: Reach & { ids: readonly bigint[] }) =>
  sql.rows<DecidableMessage>(lockSome, query);

const decided = `
  update messages set state = :state, reason = :reason, decide_since = null, ask_at = null, changed_at = :now,
    settled_at = :now
  where id = any(:ids::bigint[])`;
export const settleByPerson = (
  sql: Sql,
  row: { ids: readonly bigint[]; state: "delivered" | "undelivered"; reason: string; now: Date },
) => sql.run(decided, row);

const again = `
  with past as (
    update message_receipts set past = true where message_id = any(:ids::bigint[]) and not past
  )
  update messages set state = 'queued', reason = '', not_before = :now, attempts = 0, failed_jobs = 0, asks = 0, ask_at = null,
    past_provider_ids = array_remove(past_provider_ids || provider_message_id, null), decide_since = null, provider_message_id = null, called_at = null, answered_at = null, settled_at = null,
    replays = replays + 1, changed_at = :now, expires_at = case when expires_at > :now then expires_at end
  where id = any(:ids::bigint[])`;
/** Queued anew by a person's word; what was too late for it is the person's to know. */
export const queueAgain = (sql: Sql, row: { ids: readonly bigint[]; now: Date }) => sql.run(again, row);

const stillUndecided = `
  select exists (select 1 from messages where provider = :provider and decide_since = :since) as waits`;
export const isUndecided = async (sql: Sql, key: { provider: string; since: Date }): Promise<boolean> =>
  (await sql.one<{ waits: boolean }>(stillUndecided, key)).waits;

const one = `
  select m.id, m.purpose, m.channel, m.recipient, m.address, ${accountNoSeen("acc")} as "accountNo", m.regarding, m.template,
    m.template_version as "templateVersion", m.locale, m.state, m.reason, m.attempts, m.replays, m.provider, m.segments,
    m.cost_milli_fen as "costMilliFen", m.not_before as "notBefore", m.expires_at as "expiresAt",
    m.queued_at as "queuedAt", m.called_at as "calledAt", m.answered_at as "answeredAt", m.settled_at as "settledAt",
    m.decide_since as "decideSince", m.changed_at as "changedAt"
  from messages m left join heat_accounts acc on acc.id = m.account_id
  where m.id = :id and ${MESSAGE_SEEN}`;
export type MessageDetail = {
  readonly id: bigint;
  readonly purpose: string;
  readonly channel: MessageChannel;
  readonly recipient: string;
  /** That was called; '' before. */
  readonly address: string;
  readonly accountNo: string | null;
  readonly regarding: string;
  readonly template: string;
  readonly templateVersion: string;
  readonly locale: string;
  readonly state: MessageState;
  readonly reason: string;
  readonly attempts: number;
  readonly replays: number;
  readonly provider: string;
  readonly segments: number | null;
  readonly costMilliFen: bigint | null;
  readonly notBefore: Date;
  readonly expiresAt: Date | null;
  readonly queuedAt: Date;
  readonly calledAt: Date | null;
  readonly answeredAt: Date | null;
  readonly settledAt: Date | null;
  readonly decideSince: Date | null;
  readonly changedAt: Date;
};
export const findVisibleMessage = (sql: Sql, query: Reach & { id: bigint }) =>
  sql.maybeOne<MessageDetail>(one, query);

const homesOf = `
  select acc.account_no as "accountNo", h.label, h.left_out as "leftOut",
    ${accountSeen("h.account_id")} as mine
  from message_homes h left join heat_accounts acc on acc.id = h.account_id where h.message_id = :id order by h.ordinal`;
export type HomeOfMessage = {
  readonly accountNo: string | null;
  readonly label: string;
  readonly leftOut: string;
  /** Within the reader's areas. */
  readonly mine: boolean;
};
export const findHomes = (sql: Sql, query: Reach & { id: bigint }) => sql.rows<HomeOfMessage>(homesOf, query);
