/** Logins of people: made with an initial password that opens one session, changed under a version. */
import { fail } from "#src/kernel/errors.ts";
import { newSecret } from "#src/kernel/ids.ts";
import { parsePhone, type PhoneNumber } from "#src/kernel/phone.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { endDevicesOf } from "./device-queries.ts";
import { hashPassword } from "./password-hash.ts";
import {
  addRoles,
  areasByCode,
  beginAreas,
  changePerson,
  endAreasExcept,
  forgetAreas,
  insertPerson,
  knownAreas,
  lockAdmins,
  lockPerson,
  type PersonRow,
  removeRolesExcept,
  removeTotp,
  securityFacts,
  storePassword,
} from "./queries.ts";
import type { StaffRole } from "#src/platform/actor.ts";
import type { StaffChange } from "./schema.ts";
import { endSessionsOf } from "./session-queries.ts";

export type NewStaff = {
  /** 2 to 40 small letters, digits, dots, hyphens. */
  readonly login: string;
  readonly displayName: string;
  readonly roles: readonly StaffRole[];
  /** Bound to these areas and what is below them, from today on. */
  readonly areaIds?: readonly bigint[] | undefined;
  /** For demo databases only; elsewhere the password is random. */
  readonly password?: string | undefined;
};

export type CreatedStaff = {
  readonly id: bigint;
  readonly login: string;
  /** Random, shown this once, good for one login; null when a password was given. */
  readonly initialPassword: string | null;
};

const newInitialPassword = (): string => newSecret(12);

const requireAreas = async (context: CommandContext, areaIds: readonly bigint[]): Promise<void> => {
  const known = await knownAreas(context.sql, areaIds);
  const missing = areaIds.filter((areaId) => !known.some((area) => area.id === areaId));
  if (missing.length > 0) {
    fail("area.not-found", "there is no such service area", { field: "areaIds", facts: { missing } });
  }
};

/** The ids behind codes of service areas. @throws DomainError `area.not-found` */
export const areaIdsByCode = async (context: CommandContext, codes: readonly string[]): Promise<bigint[]> => {
  const known = await areasByCode(context.sql, codes);
  const missing = codes.filter((code) => !known.some((area) => area.code === code));
  if (missing.length > 0) {
    fail("area.not-found", "there is no such service area", { field: "area", facts: { missing } });
  }
  return known.map((area) => area.id);
};

/**
 * Makes a login with its roles and areas. Without `password` the person gets a random one that opens one session, in
 * which it must be changed; a chosen one is accepted in a demo database only and need not be changed.
 * @throws DomainError `staff.login-taken`, `staff.login-unreadable`, `staff.password-not-chosen`, `area.not-found`
 */
export const createStaff = async (context: CommandContext, wanted: NewStaff): Promise<CreatedStaff> => {
  if (!/^[a-z0-9._-]{2,40}$/.test(wanted.login)) {
    fail("staff.login-unreadable", "a login has 2 to 40 small letters, digits, dots or hyphens", {
      field: "login",
    });
  }
  const { demo } = await securityFacts(context.sql);
  if (wanted.password !== undefined && !demo) {
    fail("staff.password-not-chosen", "nobody chooses another person's password", {
      remedy: "leave it out: a random one is made, shown once and changed at the first login",
    });
  }
  const areaIds = [...new Set(wanted.areaIds ?? [])];
  await requireAreas(context, areaIds);
  const initialPassword = wanted.password === undefined ? newInitialPassword() : null;
  const inserted = await insertPerson(context.sql, {
    login: wanted.login,
    displayName: wanted.displayName,
    passwordHash: await hashPassword(wanted.password ?? initialPassword ?? ""),
    mustChange: initialPassword !== null,
    now: context.now,
  });
  if (inserted === null) fail("staff.login-taken", "this login exists", { field: "login" });
  const staffId = inserted.id;
  await addRoles(context.sql, { staffId, roles: wanted.roles, now: context.now });
  await beginAreas(context.sql, { staffId, areaIds, today: context.today });
  context.audit({ subject: `staff:${staffId}`, details: { roles: wanted.roles, areaIds } });
  return { id: staffId, login: wanted.login, initialPassword };
};

/** Nobody gives rights to himself, and the last administrator stays. */
const refuseUnwise = async (
  context: CommandContext,
  person: PersonRow,
  change: StaffChange,
): Promise<void> => {
  const touchesRights =
    change.roles !== undefined || change.areaIds !== undefined || change.disabled !== undefined;
  const isSelf = context.actor.kind === "staff" && context.actor.id === person.id;
  if (isSelf && (touchesRights || change.resetPassword === true || change.removeSecondFactor === true)) {
    fail("staff.own-rights", "nobody changes the own rights", { remedy: "ask another administrator" });
  }
  const leaves = change.disabled === true || (change.roles !== undefined && !change.roles.includes("admin"));
  if (!leaves || !person.roles.includes("admin") || person.disabledAt !== null) return;
  const admins = await lockAdmins(context.sql);
  if (!admins.some((admin) => admin.id !== person.id)) {
    fail("staff.last-admin", "this is the last administrator", { remedy: "name another one first" });
  }
};

const changeAreas = async (
  context: CommandContext,
  staffId: bigint,
  areaIds: readonly bigint[] | null,
): Promise<void> => {
  if (areaIds === null) {
    await forgetAreas(context.sql, staffId);
    return;
  }
  const wanted = [...new Set(areaIds)];
  await requireAreas(context, wanted);
  await endAreasExcept(context.sql, { staffId, areaIds: wanted, today: context.today });
  await beginAreas(context.sql, { staffId, areaIds: wanted, today: context.today });
};

/** Sessions, and the phones that would open new ones; answers how many sessions. */
const endEverywhere = async (context: CommandContext, staffId: bigint, reason: string): Promise<number> => {
  const { sql, now } = context;
  await endDevicesOf(sql, { staffId, now, reason, except: null });
  return endSessionsOf(sql, { staffId, now, reason });
};

/** @throws DomainError `phone.unreadable`, `staff.not-a-mobile` */
const mobileOf = (written: string | null | undefined): PhoneNumber | null | undefined => {
  if (written === null || written === undefined) return written;
  const { number, kind } = parsePhone(written);
  if (kind !== "mobile") {
    fail("staff.not-a-mobile", "this number takes no text messages", {
      field: "mobile",
      remedy: "give the number of a mobile",
    });
  }
  return number;
};

/**
 * Changes a login. New roles, a reset password, a removed authenticator and disabling end its sessions and bound phones at once; areas
 * hold from the next request. Locks the login (and the administrators when one leaves). Gives a new initial password
 * when one was asked for.
 * @throws DomainError `staff.not-found`, `version.stale`, `staff.own-rights`, `staff.last-admin`, `area.not-found`,
 * `phone.unreadable`, `staff.not-a-mobile`
 */
export const changeStaff = async (
  context: CommandContext,
  staffId: bigint,
  version: number,
  change: StaffChange,
): Promise<{ readonly initialPassword: string | null }> => {
  const person = await lockPerson(context.sql, staffId);
  if (person === null) fail("staff.not-found", "there is no such login");
  if (person.version !== version) {
    fail("version.stale", "somebody else changed this login meanwhile", {
      remedy: "read it again and decide anew",
      facts: { version: person.version },
    });
  }
  await refuseUnwise(context, person, change);
  if (change.roles !== undefined) {
    await removeRolesExcept(context.sql, { staffId, roles: change.roles });
    await addRoles(context.sql, { staffId, roles: change.roles, now: context.now });
  }
  if (change.areaIds !== undefined) await changeAreas(context, staffId, change.areaIds);
  if (change.removeSecondFactor === true) await removeTotp(context.sql, staffId);
  const initialPassword = change.resetPassword === true ? newInitialPassword() : null;
  if (initialPassword !== null) {
    const passwordHash = await hashPassword(initialPassword);
    await storePassword(context.sql, { staffId, passwordHash, mustChange: true, now: context.now });
  }
  await changePerson(context.sql, {
    staffId,
    displayName: change.displayName ?? null,
    mobile: mobileOf(change.mobile),
    mail: change.mail,
    disabled: change.disabled ?? null,
    now: context.now,
  });
  const reason =
    change.disabled === true
      ? "disabled"
      : change.roles !== undefined
        ? "rights-changed"
        : initialPassword !== null || change.removeSecondFactor === true
          ? "credentials-reset"
          : null;
  if (reason !== null) await endEverywhere(context, staffId, reason);
  context.audit({
    subject: `staff:${staffId}`,
    details: {
      fields: Object.keys(change),
      ...(change.roles === undefined ? {} : { rolesBefore: person.roles, rolesAfter: change.roles }),
      ...(change.areaIds === undefined ? {} : { areaIds: change.areaIds }),
    },
  });
  return { initialPassword };
};

/** Ends every session of a login and lets its phones go. Repeating is safe. @throws DomainError `staff.not-found` */
export const endStaffSessions = async (context: CommandContext, staffId: bigint): Promise<number> => {
  const person = await lockPerson(context.sql, staffId);
  if (person === null) fail("staff.not-found", "there is no such login");
  const ended = await endEverywhere(context, staffId, "ended-by-admin");
  context.audit({ subject: `staff:${staffId}`, details: { ended } });
  return ended;
};
