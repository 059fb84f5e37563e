/** SQL of sessions and machine tokens: what every request asks, in one indexed statement each. */
import type { Role } from "#src/platform/actor.ts";
import { storedSetting } from "#src/platform/settings.ts";
import type { Sql } from "#src/platform/sql.ts";
import { passwordPolicySetting } from "./password-policy.ts";

export type SessionRow = {
  readonly id: bigint;
  readonly staffId: bigint;
  readonly login: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly bounded: boolean;
  /** With everything below them. */
  readonly areaIds: readonly bigint[];
  readonly secondFactor: boolean;
  readonly enrolled: boolean;
  readonly mustChangePassword: boolean;
  readonly initialPasswordSpent: boolean;
  readonly passwordChangedAt: Date;
  /** As it is stored; `policyOf` reads it. */
  readonly passwordPolicy: unknown;
  readonly demo: boolean;
  readonly expiresAt: Date;
  /** The bound phone that opened it, or was bound in it. */
  readonly deviceId: bigint | null;
  /** When password or code were last given. */
  readonly provedAt: Date | null;
  /** Not seen for a minute: `last_seen_at` is due. */
  readonly stale: boolean;
};

/** Not ended, seen within 30 minutes, not past its 12 hours, login not disabled. */
const LIVE = `
  select s.id, s.reference_hash as "referenceHash", s.staff_id as "staffId", m.login,
    m.display_name as "displayName",
    array(select r.role from staff_roles r where r.staff_id = m.id order by r.role) as roles,
    exists (select 1 from staff_areas a where a.staff_id = m.id) as bounded,
    array(with recursive reach (id) as (
        select a.area_id from staff_areas a where a.staff_id = m.id and a.valid @> :today::date
        union
        select child.id from service_areas child join reach on child.parent_id = reach.id)
      select reach.id from reach order by reach.id) as "areaIds",
    s.second_factor as "secondFactor", m.totp_confirmed_at is not null as enrolled,
    m.must_change_password as "mustChangePassword", m.password_hash is null as "initialPasswordSpent",
    m.password_changed_at as "passwordChangedAt",
    ${storedSetting(passwordPolicySetting)} as "passwordPolicy",
    f.demo, s.expires_at as "expiresAt", s.device_id as "deviceId", s.proved_at as "provedAt",
    s.last_seen_at < :now::timestamptz - interval '1 minute' as stale
  from sessions s
  join staff_members m on m.id = s.staff_id
  cross join database_facts f
  where s.ended_at is null and s.expires_at > :now::timestamptz
    and s.last_seen_at > :now::timestamptz - interval '30 minutes' and m.disabled_at is null`;

const liveByReference = `${LIVE} and s.reference_hash = :referenceHash`;
const liveByReferences = `${LIVE} and s.reference_hash = any(:referenceHashes::bytea[])`;

/** The live session behind a reference. */
export const liveSession = (sql: Sql, query: { referenceHash: Uint8Array; now: Date; today: string }) =>
  sql.maybeOne<SessionRow>(liveByReference, query);

/** The live ones of many references, in one statement. */
export const liveSessions = (
  sql: Sql,
  query: { referenceHashes: readonly Uint8Array[]; now: Date; today: string },
) => sql.rows<SessionRow & { readonly referenceHash: Buffer }>(liveByReferences, query);

/** Repeats the condition, so that of many requests at once one writes. */
export const touchSession = (sql: Sql, touch: { sessionId: bigint; now: Date }) =>
  sql.run(
    `update sessions set last_seen_at = :now
     where id = :sessionId and last_seen_at < :now::timestamptz - interval '1 minute'`,
    touch,
  );

export const insertSession = (
  sql: Sql,
  session: {
    staffId: bigint;
    referenceHash: Uint8Array;
    now: Date;
    expiresAt: Date;
    secondFactor: boolean;
    deviceId: bigint | null;
    provedAt: Date | null;
  },
) =>
  sql.one<{ id: bigint }>(
    `insert into sessions (staff_id, reference_hash, created_at, last_seen_at, proved_at, expires_at, second_factor, device_id)
     values (:staffId, :referenceHash, :now, :now, :provedAt, :expiresAt, :secondFactor, :deviceId) returning id`,
    session,
  );

export const noteProof = (sql: Sql, proof: { sessionId: bigint; now: Date }) =>
  sql.run("update sessions set proved_at = :now where id = :sessionId and ended_at is null", proof);

export const endSession = (sql: Sql, end: { referenceHash: Uint8Array; now: Date; reason: string }) =>
  sql.maybeOne<{ staffId: bigint; deviceId: bigint | null }>(
    `update sessions set ended_at = :now, ended_reason = :reason
     where reference_hash = :referenceHash and ended_at is null returning staff_id as "staffId", device_id as "deviceId"`,
    end,
  );

export const endSessionsOf = (sql: Sql, end: { staffId: bigint; now: Date; reason: string }) =>
  sql.run(
    `update sessions set ended_at = :now, ended_reason = :reason where staff_id = :staffId and ended_at is null`,
    end,
  );

export type TokenRow = {
  readonly id: bigint;
  readonly name: string;
  readonly role: Role;
  readonly channelId: number | null;
  readonly accountIds: readonly bigint[];
};

export const liveToken = (sql: Sql, query: { tokenHash: Uint8Array; now: Date }) =>
  sql.maybeOne<TokenRow>(
    `select t.id, t.name, t.role, t.channel_id as "channelId",
       array(select a.account_id from machine_token_accounts a where a.token_id = t.id order by a.account_id)
         as "accountIds"
     from machine_tokens t
     where t.token_hash = :tokenHash and t.revoked_at is null
       and (t.expires_at is null or t.expires_at > :now::timestamptz)`,
    query,
  );

export const channelIdOf = (sql: Sql, code: string) =>
  sql.maybeOne<{ id: number }>("select id from channels where code = :code", { code });

export const accountIdsOf = (sql: Sql, accountNos: readonly string[]) =>
  sql.rows<{ id: bigint; accountNo: string }>(
    `select id, account_no as "accountNo" from heat_accounts where account_no = any(:accountNos::text[]) order by id`,
    { accountNos },
  );

export const insertToken = (
  sql: Sql,
  token: {
    name: string;
    tokenHash: Uint8Array;
    role: Role;
    channelId: number | null;
    now: Date;
    createdBy: bigint | null;
    expiresAt: Date | null;
  },
) =>
  sql.one<{ id: bigint }>(
    `insert into machine_tokens (name, token_hash, role, channel_id, created_at, created_by, expires_at)
     values (:name, :tokenHash, :role, :channelId, :now, :createdBy, :expiresAt) returning id`,
    token,
  );

export const bindTokenAccounts = (sql: Sql, binding: { tokenId: bigint; accountIds: readonly bigint[] }) =>
  sql.run(
    `insert into machine_token_accounts (token_id, account_id)
     select :tokenId, account from unnest(:accountIds::bigint[]) account`,
    binding,
  );

export const revokeToken = (sql: Sql, revocation: { tokenId: bigint; now: Date }) =>
  sql.maybeOne<{ name: string }>(
    `update machine_tokens set revoked_at = coalesce(revoked_at, :now) where id = :tokenId returning name`,
    revocation,
  );

export type TokenListRow = TokenRow & {
  readonly channel: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
};

export const listTokens = (sql: Sql, page: { beforeId: bigint | null; limit: number }) =>
  sql.rows<TokenListRow>(
    `select t.id, t.name, t.role, t.channel_id as "channelId", c.code as channel,
       array(select a.account_id from machine_token_accounts a where a.token_id = t.id order by a.account_id)
         as "accountIds",
       t.created_at as "createdAt", t.expires_at as "expiresAt", t.revoked_at as "revokedAt"
     from machine_tokens t left join channels c on c.id = t.channel_id
     where :beforeId::bigint is null or t.id < :beforeId::bigint
     order by t.id desc limit :limit::integer`,
    page,
  );
