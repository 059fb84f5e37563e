/** SQL of call-backs. */
import { accountScope } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";

export const CALL_BACK_STATES = ["open", "reached", "called-again", "given-up", "withdrawn"] as const;
export type CallBackState = (typeof CALL_BACK_STATES)[number];
export const CALL_BACK_ORIGINS = ["lost", "requested", "cold-day"] as const;
export type CallBackOrigin = (typeof CALL_BACK_ORIGINS)[number];
export const ATTEMPT_RESULTS = ["reached", "no-answer", "busy", "wrong-number", "refused"] as const;
export type AttemptResult = (typeof ATTEMPT_RESULTS)[number];

/**
 * The open call-back of a number: a new one, or the one that is there. When a new one is carried over a quiet night, the person
 * of the roster with the fewest gets it.
 */
export const insertCallBack = (
  sql: Sql,
  row: {
    number: string;
    origin: CallBackOrigin;
    accountId: bigint | null;
    openedAt: Date;
    dueAt: Date;
    carried: boolean;
  },
) =>
  sql.maybeOne<{ id: bigint }>(
    `insert into call_backs (number, origin, account_id, opened_at, due_at, owned_at, owner_id)
     values (:number, :origin, :accountId::bigint, :openedAt, :dueAt, case when :carried::boolean then :dueAt::timestamptz end,
       case when :carried::boolean then (
         select roster.staff_id from hotline_roster roster where roster.valid @> :dueAt::timestamptz
         order by (select count(*) from call_backs other where other.owner_id = roster.staff_id
           and other.state = 'open'), roster.staff_id limit 1) end)
     on conflict (number) where state = 'open' do nothing
     returning id`,
    row,
  );

export const findOpenOfNumber = (sql: Sql, number: string) =>
  sql.maybeOne<{ id: bigint }>(
    `select id from call_backs where number = :number and state = 'open' for update`,
    { number },
  );

/** A call-back of a lost call that is now asked for: it is owed whatever becomes of the call. */
export const askForCallBack = (
  sql: Sql,
  change: { id: bigint; origin: Exclude<CallBackOrigin, "lost">; accountId: bigint | null },
) =>
  sql.maybeOne<{ id: bigint }>(
    `update call_backs set origin = :origin, account_id = coalesce(account_id, :accountId::bigint), version = version + 1
     where id = :id and state = 'open' and origin = 'lost' returning id`,
    change,
  );

/** The same, unless it was asked for or lost again after that time: a late event of an earlier call closes nothing. */
export const findOpenBefore = (sql: Sql, query: { number: string; at: Date }) =>
  sql.maybeOne<{ id: bigint }>(
    `select b.id from call_backs b where b.number = :number and b.state = 'open'
       and (b.origin = 'lost' or b.opened_at <= :at)
       and not exists (select 1 from calls c where c.call_back_id = b.id and c.finished_at > :at)
     for update of b`,
    query,
  );

/** Whoever reached the number after this time: an answered call of it, or one of ours to it. */
export const findLaterContact = (sql: Sql, query: { number: string; after: Date }) =>
  sql.maybeOne<{
    callId: bigint;
    direction: "inbound" | "outbound";
    answeredAt: Date;
    agentId: bigint | null;
  }>(
    `select id as "callId", direction, answered_at as "answeredAt", agent_id as "agentId" from calls
     where number = :number and answered_at > :after
     order by answered_at, id limit 1`,
    query,
  );

export type ClosedCallBack = { readonly id: bigint; readonly number: string };

const close = (which: string) => `
  update call_backs set state = :state, closed_at = :now, closed_by = :closedBy::bigint, reason = :reason,
    version = version + 1
  where state = 'open' and ${which} returning id, number`;

type Closing = {
  readonly state: Exclude<CallBackState, "open">;
  readonly now: Date;
  readonly closedBy: bigint | null;
  readonly reason: string;
};

const closeOne = close("id = :id");
export const closeCallBackRow = (sql: Sql, closing: Closing & { id: bigint }) =>
  sql.maybeOne<ClosedCallBack>(closeOne, closing);

/** All that waited for a household then, by a number of its people, or opened for it; not what was lost or asked for after it. */
const closeOfHousehold = close(`opened_at <= :at and not exists (
  select 1 from calls where calls.call_back_id = call_backs.id and calls.finished_at > :at) and (account_id = :accountId or number in (
  select phone.number from account_roles role join person_phones phone on phone.person_id = role.person_id
  where role.account_id = :accountId and role.valid @> :day::date))`);
export const closeHousehold = (sql: Sql, closing: Closing & { accountId: bigint; day: string; at: Date }) =>
  sql.rows<ClosedCallBack>(closeOfHousehold, closing);

/** Withdraws a call-back that no abandoned call stands behind any more. */
const withdraw = close(`id = :id and origin = 'lost' and not exists (
  select 1 from calls where calls.call_back_id = call_backs.id and calls.outcome = 'abandoned')`);
export const withdrawUnfounded = (sql: Sql, closing: Closing & { id: bigint }) =>
  sql.maybeOne<ClosedCallBack>(withdraw, closing);

export const insertAttempt = (
  sql: Sql,
  row: { callBackId: bigint; now: Date; staffId: bigint | null; result: AttemptResult; note: string },
) =>
  sql.run(
    `insert into call_back_attempts (call_back_id, attempted_at, attempted_by, result, note)
     values (:callBackId, :now, :staffId::bigint, :result, :note)`,
    row,
  );

/** The order to dial this number that the exchange fetched, and nobody has told of since. */
export const dialedSinceAttempt = async (
  sql: Sql,
  query: { callBackId: bigint; staffId: bigint | null },
): Promise<boolean> =>
  (await sql.maybeOne(
    `select 1 as one from dial_orders d where d.call_back_id = :callBackId and d.staff_id = :staffId::bigint
       and d.taken_at is not null and not exists (select 1 from call_back_attempts a
         where a.call_back_id = d.call_back_id and a.attempted_at > d.ordered_at)
     limit 1`,
    query,
  )) !== null;

export const postpone = (sql: Sql, change: { id: bigint; dueAt: Date }) =>
  sql.run(
    `update call_backs set attempts = attempts + 1, due_at = :dueAt, owner_id = null, owned_at = null, version = version + 1
     where id = :id and state = 'open'`,
    change,
  );

export type CallBackRow = {
  readonly id: bigint;
  readonly number: string;
  readonly origin: CallBackOrigin;
  readonly state: CallBackState;
  readonly accountNo: string | null;
  readonly ownerRole: string;
  readonly ownerId: bigint | null;
  readonly owner: string | null;
  readonly attempts: number;
  readonly openedAt: Date;
  readonly dueAt: Date | null;
  readonly closedAt: Date | null;
  readonly closedBy: string | null;
  readonly reason: string;
  readonly calls: number;
  readonly version: number;
};

const COLUMNS = `c.id, c.number, c.origin, c.state, account.account_no as "accountNo", c.owner_role as "ownerRole",
  c.owner_id as "ownerId", owner.display_name as owner, c.attempts, c.opened_at as "openedAt", c.due_at as "dueAt",
  c.closed_at as "closedAt", closer.display_name as "closedBy", c.reason, c.version,
  (select count(*)::int from calls where calls.call_back_id = c.id) as calls`;
const FROM = `from call_backs c left join heat_accounts account on account.id = c.account_id
  left join staff_members owner on owner.id = c.owner_id left join staff_members closer on closer.id = c.closed_by`;

/** Of a household in scope; of none for those who see everything; one's own. */
const VISIBLE = `(c.owner_id = :staffId::bigint or :scopeKind::text = 'everything'
  or (account.id is not null and ${accountScope("account")}))`;

export type Reach = {
  readonly staffId: bigint | null;
  readonly scopeKind: string;
  readonly scopeIds: readonly bigint[];
  readonly scopeDay: string;
};

export const lockVisibleCallBack = (sql: Sql, query: Reach & { id: bigint }) =>
  sql.maybeOne<CallBackRow>(
    `select ${COLUMNS} ${FROM} where c.id = :id and ${VISIBLE} for update of c`,
    query,
  );

/** What is due first stands first. */
export const listCallBacks = (
  sql: Sql,
  query: Reach & {
    state: CallBackState;
    mine: boolean;
    afterDueAt: string | null;
    afterId: bigint;
    limit: number;
  },
) =>
  sql.rows<CallBackRow>(
    `select ${COLUMNS} ${FROM}
     where c.state = :state and ${VISIBLE} and (not :mine::boolean or c.owner_id = :staffId::bigint)
       and (c.due_at, c.id) > (coalesce(:afterDueAt::timestamptz, '-infinity'), :afterId::bigint)
     order by c.due_at, c.id limit :limit::integer`,
    query,
  );

/**
 * The next one that is due and nobody's, mine already, or of somebody who had it for longer than `heldSince` without having
 * tried (gone home, or ill on the morning to which it was carried): locked, and mine from now on.
 */
export const claimNext = (sql: Sql, query: Reach & { now: Date; heldSince: Date }) =>
  sql.maybeOne<{ id: bigint }>(
    `update call_backs set owner_id = :staffId::bigint, owned_at = :now, version = version + 1
     where id = (select c.id from call_backs c left join heat_accounts account on account.id = c.account_id
       where c.state = 'open' and c.due_at <= :now and (c.owner_id is null or c.owner_id = :staffId::bigint or c.owned_at < :heldSince)
         and (${VISIBLE}) order by c.due_at, c.id limit 1 for update of c skip locked)
     returning id`,
    query,
  );

export type LostCallBalance = {
  readonly calls: bigint;
  readonly withheld: bigint;
  readonly numbers: bigint;
  readonly reached: bigint;
  readonly calledAgain: bigint;
  readonly givenUp: bigint;
  readonly open: bigint;
};

/** Of each number the call-back of its latest abandoned call: that is where the number stands. */
const LATEST = `
  select distinct on (call.number) call.number, back.id, back.state, back.due_at, back.closed_at, back.closed_by,
    back.reason, back.owner_role
  from calls call left join call_backs back on back.id = call.call_back_id
  where call.outcome = 'abandoned' and call.direction = 'inbound' and call.number is not null
    and call.finished_at >= :from and call.finished_at < :until
  order by call.number, call.finished_at desc, call.id desc`;

/** What became of those whom nobody answered, by number. The four ends are counted each for itself. */
export const readBalance = (sql: Sql, query: { from: Date; until: Date }) =>
  sql.one<LostCallBalance>(
    `with latest as (${LATEST}), lost as (
       select count(*) as calls, count(*) filter (where number is null) as withheld from calls
       where outcome = 'abandoned' and direction = 'inbound' and finished_at >= :from and finished_at < :until)
     select lost.calls, lost.withheld, count(latest.number) as numbers,
       count(*) filter (where latest.state = 'reached') as reached,
       count(*) filter (where latest.state = 'called-again') as "calledAgain",
       count(*) filter (where latest.state = 'given-up' and latest.closed_by is not null and latest.reason <> '') as "givenUp",
       count(*) filter (where latest.state = 'open' and latest.due_at is not null and latest.owner_role <> '') as "open"
     from lost left join latest on true group by lost.calls, lost.withheld`,
    query,
  );
