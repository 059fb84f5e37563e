/**
 * Browsers that are known at a home (认识的浏览器): somebody who lives there signed in by a code to its telephone. What strangers do at the
 * home does not count against them. A cookie of its own for half a year, that opens nothing: it only says where a try comes from.
 */
import { dayOfInstant } from "#src/kernel/day.ts";
import { newSecret } from "#src/kernel/ids.ts";
import type { Sql } from "#src/platform/sql.ts";
import { findKnownBrowser, upsertBrowser } from "./attempt-queries.ts";
import { digestOfBrowser } from "./digests.ts";

export const BROWSER_DAYS = 180;

const isHttps = (publicUrl: string): boolean => publicUrl.startsWith("https:");
const cookieName = (publicUrl: string): string =>
  isHttps(publicUrl) ? "__Host-nuan-browser" : "nuan-browser";

/** What the browser calls itself; null where it never asked for a code here. */
export const browserOf = (publicUrl: string, cookies: string | undefined): string | null => {
  const name = `${cookieName(publicUrl)}=`;
  const found = (cookies ?? "")
    .split(";")
    .map((part) => part.trim())
    .find((part) => part.startsWith(name));
  const value = found?.slice(name.length) ?? "";
  return /^[\w-]{32}$/.test(value) ? value : null;
};

/** `Set-Cookie` that gives the browser a name, or keeps the one that it has for another half year. */
export const browserCookie = (publicUrl: string, browser: string | null): string =>
  `${cookieName(publicUrl)}=${browser ?? newSecret()}; Path=/; Max-Age=${BROWSER_DAYS * 86_400}; HttpOnly; SameSite=Strict${
    isHttps(publicUrl) ? "; Secure" : ""
  }`;

type Browser = { readonly secretKey: string; readonly browser: string | null };

/** The digest of a browser that is known at this home; null: a stranger's. */
export const knownBrowser = async (
  sql: Sql,
  { secretKey, browser }: Browser,
  accountId: bigint | null,
  now: Date,
): Promise<Buffer | null> => {
  if (browser === null || accountId === null) return null;
  const browserDigest = digestOfBrowser(secretKey, browser);
  const known = await findKnownBrowser(sql, { browserDigest, accountId, day: dayOfInstant(now) });
  return known === null ? null : browserDigest;
};

/** It proved the home by a code just now. */
export const rememberBrowser = async (
  sql: Sql,
  { secretKey, browser }: Browser,
  home: { readonly accountId: bigint; readonly personId: bigint; readonly now: Date },
): Promise<void> => {
  if (browser === null) return;
  await upsertBrowser(sql, { browserDigest: digestOfBrowser(secretKey, browser), ...home });
};
