/** SQL of members, the homes that they may look at, and their sessions. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

const findOrMakeMember = `
  with made as (
    insert into household_members (number, created_at) values (:number, :now)
    on conflict (number) do nothing returning id
  )
  select id from made union all select id from household_members where number = :number limit 1`;
const memberOfNumber = "select id from household_members where number = :number";
/** Two at once: the one that waited finds the other's row only with its next statement. */
export const memberOf = async (sql: Sql, row: { number: string; now: Date }): Promise<bigint> =>
  (await sql.maybeOne<{ id: bigint }>(findOrMakeMember, row))?.id ??
  (await sql.one<{ id: bigint }>(memberOfNumber, { number: row.number })).id;

const bind = `
  insert into household_bindings (member_id, account_id, person_id, number, bound_at)
  values (:memberId, :accountId, :personId, :number, :now)
  on conflict (member_id, account_id) do update
    set person_id = excluded.person_id, number = excluded.number, ended_at = null,
      bound_at = case when household_bindings.ended_at is null then household_bindings.bound_at
        else excluded.bound_at end`;
export const upsertBinding = (
  sql: Sql,
  row: { memberId: bigint; accountId: bigint; personId: bigint; number: string | null; now: Date },
) => sql.run(bind, row);

const unbind = `
  update household_bindings set ended_at = :now
  where member_id = :memberId and account_id = :accountId and ended_at is null`;
export const endBinding = (sql: Sql, row: { memberId: bigint; accountId: bigint; now: Date }) =>
  sql.run(unbind, row);

const addSession = `
  insert into household_sessions (member_id, account_id, person_id, reference_hash, created_at, last_seen_at, expires_at)
  values (:memberId, :accountId, :personId, :referenceHash, :now, :now, :expiresAt) returning id`;
export const insertSession = (
  sql: Sql,
  row: {
    memberId: bigint | null;
    accountId: bigint | null;
    personId: bigint | null;
    referenceHash: Uint8Array;
    now: Date;
    expiresAt: Date;
  },
) => sql.one<{ id: bigint }>(addSession, row);

/** Whom a person is to a home today: nobody any more, and the home is out of sight from the next request. */
const HAS_ROLE = (accountId: string, personId: string): string => `exists (
    select 1 from account_roles role
    where role.account_id = ${accountId} and role.person_id = ${personId} and role.valid @> :day::date)`;
const IS_OPEN = (accountId: string): string => `exists (
    select 1 from heat_accounts account where account.id = ${accountId} and account.state <> 'closed')`;

const live = `
  select session.id, session.member_id as "memberId", member.number,
    case when session.member_id is not null then array(
      select binding.account_id from household_bindings binding
      where binding.member_id = session.member_id and binding.ended_at is null
        and ${IS_OPEN("binding.account_id")} and ${HAS_ROLE("binding.account_id", "binding.person_id")}
        and (binding.number is null or exists (
          select 1 from person_phones phone where phone.person_id = binding.person_id
            and phone.number = binding.number and phone.confirmed is distinct from false))
      order by binding.bound_at, binding.account_id)
    else array(
      select session.account_id where ${IS_OPEN("session.account_id")}
        and (session.person_id is null or ${HAS_ROLE("session.account_id", "session.person_id")}))
    end as "accountIds",
    session.last_seen_at < :now::timestamptz - interval '1 minute' as stale
  from household_sessions session left join household_members member on member.id = session.member_id
  where session.reference_hash = :referenceHash and session.ended_at is null
    and session.expires_at > :now::timestamptz
    and session.last_seen_at > :now::timestamptz - make_interval(mins => :idleMinutes::integer)`;
export type LiveSession = {
  readonly id: bigint;
  /** Null: proved by card or receipt, for one home and this session alone. */
  readonly memberId: bigint | null;
  readonly number: string | null;
  readonly accountIds: readonly bigint[];
  readonly stale: boolean;
};
export const findLiveSession = (
  sql: Sql,
  query: { referenceHash: Uint8Array; now: Date; day: Day; idleMinutes: number },
) => sql.maybeOne<LiveSession>(live, query);

const touch = `
  update household_sessions set last_seen_at = :now
  where id = :id and last_seen_at < :now::timestamptz - interval '1 minute'`;
export const touchSession = (sql: Sql, row: { id: bigint; now: Date }) => sql.run(touch, row);

const endOne = `
  update household_sessions set ended_at = :now, openid = null, wechat_state_hash = null
  where id = :id and ended_at is null`;
export const endSession = (sql: Sql, row: { id: bigint; now: Date }) => sql.run(endOne, row);

const behind = `
  select session.member_id as "memberId", member.number,
    coalesce(binding.person_id, session.person_id) as "personId"
  from household_sessions session
  left join household_members member on member.id = session.member_id
  left join household_bindings binding on binding.member_id = session.member_id and binding.account_id = :accountId::bigint
    and binding.ended_at is null
  where session.id = :sessionId`;
/** Who is in front of the page, and whom he is to a home. */
export const findBehind = (sql: Sql, query: { sessionId: bigint; accountId: bigint | null }) =>
  sql.one<{ memberId: bigint | null; number: string | null; personId: bigint | null }>(behind, query);

const noteState = `
  update household_sessions set wechat_state_hash = :stateHash, wechat_state_until = :until where id = :id`;
export const noteWechatState = (sql: Sql, row: { id: bigint; stateHash: Uint8Array; until: Date }) =>
  sql.run(noteState, row);

const spendState = `
  update household_sessions set wechat_state_hash = null, wechat_state_until = null
  where id = :id and wechat_state_hash = :stateHash and wechat_state_until > :now`;
/** Whether it was this session's, and is for the first time. */
export const spendWechatState = async (
  sql: Sql,
  query: { id: bigint; stateHash: Uint8Array; now: Date },
): Promise<boolean> => (await sql.run(spendState, query)) > 0;

export const noteOpenid = (sql: Sql, row: { id: bigint; openid: string }) =>
  sql.run("update household_sessions set openid = :openid where id = :id and ended_at is null", row);

export const openidOfSession = async (sql: Sql, id: bigint): Promise<string | null> =>
  (
    await sql.maybeOne<{ openid: string | null }>(
      "select openid from household_sessions where id = :id and ended_at is null",
      { id },
    )
  )?.openid ?? null;
