/** SQL on what we send. */
import { accountScope } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";

export const MESSAGE_STATES = [
  "queued",
  "claimed",
  "calling",
  "accepted",
  "rejected",
  "unknown",
  "delivered",
  "undelivered",
  "expired",
  "skipped",
  "cancelled",
] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];
export type MessageChannel = "sms" | "email" | "voice";

export type NewMessageRow = {
  purpose: string;
  channel: MessageChannel;
  recipient: string;
  step: string;
  personId: bigint | null;
  accountId: bigint | null;
  regarding: string;
  consent: string;
  template: string;
  locale: string;
  variables: string;
  inReplyTo: string;
  state: "queued" | "skipped";
  reason: string;
  notBefore: Date;
  expiresAt: Date | null;
  priority: number;
  quietWordBy: bigint | null;
  now: Date;
  queuedBy: bigint | null;
};

const addMessage = `
  insert into messages (purpose, channel, recipient, step, person_id, account_id, regarding, consent, template, locale,
    variables, in_reply_to, state, reason, not_before, expires_at, priority, quiet_word_by, queued_at, queued_by, changed_at)
  values (:purpose, :channel, :recipient, :step, :personId, :accountId, :regarding, :consent, :template, :locale,
    :variables::jsonb, :inReplyTo, :state, :reason, :notBefore, :expiresAt, :priority, :quietWordBy, :now, :queuedBy, :now)
  on conflict (purpose, recipient, step) do nothing
  returning id`;

/** Null when this purpose, recipient and step were queued before. */
export const insertMessage = (sql: Sql, row: NewMessageRow) => sql.maybeOne<{ id: bigint }>(addMessage, row);

const messageOfKey = `
  select id, state from messages where purpose = :purpose and recipient = :recipient and step = :step`;
export const findMessageOfKey = (sql: Sql, key: { purpose: string; recipient: string; step: string }) =>
  sql.one<{ id: bigint; state: MessageState }>(messageOfKey, key);

const takeBack = `
  update messages set state = 'cancelled', reason = :reason, changed_at = :now
  where purpose = :purpose and step = :step and state = 'queued' returning id`;
export const cancelQueued = (
  sql: Sql,
  cancel: { purpose: string; step: string; reason: string; now: Date },
) => sql.rows<{ id: bigint }>(takeBack, cancel);

const ownMessageOfKey = `
  select id, regarding, account_id as "accountId", recipient from messages where thread_key = :threadKey::uuid`;
/** The message of ours whose Message-ID holds this key. */
export const findMessageOfThreadKey = (sql: Sql, threadKey: string) =>
  sql.maybeOne<{ id: bigint; regarding: string; accountId: bigint | null; recipient: string }>(
    ownMessageOfKey,
    { threadKey },
  );

const refusal = `
  select refused from contact_refusals where recipient = :recipient and purpose = :purpose`;
export const findContactRefusal = (sql: Sql, query: { recipient: string; purpose: string }) =>
  sql.maybeOne<{ refused: boolean }>(refusal, query);

const setRefusal = `
  insert into contact_refusals (recipient, purpose, refused, source, recorded_at)
  values (:recipient, :purpose, :refused, :source, :now)
  on conflict (recipient, purpose) do update
    set refused = excluded.refused, source = excluded.source, recorded_at = excluded.recorded_at`;
export const recordContactRefusal = (
  sql: Sql,
  row: { recipient: string; purpose: string; refused: boolean; source: string; now: Date },
) => sql.run(setRefusal, row);

const countAnswer = `
  insert into automatic_answers as counted (recipient, day, answers) values (:recipient, :day, 1)
  on conflict (recipient, day) do update set answers = counted.answers + 1 where counted.answers < :cap
  returning answers`;
/** False when this recipient had its share of the day. Counts under the row's lock. */
export const takeAnswerOfDay = async (
  sql: Sql,
  row: { recipient: string; day: string; cap: number },
): Promise<boolean> => (await sql.maybeOne(countAnswer, row)) !== null;

const forgetAnswers = `
  delete from automatic_answers where ctid = any(array(
    select ctid from automatic_answers where day < :before limit :limit))`;
export const forgetAnswerCounts = (sql: Sql, row: { before: string; limit: number }) =>
  sql.run(forgetAnswers, row);

/** The row stays with its purpose, step and state. A recipient that is a person's id names nobody by itself. */
const forgetWords = `
  with old as materialized (
    select id from messages where changed_at < :before
      and state not in ('queued', 'claimed', 'calling') and (variables <> '{}' or recipient ~ '^(tel|mailto):')
    order by id limit :limit for update skip locked
  ), unnamed as (
    update message_homes h set label = '' from old where h.message_id = old.id
  )
  update messages set variables = '{}', address = '',
    recipient = case when recipient like 'person:%' then recipient else 'forgotten:' || id end
  where id = any(array(select old.id from old))`;
export const forgetSentWords = (sql: Sql, row: { before: Date; limit: number }) => sql.run(forgetWords, row);

export type MessageRow = {
  readonly id: bigint;
  readonly purpose: string;
  readonly channel: MessageChannel;
  readonly recipient: string;
  readonly accountNo: string | null;
  readonly regarding: string;
  readonly template: string;
  readonly state: MessageState;
  readonly reason: string;
  readonly notBefore: Date;
  readonly queuedAt: Date;
  readonly changedAt: Date;
};

/** Whether an account is within the reader's areas; of no account only those without bounds know. */
export const accountSeen = (id: string): string =>
  `(:scopeKind::text = 'everything' or exists (select 1 from heat_accounts seen where seen.id = ${id} and ${accountScope("seen")}))`;
/** Its number to whoever may see it. */
export const accountNoSeen = (account: string): string =>
  `case when ${accountSeen(`${account}.id`)} then ${account}.account_no end`;
/** Whether the reader may see message `m`: one of its homes is within the own areas, and a phone may have homes in two. */
export const MESSAGE_SEEN = `(${accountSeen("m.account_id")} or exists (select 1 from message_homes home
  where home.message_id = m.id and ${accountSeen("home.account_id")}))`;

// As the first of its homes or as another one; found from the account, which has few.
const OF_ACCOUNT = `m.id in (
    select own.id from heat_accounts wanted join messages own on own.account_id = wanted.id
    where wanted.account_no = :accountNo::text and ${accountScope("wanted")}
    union all
    select home.message_id from heat_accounts wanted join message_homes home on home.account_id = wanted.id
    where wanted.account_no = :accountNo::text and ${accountScope("wanted")})`;

const visible = (condition: string): string => `
  select m.id, m.purpose, m.channel, m.recipient, ${accountNoSeen("a")} as "accountNo", m.regarding, m.template, m.state,
    m.reason, m.not_before as "notBefore", m.queued_at as "queuedAt", m.changed_at as "changedAt"
  from messages m left join heat_accounts a on a.id = m.account_id
  where ${MESSAGE_SEEN} and ${condition}
    and (:state::text is null or m.state = :state::text)
    and (:purpose::text is null or m.purpose = :purpose::text)
    and (:regarding::text is null or (m.regarding <> '' and m.regarding = :regarding::text))
    and (:beforeId::bigint is null or m.id < :beforeId::bigint)
  order by m.id desc limit :limit::integer`;

const VISIBLE = visible("true");
const VISIBLE_OF_ACCOUNT = visible(OF_ACCOUNT);

/** Newest first. What belongs to no account is seen by those without bounds. */
export const listVisibleMessages = (
  sql: Sql,
  query: {
    scopeKind: string;
    scopeIds: readonly bigint[];
    scopeDay: string;
    state: MessageState | null;
    purpose: string | null;
    regarding: string | null;
    accountNo: string | null;
    beforeId: bigint | null;
    limit: number;
  },
) => sql.rows<MessageRow>(query.accountNo === null ? VISIBLE : VISIBLE_OF_ACCOUNT, query);
