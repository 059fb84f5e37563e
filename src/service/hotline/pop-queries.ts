/** SQL of the screen pop: who is behind a number, and what was spoken about last. */
import { accountScope } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { Reach } from "./call-back-queries.ts";
import type { CallOutcome } from "./call-fold.ts";
import { VISIBLE_CALL } from "./call-queries.ts";

type Scoped = { readonly scopeKind: string; readonly scopeIds: readonly bigint[]; readonly scopeDay: string };

export type HouseholdRow = {
  readonly accountId: bigint;
  readonly accountNo: string;
  readonly address: string;
  readonly buildingId: bigint;
  readonly personName: string;
  readonly personKind: "person" | "organisation";
  readonly role: "owner" | "payer" | "tenant";
  readonly care: boolean;
};

/** Households of a number within the scope, one row each, the owner's before the tenant's. A number known to be wrong is nobody's. */
export const findHouseholds = (sql: Sql, query: Scoped & { number: string; limit: number }) =>
  sql.rows<HouseholdRow>(
    `select distinct on (account.account_no) account.id as "accountId", account.account_no as "accountNo",
       premises.address, premises.building_id as "buildingId", person.name as "personName",
       person.kind as "personKind", role.role,
       exists (select 1 from account_holds hold where hold.account_id = account.id and hold.kind = 'care'
         and hold.released_at is null and hold.starts_on <= :scopeDay::date
         and (hold.ends_on is null or hold.ends_on >= :scopeDay::date)) as care
     from person_phones phone
     join people person on person.id = phone.person_id
     join account_roles role on role.person_id = phone.person_id and role.valid @> :scopeDay::date
     join heat_accounts account on account.id = role.account_id and account.state <> 'closed'
     join premises on premises.id = account.premises_id
     where phone.number = :number and phone.confirmed is distinct from false and ${accountScope("account")}
     order by account.account_no, role.role limit :limit::integer`,
    query,
  );

export type ContactRow = {
  readonly callId: bigint;
  readonly direction: "inbound" | "outbound";
  readonly beganAt: Date;
  readonly outcome: CallOutcome | null;
  readonly wrapUp: string | null;
  readonly agent: string | null;
};

/** The last calls of a household that the asker may see, or of a number that has none: of those the calls within the asker's reach. */
export const findContacts = (
  sql: Sql,
  query: Reach & {
    accountId: bigint | null;
    number: string | null;
    exceptCallId: bigint | null;
    limit: number;
  },
) =>
  sql.rows<ContactRow>(
    `select c.id as "callId", c.direction, c.began_at as "beganAt", c.outcome, c.wrap_up as "wrapUp",
       agent.display_name as agent
     from ((select * from calls one where one.account_id = :accountId::bigint
         order by one.began_at desc limit :limit::integer)
       union
       (select c.* from calls c left join heat_accounts account on account.id = c.account_id
         where :accountId::bigint is null and c.number = :number::text and ${VISIBLE_CALL}
         order by c.began_at desc limit :limit::integer)) c
     left join staff_members agent on agent.id = c.agent_id
     where c.id is distinct from :exceptCallId::bigint
     order by c.began_at desc, c.id desc limit :limit::integer`,
    query,
  );

export type PaperRow = {
  readonly kind: "bill" | "receipt";
  readonly id: bigint;
  readonly season: number | null;
};

/** What can be printed of a household: its last bills, receipts and work orders. */
export const findPapers = (sql: Sql, query: { accountId: bigint; limit: number }) =>
  sql.rows<PaperRow>(
    `(select 'bill' as kind, b.id, b.season_id as season from bills b
       where b.account_id = :accountId and b.state <> 'cancelled' order by b.id desc limit :limit::integer)
     union all
     (select distinct 'receipt', r.id, null::smallint from payments p
       join receipt_payments rp on rp.payment_id = p.id join receipts r on r.id = rp.receipt_id
       where p.account_id = :accountId and r.voided_at is null order by r.id desc limit :limit::integer)
     union all
     (select 'work-order', o.id, null::smallint from work_orders o
       where o.account_id = :accountId and o.state <> 'cancelled' order by o.id desc limit :limit::integer)`,
    query,
  );

export type NoticeRow = {
  readonly id: bigint;
  readonly purpose: string;
  /** Of the notice that it belongs to; null for a message of its own. */
  readonly title: string | null;
  readonly channel: string;
  readonly state: string;
  readonly queuedAt: Date;
};

/** What we wrote to a household last, also where one message named several homes of a phone. */
export const findNotices = (sql: Sql, query: { accountId: bigint; limit: number }) =>
  sql.rows<NoticeRow>(
    `select message.id, message.purpose, notice.title, message.channel, message.state, message.queued_at as "queuedAt"
     from (
       (select id from messages where account_id = :accountId order by id desc limit :limit::integer)
       union
       (select message_id from message_homes where account_id = :accountId and left_out = ''
         order by message_id desc limit :limit::integer)) told
     join messages message on message.id = told.id
     left join notices notice on message.regarding = 'notice:' || notice.id
       and notice.id = nullif(substring(message.regarding from '^notice:([0-9]{1,18})$'), '')::bigint
     order by message.id desc limit :limit::integer`,
    query,
  );

export type ClosingRow = {
  readonly kind: "valve-closed" | "closing-list" | "planned-outage";
  /** Homes of the building that it is about; null: all of them. */
  readonly homes: number | null;
  /** Whether the household is one of them. */
  readonly own: boolean;
  readonly from: Date | null;
  readonly until: Date | null;
};

/** What is closed in a building on a day: valves that were, homes on the last list of closings, heat that stops by plan. */
export const findClosings = (
  sql: Sql,
  query: { buildingId: bigint; accountId: bigint | null; day: string; from: Date; until: Date },
) =>
  sql.rows<ClosingRow>(
    `select 'valve-closed' as kind, count(distinct change.account_id)::int as homes,
       coalesce(bool_or(change.account_id = :accountId::bigint), false) as own,
       null::timestamptz as "from", null::timestamptz as until
     from premises home join heat_accounts account on account.premises_id = home.id
     join state_changes change on change.account_id = account.id
     where home.building_id = :buildingId and change.machine = 'valve' and change.to_state in ('closed', 'sealed')
       and change.effective_on = :day::date
     having count(*) > 0
     union all
     select 'closing-list', count(distinct row.account_id)::int,
       coalesce(bool_or(row.account_id = :accountId::bigint), false), null, null
     from premises home join heat_accounts account on account.premises_id = home.id
     join closing_list_rows row on row.account_id = account.id
     where home.building_id = :buildingId and row.list_id = (select id from closing_lists
       where as_of >= :day::date - 3 and as_of <= :day::date order by as_of desc, id desc limit 1)
     having count(*) > 0
     union all
     (select 'planned-outage', null::int, true, lower(stopped.valid), upper(stopped.valid)
     from building_outages stopped join supply_outages outage on outage.id = stopped.outage_id
     where stopped.building_id = :buildingId and outage.planned and stopped.valid && tstzrange(:from, :until)
     order by lower(stopped.valid) limit 3)`,
    query,
  );
