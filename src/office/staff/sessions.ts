/**
 * Sessions live in PostgreSQL as the digest of a random reference: idle 30 minutes, 12 hours at most, a new reference at
 * every login and change of privilege. What ends a session (logout, disabled, new rights) holds from the next request.
 */
import { hash } from "node:crypto";
import { dayOfInstant } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { newSecret } from "#src/kernel/ids.ts";
import {
  type Actor,
  type Permission,
  permissionsOf,
  PROOF_LASTS_MS,
  type Role,
  type Scope,
} from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import { endDevice } from "./device-queries.ts";
import { isPasswordExpired, policyOf } from "./password-policy.ts";
import { type Proof, proveIdentity } from "./prove-identity.ts";
import { spendInitialPassword } from "./queries.ts";
import { needsSecondFactor } from "./second-factor.ts";
import {
  endSession,
  insertSession,
  liveSession,
  liveSessions,
  type SessionRow,
  touchSession,
} from "./session-queries.ts";

const LONGEST_MS = 12 * 3_600_000;

/** SHA-256 of a reference or token: what the database keeps. The secrets are random, so no slow hash is needed. */
export const digestOf = (secret: string): Buffer => hash("sha256", secret, "buffer");

/** What a person may be told about the own session. */
export type SessionView = {
  readonly login: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly mustChangePassword: boolean;
  readonly secondFactorNeeded: boolean;
  readonly secondFactorEnrolled: boolean;
  readonly permissions: readonly Permission[];
  readonly bounded: boolean;
  /** On a bound phone. */
  readonly boundDevice: boolean;
  readonly provedUntil: Date | null;
};

type Standing = Pick<
  SessionRow,
  | "roles"
  | "enrolled"
  | "demo"
  | "secondFactor"
  | "mustChangePassword"
  | "passwordPolicy"
  | "passwordChangedAt"
>;

const mustChange = (row: Standing, now: Date): boolean =>
  row.mustChangePassword ||
  isPasswordExpired(policyOf(row.passwordPolicy), row.passwordChangedAt, { now, demo: row.demo });

/**
 * What is still to be done. The code of an enrolled authenticator comes before the password, so that a stolen password
 * cannot be exchanged for one of the thief's.
 */
const pendingOf = (row: Standing, now: Date): Actor["pending"] => {
  const codeMissing = !row.secondFactor && needsSecondFactor(row);
  if (codeMissing && row.enrolled) return "second-factor";
  if (mustChange(row, now)) return "password";
  return codeMissing ? "second-factor" : undefined;
};

/**
 * Whoever has, or had, an area is bound to today's areas and what is below them; an area manager without one sees
 * nothing; everybody else without one sees everything.
 */
const scopeOf = (row: Pick<SessionRow, "bounded" | "areaIds" | "roles">): Scope => {
  if (row.bounded) return { kind: "areas", areaIds: row.areaIds };
  if (row.roles.length === 0 || row.roles.includes("area-manager")) return { kind: "areas", areaIds: [] };
  return { kind: "everything" };
};

const actorOf = (row: SessionRow, now: Date): Actor => {
  const pending = pendingOf(row, now);
  return {
    kind: "staff",
    id: row.staffId,
    name: row.login,
    roles: row.roles,
    scope: scopeOf(row),
    ...(row.provedAt === null ? {} : { provedAt: row.provedAt }),
    ...(pending === undefined ? {} : { pending }),
  };
};

const viewOf = (row: SessionRow, now: Date): SessionView => ({
  login: row.login,
  displayName: row.displayName,
  roles: row.roles,
  mustChangePassword: mustChange(row, now),
  secondFactorNeeded: !row.secondFactor && needsSecondFactor(row),
  secondFactorEnrolled: row.enrolled,
  permissions: permissionsOf(actorOf(row, now)),
  bounded: row.bounded,
  boundDevice: row.deviceId !== null,
  provedUntil: row.provedAt === null ? null : new Date(row.provedAt.getTime() + PROOF_LASTS_MS),
});

const find = async (platform: Platform, reference: string): Promise<SessionRow | null> => {
  // 32 signs of base64url, as `newSecret` makes them: anything else needs no question to the database.
  if (!/^[\w-]{32}$/.test(reference)) return null;
  const now = platform.clock.now();
  return liveSession(platform.database.sql, {
    referenceHash: digestOf(reference),
    now,
    today: dayOfInstant(now),
  });
};

/**
 * The person behind a session reference, or null. One digest and one indexed query; nothing is cached, so changed rights,
 * areas and an ended session hold from the next request. `pending` is set while password or second factor are due.
 */
export const authenticateSession = async (platform: Platform, reference: string): Promise<Actor | null> => {
  const row = await find(platform, reference);
  if (row === null) return null;
  const now = platform.clock.now();
  if (row.stale) await touchSession(platform.database.sql, { sessionId: row.id, now });
  return actorOf(row, now);
};

/**
 * The people behind many references, in their order, null for what is no live session: one statement. Does not count as
 * being seen, so that an open screen that nobody touches keeps no session alive.
 */
export const watchSessions = async (
  platform: Pick<Platform, "database" | "clock">,
  references: readonly string[],
): Promise<(Actor | null)[]> => {
  const now = platform.clock.now();
  const hashes = references.map(digestOf);
  const rows = await liveSessions(platform.database.sql, {
    referenceHashes: hashes,
    now,
    today: dayOfInstant(now),
  });
  const byHash = new Map(rows.map((row) => [row.referenceHash.toString("hex"), actorOf(row, now)]));
  return hashes.map((hashed) => byHash.get(hashed.toString("hex")) ?? null);
};

/** The live session of the caller. @throws DomainError `session.ended` */
export const requireSession = async (
  platform: Platform,
  reference: string | undefined,
): Promise<SessionRow> => {
  const row = reference === undefined ? null : await find(platform, reference);
  return row ?? fail("session.ended", "there is no live session", { remedy: "log in again" });
};

/** @throws DomainError `session.ended` */
export const describeSession = async (
  platform: Platform,
  reference: string | undefined,
): Promise<SessionView> => viewOf(await requireSession(platform, reference), platform.clock.now());

/** Writes a session and gives its reference, which is nowhere else. `expiresAt` is kept when a session is rotated. */
export const openSession = async (
  context: CommandContext,
  session: {
    readonly staffId: bigint;
    readonly secondFactor: boolean;
    readonly expiresAt?: Date;
    readonly deviceId?: bigint | null;
    /** Opened by a bound phone alone: neither password nor code was given. */
    readonly isProved?: false;
  },
): Promise<string> => {
  const reference = newSecret();
  await insertSession(context.sql, {
    staffId: session.staffId,
    referenceHash: digestOf(reference),
    now: context.now,
    expiresAt: session.expiresAt ?? new Date(context.now.getTime() + LONGEST_MS),
    secondFactor: session.secondFactor,
    deviceId: session.deviceId ?? null,
    provedAt: session.isProved === false ? null : context.now,
  });
  return reference;
};

/**
 * Logs in: proves the identity and opens a session with a new reference. An initial password is spent by it.
 * A login that has an authenticator may give its code at once, or later (POST /session/totp); until then it is pending.
 * @throws DomainError `session.refused`, `session.code-refused`
 */
export const logIn = async (
  platform: Platform,
  proof: Omit<Proof, "purpose">,
): Promise<{ readonly reference: string; readonly view: SessionView }> => {
  const person = await proveIdentity(platform, { ...proof, purpose: "session" });
  const actor: Actor = {
    kind: "staff",
    id: person.id,
    name: person.login,
    roles: person.roles,
    scope: { kind: "areas", areaIds: [] },
  };
  const { result: reference } = await platform.commands.run(
    { name: "session.open", actor, ...(proof.requestId === undefined ? {} : { requestId: proof.requestId }) },
    async (context) => {
      await spendInitialPassword(context.sql, person.id);
      context.audit({
        subject: `staff:${person.id}`,
        details: { secondFactor: person.secondFactorGiven },
      });
      return openSession(context, { staffId: person.id, secondFactor: person.secondFactorGiven });
    },
  );
  return { reference, view: await describeSession(platform, reference) };
};

/** Logs out, and lets the phone go that the session belongs to. Repeating is safe; a session that is not there is fine. */
export const logOut = async (context: CommandContext, reference: string): Promise<void> => {
  const ended = await endSession(context.sql, {
    referenceHash: digestOf(reference),
    now: context.now,
    reason: "logout",
  });
  if (ended === null) return;
  const { staffId, deviceId } = ended;
  if (deviceId !== null)
    await endDevice(context.sql, { staffId, deviceId, now: context.now, reason: "logout" });
  context.audit({ subject: `staff:${staffId}`, ...(deviceId !== null && { details: { device: deviceId } }) });
};
