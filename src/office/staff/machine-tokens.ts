/**
 * Tokens of machines (a bank's front end, a payment agent, an export): a role, optionally one channel and a list of
 * accounts, an end. Only the digest of a token is stored; it is shown once.
 */
import { dayOfInstant } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { newSecret } from "#src/kernel/ids.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import { monotonicMs } from "#src/platform/clock.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Database } from "#src/platform/database.ts";
import type { Platform } from "#src/platform/route.ts";
import type { NewToken } from "./schema.ts";
import {
  accountIdsOf,
  bindTokenAccounts,
  channelIdOf,
  insertToken,
  liveToken,
  revokeToken,
  type TokenRow,
} from "./session-queries.ts";
import { digestOf } from "./sessions.ts";

export const TOKEN_PREFIX = "nyt_";
const CACHE_MS = 1000;
const CACHE_MOST = 10_000;

type Known = { readonly until: number; readonly actor: Promise<Actor | null> };
const knownTokens = new WeakMap<Database, Map<string, Known>>();

const cacheOf = (database: Database): Map<string, Known> => {
  const found = knownTokens.get(database);
  if (found !== undefined) return found;
  const made = new Map<string, Known>();
  knownTokens.set(database, made);
  return made;
};

const actorOf = (row: TokenRow): Actor => ({
  kind: "machine",
  id: row.id,
  name: row.name,
  roles: [row.role],
  scope:
    row.accountIds.length > 0 ? { kind: "accounts", accountIds: row.accountIds } : { kind: "everything" },
  ...(row.channelId === null ? {} : { channelId: row.channelId }),
});

/**
 * The machine behind a token, or null. An answer is kept in this process for one second from the moment it was asked
 * for, so that 1,500 requests a second ask the database once: a revoked or expired token is refused everywhere within a
 * second, and at once in the process that revoked it. Tokens that do not exist are not kept.
 */
export const authenticateToken = async (platform: Platform, token: string): Promise<Actor | null> => {
  if (!token.startsWith(TOKEN_PREFIX)) return null;
  const digest = digestOf(token);
  const key = digest.toString("base64");
  const cache = cacheOf(platform.database);
  const askedAt = monotonicMs();
  const known = cache.get(key);
  if (known !== undefined && known.until > askedAt) return known.actor;
  if (cache.size >= CACHE_MOST) cache.clear();
  const forget = (): void => {
    if (cache.get(key)?.until === askedAt + CACHE_MS) cache.delete(key);
  };
  const ask = async (): Promise<Actor | null> => {
    try {
      const row = await liveToken(platform.database.sql, { tokenHash: digest, now: platform.clock.now() });
      if (row !== null) return actorOf(row);
    } catch (error) {
      // Whoever waits for this answer gets the error; the next request asks again.
      forget();
      throw error;
    }
    forget();
    return null;
  };
  const actor = ask();
  cache.set(key, { until: askedAt + CACHE_MS, actor });
  return actor;
};

/**
 * Makes a token and shows it this once.
 * @throws DomainError `token.channel-needed`, `token.expired`, `channel.not-found`, `account.not-found`
 */
export const createToken = async (
  context: CommandContext,
  wanted: NewToken,
): Promise<{ readonly id: bigint; readonly token: string }> => {
  if (wanted.role === "bank-channel" && wanted.channel === undefined) {
    fail("token.channel-needed", "a bank's token is bound to its channel", { field: "channel" });
  }
  const expiresAt = wanted.expiresAt === undefined ? null : new Date(wanted.expiresAt);
  if (expiresAt !== null && expiresAt <= context.now) {
    fail("token.expired", "the token would have expired already", { field: "expiresAt" });
  }
  const channel = wanted.channel === undefined ? null : await channelIdOf(context.sql, wanted.channel);
  if (wanted.channel !== undefined && channel === null) {
    fail("channel.not-found", "there is no channel of this code", {
      field: "channel",
      facts: { channel: wanted.channel },
    });
  }
  const accountNos = [...new Set(wanted.accountNos ?? [])];
  const accounts = accountNos.length === 0 ? [] : await accountIdsOf(context.sql, accountNos);
  const missing = accountNos.filter(
    (accountNo) => !accounts.some((account) => account.accountNo === accountNo),
  );
  if (missing.length > 0) {
    fail("account.not-found", "some accounts are not on the roll", {
      field: "accountNos",
      facts: { missing: missing.slice(0, 20), count: missing.length },
    });
  }
  const token = `${TOKEN_PREFIX}${newSecret()}`;
  const { id } = await insertToken(context.sql, {
    name: wanted.name,
    tokenHash: digestOf(token),
    role: wanted.role,
    channelId: channel?.id ?? null,
    now: context.now,
    createdBy: staffIdOf(context.actor),
    expiresAt,
  });
  if (accounts.length > 0) {
    await bindTokenAccounts(context.sql, { tokenId: id, accountIds: accounts.map((account) => account.id) });
  }
  context.audit({
    subject: `token:${id}`,
    details: {
      role: wanted.role,
      channelId: channel?.id ?? null,
      accounts: accounts.length,
      expiresOn: expiresAt === null ? null : dayOfInstant(expiresAt),
    },
  });
  return { id, token };
};

/**
 * Revokes a token for good: every process refuses it within a second. Repeating is safe.
 * @throws DomainError `token.not-found`
 */
export const revokeMachineToken = async (context: CommandContext, tokenId: bigint): Promise<void> => {
  const revoked = await revokeToken(context.sql, { tokenId, now: context.now });
  if (revoked === null) fail("token.not-found", "there is no such token");
  context.audit({ subject: `token:${tokenId}` });
};

/** Drops this process's kept answers, after a revocation has committed. */
export const forgetKnownTokens = (platform: Platform): void => cacheOf(platform.database).clear();
