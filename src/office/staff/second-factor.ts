/** The second factor: a code of an authenticator app (TOTP, RFC 6238: SHA-1, 6 digits, 30 seconds). */
import { generateSecret, generateURI, verify } from "otplib";
import type { Role } from "#src/platform/actor.ts";
import type { Sql } from "#src/platform/sql.ts";
import { type PersonRow, useTimeStep } from "./queries.ts";
import { closeBox, openBox } from "./secret-box.ts";

const ISSUER = "Nuanyang";
/** A code of the step before is taken too: people type slowly. None of the future. */
const TOLERANCE_SECONDS: [number, number] = [30, 0];

const ROLES_THAT_NEED_IT: readonly Role[] = ["finance", "finance-approver", "admin"];

/** Whether a login must give a code: always once it has an authenticator; by its role, except in a demo database. */
export const needsSecondFactor = (person: {
  readonly roles: readonly Role[];
  readonly enrolled: boolean;
  readonly demo: boolean;
}): boolean =>
  person.enrolled || (!person.demo && person.roles.some((role) => ROLES_THAT_NEED_IT.includes(role)));

const ownerOf = (staffId: bigint): string => `totp:${staffId}`;

/** A new secret: closed for the database, and as the address that an authenticator app reads. */
export const newTotpSecret = (secretKey: string, person: { readonly id: bigint; readonly login: string }) => {
  const secret = generateSecret();
  return {
    sealed: closeBox(secretKey, ownerOf(person.id), secret),
    otpauthUri: generateURI({ issuer: ISSUER, label: person.login, secret }),
  };
};

/**
 * Whether the code is right now, and uses its time step up: the same code, or an older one, is refused afterwards. Of
 * two requests with one code, one gets true.
 */
export const useCode = async (
  sql: Sql,
  secretKey: string,
  person: Pick<PersonRow, "id" | "totpSecretSealed">,
  code: string,
  now: Date,
): Promise<boolean> => {
  if (person.totpSecretSealed === null || !/^\d{6}$/.test(code)) return false;
  const secret = openBox(secretKey, ownerOf(person.id), person.totpSecretSealed);
  const result = await verify({
    secret,
    token: code,
    epoch: Math.floor(now.getTime() / 1000),
    epochTolerance: TOLERANCE_SECONDS,
  });
  if (!result.valid || !("timeStep" in result)) return false;
  return (await useTimeStep(sql, { staffId: person.id, step: result.timeStep })) === 1;
};
