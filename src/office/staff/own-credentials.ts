/** What people do to their own login: a new password, an authenticator. Both give the session a new reference. */
import { fail } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import { endDevicesOf } from "./device-queries.ts";
import { hashPassword } from "./password-hash.ts";
import { policyOf, requirePassword } from "./password-policy.ts";
import { beginAttempt, proveIdentity, refuseCode } from "./prove-identity.ts";
import { confirmTotp, forgetFailures, storePassword, storeTotpSecret } from "./queries.ts";
import { newTotpSecret, useCode } from "./second-factor.ts";
import { endSession, endSessionsOf, noteProof, type SessionRow } from "./session-queries.ts";
import { digestOf, openSession, requireSession } from "./sessions.ts";

type OwnRequest = {
  readonly platform: Platform;
  readonly actor: Actor;
  /** The reference of the caller's session. */
  readonly credential: string | undefined;
  readonly requestId: string;
};

/** Ends what the rotation replaces and opens the session anew, with the end of the old one. */
const rotate = async (
  context: CommandContext,
  session: SessionRow,
  credential: string,
  secondFactor: boolean,
): Promise<string> => {
  await endSession(context.sql, {
    referenceHash: digestOf(credential),
    now: context.now,
    reason: "rotated",
  });
  const { staffId, expiresAt, deviceId } = session;
  return openSession(context, { staffId, secondFactor, expiresAt, deviceId });
};

/**
 * Sets a new password, ends every other session of the login and lets its other phones go. The current one is asked for, except right after the
 * initial password was spent by logging in. Gives the new session reference.
 * @throws DomainError `session.ended`, `session.second-factor-expected`, `password.*`
 */
export const changePassword = async (
  request: OwnRequest,
  change: { readonly currentPassword?: string | undefined; readonly newPassword: string },
): Promise<string> => {
  const { platform, actor, requestId } = request;
  const session = await requireSession(platform, request.credential);
  if (session.enrolled && !session.secondFactor) {
    fail("session.second-factor-expected", "the code of the authenticator comes first");
  }
  requirePassword(policyOf(session.passwordPolicy), session.login, change.newPassword);
  if (!(session.mustChangePassword && session.initialPasswordSpent)) {
    const password = change.currentPassword ?? "";
    await proveIdentity(platform, { login: session.login, password, purpose: "password", requestId });
    if (password === change.newPassword) {
      fail("password.unchanged", "the new password is the old one", { field: "newPassword" });
    }
  }
  const passwordHash = await hashPassword(change.newPassword);
  const { result } = await platform.commands.run(
    { name: "password.change", actor, requestId },
    async (context) => {
      const { staffId, secondFactor, expiresAt, deviceId } = session;
      await storePassword(context.sql, { staffId, passwordHash, mustChange: false, now: context.now });
      await endSessionsOf(context.sql, { staffId, now: context.now, reason: "password-changed" });
      await endDevicesOf(context.sql, {
        staffId,
        now: context.now,
        reason: "password-changed",
        except: deviceId,
      });
      context.audit({ subject: `staff:${staffId}` });
      return openSession(context, { staffId, secondFactor, expiresAt, deviceId });
    },
  );
  return result;
};

/**
 * Begins the enrolment of an authenticator and gives the address that the app reads: shown this once, kept closed. Until
 * it is confirmed, repeating gives a new secret.
 * @throws DomainError `session.ended`, `session.password-expected`, `second-factor.enrolled`
 */
export const enrolSecondFactor = async (request: OwnRequest): Promise<string> => {
  const { platform, actor, requestId } = request;
  const session = await requireSession(platform, request.credential);
  if (actor.pending === "password") fail("session.password-expected", "the new password comes first");
  const { sealed, otpauthUri } = newTotpSecret(platform.secretKey, {
    id: session.staffId,
    login: session.login,
  });
  await platform.commands.run({ name: "second-factor.enrol", actor, requestId }, async (context) => {
    const stored = await storeTotpSecret(context.sql, { staffId: session.staffId, sealed });
    if (stored === 0) {
      fail("second-factor.enrolled", "this login has an authenticator already", {
        remedy: "an administrator can take it away when the phone is lost",
      });
    }
    context.audit({ subject: `staff:${session.staffId}` });
  });
  return otpauthUri;
};

/**
 * Proves again who sits here, by the own password or, with an authenticator, by its code; counts as an attempt. What
 * asks for a fresh proof is then open for ten minutes, to this session. Its reference stays: other tabs and the live feed of the
 * same browser go on.
 * @throws DomainError `session.ended`, `session.step-up-refused`
 */
export const stepUp = async (
  request: OwnRequest,
  proof: { readonly password?: string | undefined; readonly code?: string | undefined },
): Promise<void> => {
  const { platform, actor, requestId } = request;
  const session = await requireSession(platform, request.credential);
  if (proof.password !== undefined) {
    await proveIdentity(platform, {
      login: session.login,
      password: proof.password,
      purpose: "step-up",
      requestId,
    });
  } else await proveByCode(request, session, proof.code ?? "");
  await platform.commands.run({ name: "session.step-up", actor, requestId }, async (context) => {
    await noteProof(context.sql, { sessionId: session.id, now: context.now });
    context.audit({
      subject: `staff:${session.staffId}`,
      details: { by: proof.password === undefined ? "code" : "password" },
    });
  });
};

const proveByCode = async (request: OwnRequest, session: SessionRow, code: string): Promise<void> => {
  const { platform, requestId } = request;
  const person = await beginAttempt(platform, { login: session.login, purpose: "step-up", requestId });
  const { database, secretKey, clock } = platform;
  // Enrolled and not yet confirmed is no authenticator.
  if (person === null || person.totpConfirmedAt === null) return refuseCode("step-up");
  if (!(await useCode(database.sql, secretKey, person, code, clock.now()))) return refuseCode("step-up");
  await forgetFailures(database.sql, person.id);
};

/**
 * Gives the code: confirms a new authenticator, or completes a login that still lacks it. Counts as an attempt.
 * Gives the new session reference.
 * @throws DomainError `session.ended`, `session.refused`, `session.code-refused`
 */
export const giveSecondFactor = async (request: OwnRequest, code: string): Promise<string> => {
  const { platform, actor, requestId } = request;
  const session = await requireSession(platform, request.credential);
  const person = await beginAttempt(platform, { login: session.login, purpose: "second-factor", requestId });
  if (person === null) fail("session.refused", "the login is locked", { remedy: "wait, then log in again" });
  const { result } = await platform.commands.run(
    { name: "second-factor.give", actor, requestId },
    async (context) => {
      if (!(await useCode(context.sql, platform.secretKey, person, code, context.now))) refuseCode("session");
      await forgetFailures(context.sql, person.id);
      const confirmed = await confirmTotp(context.sql, { staffId: person.id, now: context.now });
      context.audit({ subject: `staff:${person.id}`, details: { enrolled: confirmed === 1 } });
      return rotate(context, session, request.credential ?? "", true);
    },
  );
  return result;
};
