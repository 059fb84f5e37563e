/**
 * The one place where a password or a code is checked. An attempt is counted and committed before it is checked, so a
 * crash or a thousand parallel guesses do not escape the count; a right answer forgets it. Unknown login, wrong
 * password, locked and disabled login get the same refusal after the same work.
 */
import { fail } from "#src/kernel/errors.ts";
import { systemActor, type Role } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
import { isPasswordExpired, policyOf } from "./password-policy.ts";
import { verifyPassword } from "./password-hash.ts";
import { countAttempt, forgetFailures, type PersonRow, securityFacts } from "./queries.ts";
import { needsSecondFactor, useCode } from "./second-factor.ts";

export type Proof = {
  readonly login: string;
  readonly password: string;
  /** The code of the authenticator, when the person has one. */
  readonly totp?: string | undefined;
  /** What it is for; stands in the audit row. */
  readonly purpose: "session" | "password" | "step-up" | "approval";
  readonly requestId?: string | undefined;
};

export type ProvenPerson = {
  readonly id: bigint;
  readonly login: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  /** The password must be changed: initial, or too old for the policy. */
  readonly mustChangePassword: boolean;
  readonly secondFactorGiven: boolean;
  /** A code is needed and was not given. */
  readonly secondFactorNeeded: boolean;
  readonly secondFactorEnrolled: boolean;
};

/** Only a refused login is a missing session: a cashier whose colleague mistypes is still logged in. */
const REFUSALS: Readonly<Record<Proof["purpose"], string>> = {
  session: "session.refused",
  password: "password.refused",
  "step-up": "session.step-up-refused",
  approval: "approval.approver-refused",
};

const refuse = (purpose: Proof["purpose"]): never =>
  fail(REFUSALS[purpose], "the login or the password is wrong, or the login is locked", {
    remedy:
      "ten failures lock a login, first for a minute and then longer; an administrator can set a new password",
  });

/** Counts one attempt for a login, in a transaction of its own with its audit row. Null when it may not be tried. */
export const beginAttempt = async (
  platform: Platform,
  attempt: { readonly login: string; readonly purpose: string; readonly requestId?: string | undefined },
): Promise<PersonRow | null> => {
  const { result } = await platform.commands.run(
    {
      name: "session.attempt",
      actor: systemActor("login"),
      ...(attempt.requestId === undefined ? {} : { requestId: attempt.requestId }),
    },
    async (context) => {
      const person = await countAttempt(context.sql, { login: attempt.login, now: context.now });
      // What was typed as a login may be a password: it is not written down.
      const subject = person === null ? "staff:unknown-or-locked" : `staff:${person.id}`;
      context.audit({ subject, details: { purpose: attempt.purpose } });
      return person;
    },
  );
  return result;
};

/**
 * Proves that somebody is who the login says. Repeating is safe but counts. The failures are forgotten once everything
 * that the login has (password, and authenticator when enrolled) was right.
 * @throws DomainError by its purpose `session.refused`, `session.code-refused`, `password.refused`,
 * `approval.approver-refused`
 */
export const proveIdentity = async (platform: Platform, proof: Proof): Promise<ProvenPerson> => {
  const login = proof.login.trim().toLowerCase();
  const person = await beginAttempt(platform, { login, purpose: proof.purpose, requestId: proof.requestId });
  const isRight = await verifyPassword(person?.passwordHash ?? null, proof.password);
  if (person === null || !isRight) return refuse(proof.purpose);
  const { database, clock, secretKey } = platform;
  const enrolled = person.totpConfirmedAt !== null;
  const now = clock.now();
  let secondFactorGiven = false;
  if (enrolled && proof.totp !== undefined) {
    secondFactorGiven = await useCode(database.sql, secretKey, person, proof.totp, now);
    if (!secondFactorGiven) return refuseCode(proof.purpose);
  }
  if (secondFactorGiven || !enrolled) await forgetFailures(database.sql, person.id);
  const facts = await securityFacts(database.sql);
  const expired = isPasswordExpired(policyOf(facts.passwordPolicy), person.passwordChangedAt, {
    now,
    demo: facts.demo,
  });
  return {
    id: person.id,
    login: person.login,
    displayName: person.displayName,
    roles: person.roles,
    mustChangePassword: person.mustChangePassword || expired,
    secondFactorGiven,
    secondFactorNeeded:
      !secondFactorGiven && needsSecondFactor({ roles: person.roles, enrolled, demo: facts.demo }),
    secondFactorEnrolled: enrolled,
  };
};

export const refuseCode = (purpose: Proof["purpose"]): never =>
  fail(
    purpose === "session" ? "session.code-refused" : REFUSALS[purpose],
    "the code is wrong, too old, or was used before",
    {
      field: "totp",
      remedy: "wait for the next code; the clock of the phone must be right",
    },
  );
