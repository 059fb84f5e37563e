/** Shapes of the staff room. */
import { z } from "zod";
import { ROLES, STAFF_ROLES } from "#src/platform/actor.ts";
import { accountNoIn, rowIdIn } from "#src/platform/route.ts";
import { MAXIMUM_LENGTH } from "./password-policy.ts";

/**
 * What a machine may be. A token has no second factor, so no role whose people need one to move money or rights; and
 * money by machine comes through a channel, which a token of `bank-channel` is bound to.
 */
export const TOKEN_ROLES = ["bank-channel", "agent", "auditor"] as const;

const loginIn = z.string().min(1).max(80);
// Bounded before it is hashed: a password of a megabyte would be work for nothing.
const passwordIn = z
  .string()
  .min(1)
  .max(MAXIMUM_LENGTH * 4);
export const codeIn = z.string().regex(/^\d{6}$/, "six digits");

export const loginBody = z.strictObject({ login: loginIn, password: passwordIn, totp: codeIn.optional() });

export const sessionOut = z.object({
  login: z.string(),
  displayName: z.string(),
  roles: z.array(z.enum(ROLES)),
  mustChangePassword: z.boolean(),
  secondFactorNeeded: z.boolean(),
  secondFactorEnrolled: z.boolean(),
  /** What this login may do now: what a page shows is chosen by it, each call is checked again. */
  permissions: z.array(z.string()),
  /** Bound to areas: what lies outside them does not exist for this login. */
  bounded: z.boolean(),
  /** Of a bound phone: it is opened again by the phone until the season ends. */
  boundDevice: z.boolean(),
  /** Until when what asks for a fresh proof is open; later the console asks for it first. */
  provedUntil: z.string().nullable(),
  /** The time of the house: a page counts what remains by it, not by the clock of its own machine. */
  now: z.string(),
});

export const passwordBody = z.strictObject({
  currentPassword: passwordIn.optional(),
  newPassword: passwordIn,
});

/** The own password, or the code of the own authenticator. */
export const stepUpBody = z.union([
  z.strictObject({ password: passwordIn }),
  z.strictObject({ code: codeIn }),
]);

export const totpBody = z.strictObject({ code: codeIn.optional() });
export const totpOut = z.object({
  /** Read by an authenticator app; present once, when enrolment begins. */
  otpauthUri: z.string().nullable(),
  confirmed: z.boolean(),
});

export const deviceBody = z.strictObject({
  password: passwordIn,
  totp: codeIn.optional(),
  /** What the person calls the phone. */
  name: z.string().trim().min(1).max(60),
});
export const deviceOut = z.object({
  id: z.string(),
  name: z.string(),
  boundAt: z.string(),
  lastSeenAt: z.string(),
  expiresAt: z.string(),
  endedAt: z.string().nullable(),
  endedReason: z.string().nullable(),
});

const areaIdsIn = z.array(rowIdIn).min(1).max(500);
const rolesIn = z.array(z.enum(STAFF_ROLES)).max(STAFF_ROLES.length);
const displayNameIn = z.string().trim().min(1).max(60);

export const newStaffBody = z.strictObject({
  login: z.string().regex(/^[a-z0-9._-]{2,40}$/, "2 to 40 small letters, digits, dots, hyphens"),
  displayName: displayNameIn,
  roles: rolesIn.min(1),
  areaIds: areaIdsIn.optional(),
});

export const staffChangeBody = z.strictObject({
  displayName: displayNameIn.optional(),
  /** A mobile for word of work that runs out; null takes it away. */
  mobile: z.string().trim().min(5).max(40).nullable().optional(),
  /** For samples of notices; null takes it away. */
  mail: z.email().max(254).nullable().optional(),
  roles: rolesIn.optional(),
  /** null lifts the bound: the role's own scope holds. */
  areaIds: areaIdsIn.nullable().optional(),
  disabled: z.boolean().optional(),
  resetPassword: z.literal(true).optional(),
  removeSecondFactor: z.literal(true).optional(),
});
export type StaffChange = z.output<typeof staffChangeBody>;

export const staffOut = z.object({
  id: z.string(),
  login: z.string(),
  displayName: z.string(),
  /** Masked; null without one. */
  mobile: z.string().nullable(),
  mail: z.string().nullable(),
  roles: z.array(z.enum(ROLES)),
  /** null: not bound to areas. */
  areaIds: z.array(z.string()).nullable(),
  secondFactor: z.boolean(),
  mustChangePassword: z.boolean(),
  lockedUntil: z.string().nullable(),
  disabledAt: z.string().nullable(),
  version: z.int(),
});

/** The initial password is shown this once. */
export const staffWrittenOut = staffOut.extend({ initialPassword: z.string().nullable() });

export const newTokenBody = z.strictObject({
  name: z.string().trim().min(1).max(80),
  role: z.enum(TOKEN_ROLES),
  channel: z.string().max(30).optional(),
  accountNos: z.array(accountNoIn).max(10_000).optional(),
  expiresAt: z.iso.datetime({ offset: true }).optional(),
});
export type NewToken = z.output<typeof newTokenBody>;

export const tokenOut = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  channel: z.string().nullable(),
  accountCount: z.int(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
});
/** The token is shown this once. */
export const tokenWrittenOut = z.object({ id: z.string(), token: z.string() });
