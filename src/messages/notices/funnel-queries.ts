/**
 * SQL on what became of a notice. Nothing is counted when it happens: a household stands where its row and its message stand now,
 * so the figures of a funnel add up to its audience, and the list behind a figure has as many rows as the figure says.
 */
import { accountScope } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import { HOME_JOINS, HOME_LABEL } from "./audience-queries.ts";
import type { NoticeChannel, Outcome } from "./schema.ts";

type Reach = {
  readonly scopeKind: string;
  readonly scopeIds: readonly bigint[];
  readonly scopeDay: string;
};

// A message stands under the first of the homes that it names; one that was left out when it was called was not told.
// Counted as a whole the two sides are joined in full, which PostgreSQL does by a hash and never by a loop: a plan made before the tables
// were analysed read all messages of the notice for each of its homes, and 26,000 homes took over half a minute.
const judged = (join: "left" | "full"): string => `
  select recipient.account_id, recipient.lead_account_id, recipient.channel,
    coalesce(nullif(message.address, ''), recipient.contact) as contact, message.id as message_id,
    message.segments, message.changed_at, message.cost_milli_fen,
    case when message.channel = 'sms' and message.cost_milli_fen is null
      and message.state in ('accepted', 'delivered', 'undelivered', 'expired') then message.segments end as unpriced_segments,
    case when recipient.gap <> '' then 'skipped'
      when message.id is null then case when recipient.notice_state in ('stopped', 'cancelled') then 'cancelled' else 'waiting' end
      when left_home.left_out <> '' then 'skipped'
      when message.state in ('claimed', 'calling') then 'queued' else message.state end as outcome,
    case when recipient.gap <> '' then recipient.gap
      when message.id is null then case recipient.notice_state when 'stopped' then 'notice-stopped' when 'cancelled' then 'notice-cancelled'
        else '' end
      when left_home.left_out <> '' then left_home.left_out
      when message.state = 'expired' and message.reason = '' then 'no-receipt' else message.reason end as reason
  from (
    select told.account_id, told.lead_account_id, told.channel, told.contact, told.gap, notice.state as notice_state
    from notice_recipients told join notices notice on notice.id = told.notice_id
    join heat_accounts account on account.id = told.account_id
    where told.notice_id = :noticeId and ${accountScope("account")}
  ) recipient
  ${join} join (
    select id, account_id, address, segments, changed_at, cost_milli_fen, channel, state, reason, home_count from messages
    where regarding = :regarding
  ) message on message.account_id = recipient.lead_account_id
  left join message_homes left_home on message.home_count > 0 and left_home.message_id = message.id
    and left_home.account_id = recipient.account_id
  where coalesce(recipient.account_id, 0) > 0`;

export type FunnelRow = {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly channel: NoticeChannel | null;
  readonly households: number;
  readonly messages: number;
  readonly segments: number;
  readonly costMilliFen: bigint;
};
/** Money is what the provider said; of what it has not priced the charged parts at the contract's price, as in the preview. */
const funnel = `
  select outcome, reason, channel, count(*)::int as households,
    (count(*) filter (where account_id = lead_account_id and message_id is not null))::int as messages,
    coalesce(sum(segments) filter (where account_id = lead_account_id), 0)::int as segments,
    coalesce(sum(coalesce(cost_milli_fen, unpriced_segments * :segmentMilliFen::bigint))
      filter (where account_id = lead_account_id), 0)::bigint as "costMilliFen"
  from (${judged("full")}) judged group by outcome, reason, channel order by outcome, reason, channel`;
export const countFunnel = (
  sql: Sql,
  query: Reach & { noticeId: bigint; regarding: string; segmentMilliFen: bigint },
) => sql.rows<FunnelRow>(funnel, query);

export type RecipientRow = {
  readonly accountId: bigint;
  readonly accountNo: string;
  readonly home: string;
  readonly channel: NoticeChannel | null;
  readonly contact: string;
  readonly outcome: Outcome;
  readonly reason: string;
  readonly messageId: bigint | null;
  readonly changedAt: Date | null;
};
const list = `
  select judged.account_id as "accountId", account.account_no as "accountNo", ${HOME_LABEL} as home, judged.channel,
    judged.contact, judged.outcome, judged.reason, judged.message_id as "messageId", judged.changed_at as "changedAt"
  from (${judged("left")}) judged join heat_accounts account on account.id = judged.account_id ${HOME_JOINS}
  where judged.account_id > :after and (:outcomes::text[] is null or judged.outcome = any(:outcomes::text[]))
    and (:reason::text is null or judged.reason = :reason::text)
    and (:channel::text is null or judged.channel = :channel::text)
  order by judged.account_id limit :limit::integer`;
export type RecipientFilter = {
  readonly noticeId: bigint;
  readonly regarding: string;
  readonly outcomes: readonly Outcome[] | null;
  readonly reason: string | null;
  readonly channel: NoticeChannel | null;
};
export const listRecipients = (
  sql: Sql,
  query: Reach & RecipientFilter & { readonly after: bigint; readonly limit: number },
) => sql.rows<RecipientRow>(list, query);

export type ReplyRow = {
  readonly receivedId: bigint;
  readonly kind: string;
  readonly accountNo: string | null;
  readonly recordedAt: Date;
};
const REPLY_SEEN = `(:scopeKind::text = 'everything' or (account.id is not null and ${accountScope("account")}))`;
const replies = `
  select reply.received_id as "receivedId", reply.kind, account.account_no as "accountNo",
    reply.recorded_at as "recordedAt"
  from notice_replies reply left join heat_accounts account on account.id = reply.account_id
  where reply.notice_id = :noticeId and (:beforeId::bigint is null or reply.received_id < :beforeId::bigint)
    and (:kind::text is null or reply.kind = :kind::text) and ${REPLY_SEEN}
  order by reply.received_id desc limit :limit::integer`;
export const listReplies = (
  sql: Sql,
  query: Reach & { noticeId: bigint; kind: string | null; beforeId: bigint | null; limit: number },
) => sql.rows<ReplyRow>(replies, query);

const repliesByKind = `
  select reply.kind, count(*)::int as n
  from notice_replies reply left join heat_accounts account on account.id = reply.account_id
  where reply.notice_id = :noticeId and ${REPLY_SEEN} group by reply.kind order by reply.kind`;
export const countReplies = (sql: Sql, query: Reach & { noticeId: bigint }) =>
  sql.rows<{ kind: string; n: number }>(repliesByKind, query);

const forgettable = `
  select id from notices
  where contacts_forgotten_at is null and coalesce(ended_at, approved_at) < :before order by id limit 1`;
/** A notice that ended so long ago, or was approved then and never begun or never over, and still names numbers. */
export const findForgettable = (sql: Sql, before: Date) =>
  sql.maybeOne<{ id: bigint }>(forgettable, { before });

const forget = `
  with next as materialized (
    select lead_account_id, account_id from notice_recipients
    where notice_id = :noticeId and (lead_account_id, account_id) > (:leadAccountId::bigint, :accountId::bigint)
    order by lead_account_id, account_id limit :limit::integer
  ), done as (
    update notice_recipients recipient set contact = '', label = '' from next
    where recipient.notice_id = :noticeId and recipient.account_id = next.account_id and recipient.contact <> ''
    returning 1
  )
  select lead_account_id as "leadAccountId", account_id as "accountId", (select count(*) from done)::int as forgotten
  from next order by 1 desc, 2 desc limit 1`;
/**
 * Numbers, addresses and the names of homes of one notice, the next so many behind a home; households, reasons and messages stay.
 * Answers the last home it came to, null behind the last.
 */
export const forgetContacts = (
  sql: Sql,
  chunk: { noticeId: bigint; leadAccountId: bigint; accountId: bigint; limit: number },
) => sql.maybeOne<{ leadAccountId: bigint; accountId: bigint; forgotten: number }>(forget, chunk);

const forgotten = `update notices set contacts_forgotten_at = :now where id = :id`;
export const markForgotten = (sql: Sql, row: { id: bigint; now: Date }) => sql.run(forgotten, row);
