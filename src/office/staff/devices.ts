/**
 * Bound phones (绑定设备). Whoever walks stairwells all day is not asked for a password at each door: the phone that was bound with
 * password and authenticator opens new sessions until the season ends. It is one person's, of one role, and is let go by the
 * person, by an administrator, by a new password and by every change of rights.
 */
import { instantOfDay } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { newSecret } from "#src/kernel/ids.ts";
import { findSeasons } from "#src/office/calendars/index.ts";
import type { Actor, Role } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import type { Sql } from "#src/platform/sql.ts";
import {
  attachSession,
  type DeviceRow,
  endDevice,
  endSessionsOfDevice,
  findLiveDevice,
  insertDevice,
  isLogin,
  listDevices,
  lockLiveDevice,
  touchDevice,
} from "./device-queries.ts";
import { proveIdentity } from "./prove-identity.ts";
import { describeSession, digestOf, openSession, requireSession, type SessionView } from "./sessions.ts";

/** Whoever has another right besides gives his second factor each time. */
const mayBind = (roles: readonly Role[]): boolean => roles.length === 1 && roles[0] === "area-manager";

type OwnRequest = {
  readonly platform: Platform;
  readonly actor: Actor;
  readonly credential: string | undefined;
  readonly requestId: string;
};

export type BoundDevice = { readonly id: bigint; readonly token: string; readonly expiresAt: Date };

/** When the season ends in which, or before which, it is today. */
const endOfSeason = async ({ sql, today }: CommandContext): Promise<Date> => {
  const ahead = (await findSeasons(sql))
    .filter((season) => season.endsOn > today)
    .toSorted((a, b) => (a.endsOn < b.endsOn ? -1 : 1));
  const [season] = ahead;
  if (season === undefined) {
    return fail("device.no-season", "a phone is bound until the season ends, and none is ahead", {
      remedy: "have the dates of the next season entered",
    });
  }
  return instantOfDay(season.endsOn);
};

/**
 * Binds the phone that asks, for the season: the password is asked for again, and the code of the authenticator unless this very
 * session was opened with one. The token is given this once; its digest is kept.
 * @throws DomainError `session.ended`, `device.role-refused`, `device.authenticator-needed`, `password.refused`, `device.no-season`
 */
export const bindDevice = async (
  request: OwnRequest,
  wanted: { readonly password: string; readonly totp?: string | undefined; readonly name: string },
): Promise<BoundDevice> => {
  const { platform, actor, requestId } = request;
  const session = await requireSession(platform, request.credential);
  if (!mayBind(session.roles)) {
    fail("device.role-refused", "only the phone of an area manager without any other role is bound", {
      remedy: "log in with the password each time",
    });
  }
  if (!session.enrolled) {
    fail("device.authenticator-needed", "a phone is bound with password and authenticator", {
      remedy: "enrol an authenticator first (POST /session/totp)",
    });
  }
  const { login } = session;
  const { password, totp } = wanted;
  const proven = await proveIdentity(platform, { login, password, totp, purpose: "password", requestId });
  // What a bound phone opened was not opened by a person with a code.
  const gaveCode = session.secondFactor && session.deviceId === null;
  if (!proven.secondFactorGiven && !gaveCode) {
    fail("device.authenticator-needed", "a phone is bound with password and authenticator", {
      field: "totp",
      remedy: "give the code that the authenticator shows",
    });
  }
  const token = newSecret();
  const { result } = await platform.commands.run(
    { name: "device.bind", actor, requestId },
    async (context) => {
      const { now } = context;
      const expiresAt = await endOfSeason(context);
      const { id } = await insertDevice(context.sql, {
        staffId: session.staffId,
        name: wanted.name,
        tokenHash: digestOf(token),
        now,
        expiresAt,
      });
      await attachSession(context.sql, { sessionId: session.id, deviceId: id });
      context.audit({ subject: `staff:${session.staffId}`, details: { device: id, expiresAt } });
      return { id, expiresAt };
    },
  );
  return { ...result, token };
};

/**
 * Opens a session for a bound phone, with a new reference. Repeating is safe: each gives a session of its own.
 * @throws DomainError `session.device-refused` for what is unknown, ended, past its season, or of somebody who is no area manager
 * any more
 */
export const logInByDevice = async (
  platform: Platform,
  token: string | undefined,
  requestId: string,
): Promise<{ readonly reference: string; readonly view: SessionView }> => {
  const refuse = (): never =>
    fail("session.device-refused", "this phone is not bound, or not any more", {
      remedy: "log in with the password, then bind the phone again",
    });
  if (token === undefined || !/^[\w-]{32}$/.test(token)) return refuse();
  const now = platform.clock.now();
  const tokenHash = digestOf(token);
  const known = await findLiveDevice(platform.database.sql, { tokenHash, now });
  if (known === null) return refuse();
  const actor: Actor = {
    kind: "staff",
    id: known.staffId,
    name: known.login,
    roles: known.roles,
    scope: { kind: "areas", areaIds: [] },
  };
  const { result: reference } = await platform.commands.run(
    { name: "session.open", actor, requestId },
    async (context) => {
      // Read again under its lock: it may have been let go meanwhile.
      const device = await lockLiveDevice(context.sql, { tokenHash, now: context.now });
      if (device === null || !mayBind(device.roles)) return refuse();
      await touchDevice(context.sql, { deviceId: device.id, now: context.now });
      context.audit({ subject: `staff:${device.staffId}`, details: { device: device.id } });
      return openSession(context, {
        staffId: device.staffId,
        secondFactor: true,
        deviceId: device.id,
        isProved: false,
      });
    },
  );
  return { reference, view: await describeSession(platform, reference) };
};

/** The phones of a login, living ones first. @throws DomainError `staff.not-found` */
export const devicesOfStaff = async (sql: Sql, staffId: bigint): Promise<readonly DeviceRow[]> => {
  if (!(await isLogin(sql, staffId))) fail("staff.not-found", "there is no such login");
  return listDevices(sql, staffId);
};

/**
 * Lets a phone go: its sessions end with it. Repeating is safe.
 * @throws DomainError `device.not-found` also for the phone of another login
 */
export const releaseDevice = async (
  context: CommandContext,
  wanted: { readonly staffId: bigint; readonly deviceId: bigint; readonly reason: string },
): Promise<boolean> => {
  const { sql, now } = context;
  const known = (await listDevices(sql, wanted.staffId)).some(({ id }) => id === wanted.deviceId);
  if (!known) fail("device.not-found", "there is no such phone of this login");
  const ended = await endDevice(sql, { ...wanted, now });
  if (ended === null) return false;
  await endSessionsOfDevice(sql, { deviceId: wanted.deviceId, now, reason: "device-released" });
  context.audit({
    subject: `staff:${wanted.staffId}`,
    details: { device: wanted.deviceId, reason: wanted.reason },
  });
  return true;
};
