/** SQL between notices and the ladder of payment notices, and on what was paid. */
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
  readonly state: string;
  readonly runId: bigint;
  readonly accountId: bigint;
  readonly buildingId: bigint;
};

// A message about several homes failed all of them, except those that it left out.
const failedHomes = `
  select message.id as "messageId", message.state, substr(notice.source, ${REMINDER_SOURCE.length + 1})::bigint as "runId",
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
    and message.state in ('rejected', 'undelivered', 'expired')
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

/** Who paid, one row a home: the payer, else the owner, if there is a mobile to write to. */
export const RECEIPT_SELECT = `
  select 'person:' || payer.person_id as recipient, payer.person_id, paid.account_id, ${HOME_LABEL} as label,
    jsonb_build_object('amount', to_char(sum(paid.amount_fen) over (partition by payer.person_id) / 100.0,
      'FM999999999990.00')) as variables
  from (select payment.account_id, sum(payment.amount_fen) as amount_fen from payments payment
    where payment.id = any(:paymentIds::bigint[]) and payment.state = 'posted' group by payment.account_id) paid
  join heat_accounts account on account.id = paid.account_id ${HOME_JOINS}
  cross join lateral (select role.person_id from account_roles role
    where role.account_id = paid.account_id and role.valid @> :paidOn::date and role.role in ('payer', 'owner')
      and exists (select 1 from person_phones phone where phone.person_id = role.person_id and phone.kind = 'mobile'
        and phone.confirmed is distinct from false)
    order by role.role desc, role.id limit 1) payer`;

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
