/** What is typed and where it comes from, as something that can be counted and not read. Pure. */
import { createHmac, hash, timingSafeEqual } from "node:crypto";
import { isIPv6 } from "node:net";
import { ipKeyGenerator } from "express-rate-limit";

const keyed = (secretKey: string, purpose: string, text: string): Buffer =>
  createHmac("sha256", secretKey).update(`household ${purpose}:${text}`).digest();

export const digestOfAccount = (secretKey: string, folded: string): Buffer =>
  keyed(secretKey, "account", folded.toUpperCase());

/** Of an account that there is: its numbers, old and new, are one home. */
export const digestOfHome = (secretKey: string, accountId: bigint): Buffer =>
  keyed(secretKey, "home", String(accountId));

export const digestOfBrowser = (secretKey: string, browser: string): Buffer =>
  keyed(secretKey, "browser", browser);

/** A whole IPv6 network of a home counts as one address. */
export const digestOfAddress = (secretKey: string, address: string): Buffer =>
  keyed(secretKey, "address", isIPv6(address) ? ipKeyGenerator(address) : address);

/** References are random, so no slow hash is needed. */
export const digestOfReference = (reference: string): Buffer => hash("sha256", reference, "buffer");

export const digestOfCode = (secretKey: string, reference: string, code: string): Buffer =>
  keyed(secretKey, "code", `${reference}:${code}`);

export const isSameDigest = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && timingSafeEqual(one, other);

const PREFIXES = ["135", "136", "137", "138", "139", "150", "151", "158", "159", "182", "186", "187", "188"];

/**
 * How a registered mobile is shown to somebody who has not proved anything: its first three digits, which tell its owner
 * "that one" and a stranger next to nothing. Never its last four: they are the second factor of the telephone menu. Where
 * there is no such account, or no mobile, something that looks the same, and the same each time.
 */
export const shownMobile = (secretKey: string, folded: string, number: string | null): string => {
  const [first = 0] = keyed(secretKey, "prefix", folded.toUpperCase());
  const prefix = number?.replace(/^\+86/, "").slice(0, 3) ?? PREFIXES[first % PREFIXES.length] ?? "138";
  return `${prefix}********`;
};
