/** SQL of bound phones. */
import type { Role } from "#src/platform/actor.ts";
import type { Sql } from "#src/platform/sql.ts";

export type DeviceRow = {
  readonly id: bigint;
  readonly name: string;
  readonly boundAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
  readonly endedReason: string | null;
};

const addDevice = `
  insert into staff_devices (staff_id, name, token_hash, bound_at, last_seen_at, expires_at)
  values (:staffId, :name, :tokenHash, :now, :now, :expiresAt) returning id`;
export const insertDevice = (
  sql: Sql,
  device: { staffId: bigint; name: string; tokenHash: Uint8Array; now: Date; expiresAt: Date },
) => sql.one<{ id: bigint }>(addDevice, device);

const byToken = `
  select d.id, d.staff_id as "staffId", m.login,
    array(select r.role from staff_roles r where r.staff_id = m.id order by r.role) as roles
  from staff_devices d join staff_members m on m.id = d.staff_id
  where d.token_hash = :tokenHash and d.ended_at is null and d.expires_at > :now::timestamptz and m.disabled_at is null`;
const byTokenLocked = `${byToken} for update of d`;
export type LiveDevice = {
  readonly id: bigint;
  readonly staffId: bigint;
  readonly login: string;
  readonly roles: readonly Role[];
};
/** Not ended, within its season, of a login that works. */
export const findLiveDevice = (sql: Sql, query: { tokenHash: Uint8Array; now: Date }) =>
  sql.maybeOne<LiveDevice>(byToken, query);
export const lockLiveDevice = (sql: Sql, query: { tokenHash: Uint8Array; now: Date }) =>
  sql.maybeOne<LiveDevice>(byTokenLocked, query);

const attach = `update sessions set device_id = :deviceId where id = :sessionId`;
/** The session in which it was bound ends with it. */
export const attachSession = (sql: Sql, row: { sessionId: bigint; deviceId: bigint }) => sql.run(attach, row);

const seen = `update staff_devices set last_seen_at = :now where id = :deviceId`;
export const touchDevice = (sql: Sql, touch: { deviceId: bigint; now: Date }) => sql.run(seen, touch);

const COLUMNS = `id, name, bound_at as "boundAt", last_seen_at as "lastSeenAt", expires_at as "expiresAt",
  ended_at as "endedAt", ended_reason as "endedReason"`;
const devicesOf = `
  select ${COLUMNS} from staff_devices where staff_id = :staffId order by ended_at is not null, id desc limit 50`;
/** The living first, then the latest. */
export const listDevices = (sql: Sql, staffId: bigint) => sql.rows<DeviceRow>(devicesOf, { staffId });

const endOne = `
  update staff_devices set ended_at = :now, ended_reason = :reason
  where id = :deviceId and staff_id = :staffId and ended_at is null returning id`;
export const endDevice = (sql: Sql, end: { deviceId: bigint; staffId: bigint; now: Date; reason: string }) =>
  sql.maybeOne<{ id: bigint }>(endOne, end);

const endAll = `
  update staff_devices set ended_at = :now, ended_reason = :reason
  where staff_id = :staffId and ended_at is null and id is distinct from :except::bigint`;
/** `except`: the phone that asks, which stays. */
export const endDevicesOf = (
  sql: Sql,
  end: { staffId: bigint; now: Date; reason: string; except: bigint | null },
) => sql.run(endAll, end);

const endItsSessions = `
  update sessions set ended_at = :now, ended_reason = :reason where device_id = :deviceId and ended_at is null`;
export const endSessionsOfDevice = (sql: Sql, end: { deviceId: bigint; now: Date; reason: string }) =>
  sql.run(endItsSessions, end);

const login = `select 1 as one from staff_members where id = :staffId`;
export const isLogin = async (sql: Sql, staffId: bigint): Promise<boolean> =>
  (await sql.maybeOne(login, { staffId })) !== null;
