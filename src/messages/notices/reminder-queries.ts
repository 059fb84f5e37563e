/** SQL between notices and the ladder of payment notices, and on what was paid. */
import type { Fen } from "#src/kernel/money.ts";
import type { Sql } from "#src/platform/sql.ts";
import { HOME_JOINS, HOME_LABEL } from "./audience-queries.ts";

/** Notices that a pass of the ladder raised name it as their source. */
export const REMINDER_SOURCE = "reminder-run:";

const runsOf = `
  select id as "noticeId", substr(source, ${REMINDER_SOURCE.length + 1})::bigint as "runId"
  from notices where id = any(:noticeIds::bigint[]) and source ~ '^${REMINDER_SOURCE}[0-9]{1,18}$'`;
export const findRunsOfNotices = (sql: Sql, noticeIds: readonly bigint[]) =>
  sql.rows<{ noticeId: bigint; runId: bigint }>(runsOf, { noticeIds });

export type FailedHome = {
  readonly messageId: bigint;
  readonly channel: string;
  readonly state: string;
  readonly runId: bigint;
  readonly accountId: bigint;
  readonly buildingId: bigint;
};

// A message about several homes failed all of them, except those that it left out.
const failedHomes = `
  select message.id as "messageId", message.channel, message.state, substr(notice.source, ${REMINDER_SOURCE.length + 1})::bigint as "runId",
    told.account_id as "accountId", home.building_id as "buildingId"
  from messages message
  join notices notice on message.regarding = 'notice:' || notice.id and notice.source ~ '^${REMINDER_SOURCE}[0-9]{1,18}$'
  cross join lateral (
    select named.account_id from message_homes named where named.message_id = message.id and named.left_out = ''
    union
    select message.account_id where message.home_count = 0) told
  join heat_accounts account on account.id = told.account_id
  join premises home on home.id = account.premises_id
  where message.id = any(:messageIds::bigint[]) and message.purpose = 'payment-notice'
    and message.state in ('rejected', 'undelivered', 'expired', 'skipped')
  order by message.id, told.account_id`;
/** Homes that a reminder should have told and did not. */
export const findFailedHomes = (sql: Sql, messageIds: readonly bigint[]): Promise<FailedHome[]> =>
  sql.rows<FailedHome>(failedHomes, { messageIds });

const settledCalls = `
  select task.source from tasks task
  where task.account_id = any(:accountIds::bigint[]) and task.kind = :kind and task.state = 'open'
    and not exists (select 1 from bills bill where bill.account_id = task.account_id
      and bill.state in ('offered', 'due') and bill.paid_fen < bill.amount_fen)
  order by task.id`;
/** Open tasks of a kind about accounts that have nothing to pay any more. */
export const findSettledCalls = async (
  sql: Sql,
  query: { readonly accountIds: readonly bigint[]; readonly kind: string },
): Promise<string[]> => (await sql.rows<{ source: string }>(settledCalls, query)).map(({ source }) => source);

const accountsOfPayments = `
  select distinct account_id as id from payments where id = any(:paymentIds::bigint[]) order by 1`;
export const findPayingAccounts = async (sql: Sql, paymentIds: readonly bigint[]): Promise<bigint[]> =>
  (await sql.rows<{ id: bigint }>(accountsOfPayments, { paymentIds })).map(({ id }) => id);

const MOBILE_OF = `exists (select 1 from person_phones phone where phone.person_id = role.person_id and phone.kind = 'mobile'
  and phone.confirmed is distinct from false)`;
const MAIL_OF = `exists (select 1 from person_mails mail where mail.person_id = role.person_id
  and mail.confirmed is distinct from false)`;
const PAYING = (way: string): string => `select role.person_id from account_roles role
    where role.account_id = paid.account_id and role.valid @> :paidOn::date and role.role in ('payer', 'owner') and ${way}`;

/** Who paid, one row a home: the payer, else the owner, if there is a mobile to write to; by mail whoever has none of these. */
export const receiptSelect = (channel: "sms" | "email"): string => `
  select 'person:' || payer.person_id as recipient, payer.person_id, paid.account_id, ${HOME_LABEL} as label,
    jsonb_build_object('amount', to_char(sum(paid.amount_fen) over (partition by payer.person_id) / 100.0,
      'FM999999999990.00')) as variables
  from (select payment.account_id, sum(payment.amount_fen) as amount_fen from payments payment
    where payment.id = any(:paymentIds::bigint[]) and payment.state = 'posted' group by payment.account_id) paid
  join heat_accounts account on account.id = paid.account_id ${HOME_JOINS}
  cross join lateral (${PAYING(channel === "sms" ? MOBILE_OF : MAIL_OF)}
    order by role.role desc, role.id limit 1) payer
  ${channel === "sms" ? "" : `where not exists (${PAYING(MOBILE_OF)})`}`;

const toldOfPayment = `
  select message.recipient, message.channel, message.locale, payment.account_id as "accountId", payment.amount_fen as "amountFen",
    ${HOME_LABEL} as home
  from payments payment join heat_accounts account on account.id = payment.account_id ${HOME_JOINS}
  cross join lateral (
    select own.id from messages own where own.account_id = payment.account_id and own.purpose = 'payment-receipt'
    union select named.message_id from message_homes named
      where named.account_id = payment.account_id and named.left_out = '') about
  join messages message on message.id = about.id and message.template = 'payment-received'
    and message.step ~ '^payments:[0-9]{1,18}-[0-9]{1,18}$'
    and message.state in ('calling', 'accepted', 'unknown', 'delivered')
  where payment.id = :paymentId
    and payment.id between split_part(substr(message.step, 10), '-', 1)::bigint
      and split_part(substr(message.step, 10), '-', 2)::bigint
    and not exists (select 1 from message_homes named where named.message_id = message.id
      and named.account_id = payment.account_id and named.left_out <> '')
  order by message.id limit 1`;
/** Whom we told that this payment arrived; null when nobody knows of it from us. */
export const findToldOfPayment = (sql: Sql, paymentId: bigint) =>
  sql.maybeOne<{
    recipient: string;
    channel: "sms" | "email" | "voice";
    locale: "zh-CN" | "en";
    accountId: bigint;
    amountFen: Fen;
    home: string;
  }>(toldOfPayment, { paymentId });

const standing = `
  select asked.message_id as "messageId", asked.account_id as "accountId"
  from unnest(:messageIds::bigint[], :accountIds::bigint[], :firstIds::bigint[], :lastIds::bigint[])
    asked (message_id, account_id, first_id, last_id)
  where not exists (select 1 from payments payment where payment.account_id = asked.account_id
    and payment.id between asked.first_id and asked.last_id and payment.state = 'posted')`;
/** Homes of messages about payments of which none stands any more. */
export const findTakenBack = (
  sql: Sql,
  asked: {
    readonly messageIds: readonly bigint[];
    readonly accountIds: readonly bigint[];
    readonly firstIds: readonly bigint[];
    readonly lastIds: readonly bigint[];
  },
) => sql.rows<{ messageId: bigint; accountId: bigint }>(standing, asked);

// A notice that nobody has begun, or whose message is still on its way, is no word yet; one that was thrown away neither. Only a report of
// its delivery says that a message can have been read, and a call or visit has told what its result says.
const toldOfClosing = `
  with asked as (select unnest(:accountIds::bigint[]) as account_id),
  sent as (
    select asked.account_id, notice.state as notice_state, message.id as message_id, message.state, message.settled_at,
      recipient.account_id is not null as listed, recipient.gap,
      coalesce((select left_home.left_out from message_homes left_home where left_home.message_id = message.id
        and left_home.account_id = asked.account_id), '') as left_out
    from asked
    join dunning_entries entry on entry.account_id = asked.account_id and entry.season_id = :season::smallint
    join dunning_runs run on run.id = entry.run_id
    join dunning_stages stage on stage.ladder_id = run.ladder_id and stage.rank = run.rank and stage.audience = 'closable'
    left join notices notice on notice.source = '${REMINDER_SOURCE}' || run.id
    left join notice_recipients recipient on recipient.notice_id = notice.id and recipient.account_id = asked.account_id
    left join messages message on message.regarding = 'notice:' || notice.id
      and message.account_id = recipient.lead_account_id
  ),
  words as (
    select account_id, case when state = 'delivered' and settled_at < :until::timestamptz and left_out = ''
        then settled_at end as told_at, 'message:' || message_id as told_by,
      coalesce(notice_state, 'draft') in ('draft', 'waiting', 'approved', 'cancelled')
        or (listed and gap = '' and state is null and notice_state in ('running', 'paused'))
        or state in ('queued', 'claimed', 'calling', 'unknown') or (state = 'accepted' and settled_at is null) as waiting
    from sent
    union all
    select asked.account_id, null, '', true
    from asked join tasks task on task.account_id = asked.account_id and task.state = 'open' and task.kind = :call
      and task.details ->> 'audience' = 'closable'
    union all
    select asked.account_id, task.closed_at, 'task:' || task.id, false
    from asked join tasks task on task.account_id = asked.account_id and task.state = 'done' and task.result = 'told'
      and task.closed_at < :until::timestamptz
    where task.source like 'account:' || asked.account_id || ':season:' || :season::smallint || ':%'
      and (task.kind = :visit or (task.kind = :call and task.details ->> 'audience' = 'closable'))
  )
  select account_id as "accountId", (min(told_at) at time zone 'Asia/Shanghai')::date::text as "toldOn",
    coalesce((array_agg(told_by order by told_at) filter (where told_at is not null))[1], '') as "toldBy",
    coalesce(bool_or(waiting), false) as waiting
  from words group by account_id`;
/** Of these accounts, who was told of the closing of the valve before an instant, and whose notice or call is on its way. */
export const findToldOfClosing = (
  sql: Sql,
  query: {
    readonly accountIds: readonly bigint[];
    readonly season: number;
    readonly until: Date;
    readonly call: string;
    readonly visit: string;
  },
) =>
  sql.rows<{ accountId: bigint; toldOn: string | null; toldBy: string; waiting: boolean }>(
    toldOfClosing,
    query,
  );
