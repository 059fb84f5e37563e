/** Guesses are counted before they are looked at, and the count is committed whatever comes of them. */
import type { CommandContext } from "#src/platform/command.ts";
import { readSetting } from "#src/platform/settings.ts";
import { resolveAccountNo } from "#src/town/accounts/index.ts";
import {
  type AttemptKind,
  findAttemptsAtHome,
  findFullAddress,
  findLifts,
  lockCounters,
} from "./attempt-queries.ts";
import { knownBrowser } from "./browsers.ts";
import { digestOfAccount, digestOfAddress, digestOfHome } from "./digests.ts";
import { type HouseholdPolicy, householdPolicy } from "./policy.ts";
import { DAY_MS, HOUR_MS, type Past } from "./waits.ts";

/** Of a command, or of somebody who only looks. */
export type Moment = Pick<CommandContext, "sql" | "now">;

/** Who tries: as what he typed leads to, and from where he does. */
export type Visit = {
  readonly secretKey: string;
  readonly remoteAddress: string;
  /** What the browser calls itself. */
  readonly browser: string | null;
};

export type Attempt = {
  readonly accountId: bigint | null;
  /** Of the home; of what was typed where there is none, which is counted alike. */
  readonly accountDigest: Buffer;
  readonly addressDigest: Buffer;
  /** Of a browser that proved the home before. */
  readonly browserDigest: Buffer | null;
  readonly sessionId: null;
};

/** What somebody tries at a home. `folded`: as it was typed; null: of a code whose home is unknown. */
export const attemptAt = async (
  { sql, now }: Moment,
  visit: Visit,
  named: { readonly folded: string } | { readonly accountId: bigint | null; readonly accountDigest: Buffer },
): Promise<Attempt> => {
  const { secretKey } = visit;
  const { accountId } = "folded" in named ? await resolveAccountNo(sql, named.folded) : named;
  const accountDigest =
    "accountDigest" in named
      ? named.accountDigest
      : accountId === null
        ? digestOfAccount(secretKey, named.folded)
        : digestOfHome(secretKey, accountId);
  return {
    accountId,
    accountDigest,
    addressDigest: digestOfAddress(secretKey, visit.remoteAddress),
    browserDigest: await knownBrowser(sql, visit, accountId, now),
    sessionId: null,
  };
};

/** Holds the counters of home and address until the transaction ends. */
export const holdCounters = async ({ sql }: Moment, attempt: Attempt): Promise<HouseholdPolicy> => {
  const policy = await readSetting(sql, householdPolicy);
  await lockCounters(sql, [
    `household-account:${attempt.accountDigest.toString("hex")}`,
    `household-address:${attempt.addressDigest.toString("hex")}`,
  ]);
  return policy;
};

/** Which tries count: of codes each that was asked for, of proofs those that were wrong. */
const COUNTS: Readonly<Record<Exclude<AttemptKind, "look-up">, readonly boolean[]>> = {
  code: [false, true],
  proof: [true],
  paper: [true],
  stray: [true],
};

export type AtHome = Past & { readonly isKnown: boolean };

/** Since when the counts of a home hold: a day, or since the hotline began them anew. */
export const countedSince = async (
  { sql, now }: Moment,
  accountId: bigint | null,
): Promise<{ readonly since: Date; readonly lifts: number }> => {
  const dayAgo = new Date(now.getTime() - DAY_MS);
  const { last, count } = await findLifts(sql, { accountId, dayAgo });
  return { since: last ?? dayAgo, lifts: count };
};

/** What was tried at the home within a day, the newest first. */
export const triesAtHome = async (
  context: Moment,
  kind: Exclude<AttemptKind, "look-up">,
  { accountId, accountDigest }: Pick<Attempt, "accountId" | "accountDigest">,
): Promise<AtHome[]> => {
  const { since } = await countedSince(context, accountId);
  return findAttemptsAtHome(context.sql, { accountDigest, kind, failed: COUNTS[kind], since });
};

/** The tries that count against this one, and as whom it is counted: a stranger's, or a known browser's. */
export const countedWith = (tries: readonly AtHome[], attempt: Attempt) => {
  const isKnown = attempt.browserDigest !== null;
  const source = (attempt.browserDigest ?? attempt.addressDigest).toString("hex");
  return { past: tries.filter((one) => one.isKnown === isKnown), who: { source, isKnown } };
};

/** When the network address may try again, over all homes; null: now, and always for a known browser, which has a count of its own. */
export const addressWait = async (
  { sql, now }: Moment,
  kinds: readonly Exclude<AttemptKind, "look-up">[],
  { addressDigest, browserDigest }: Attempt,
  most: number,
): Promise<Date | null> => {
  if (browserDigest !== null) return null;
  const failed = [...new Set(kinds.flatMap((kind) => COUNTS[kind]))];
  const hourAgo = new Date(now.getTime() - HOUR_MS);
  const full = await findFullAddress(sql, { addressDigest, kinds, failed, hourAgo, most });
  return full === null ? null : new Date(full.at.getTime() + HOUR_MS);
};
