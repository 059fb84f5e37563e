/**
 * What is locked at a home's sign-in (锁定), for the hotline: when it ends, and beginning the counts anew for somebody who rings and proves
 * who he is. All tries at the home are forgotten: of strangers, the caller among them, and of browsers that are known. What a network address
 * used up at all homes is no matter of one home, and ends by itself.
 */
import { fail } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { readSetting } from "#src/platform/settings.ts";
import type { Account } from "#src/town/accounts/index.ts";
import { insertLift, lockCounters } from "./attempt-queries.ts";
import { type AtHome, countedSince, type Moment, triesAtHome } from "./attempts.ts";
import { digestOfHome } from "./digests.ts";
import { householdPolicy, LIFTS_PER_DAY } from "./policy.ts";
import { codesUsedUpUntil, waitForCode, waitForPaper } from "./waits.ts";

export type HomeLock = {
  /** Until when nobody but a known browser may ask for a code, or prove by card or receipt; null: they may. */
  readonly codesUntil: Date | null;
  readonly papersUntil: Date | null;
  /** Until when one of those who tried has to wait; the caller may be one. */
  readonly sourceUntil: Date | null;
  /** What counts now. */
  readonly codes: number;
  readonly wrongCodes: number;
  readonly wrongPapers: number;
  readonly liftsLeft: number;
};

const NOBODY = { source: "", isKnown: false };
const latest = (all: readonly (Date | null)[]): Date | null =>
  all.reduce((one, other) => (one !== null && (other === null || one > other) ? one : other), null);
const sourcesOf = (tries: readonly AtHome[]): string[] => [...new Set(tries.map(({ source }) => source))];

/** How it stands. Reads only. */
export const readLock = async (
  context: Moment,
  secretKey: string,
  account: Pick<Account, "id">,
): Promise<HomeLock> => {
  const { sql, now } = context;
  const home = { accountId: account.id, accountDigest: digestOfHome(secretKey, account.id) };
  const policy = await readSetting(sql, householdPolicy);
  const codes = await triesAtHome(context, "code", home);
  const papers = await triesAtHome(context, "paper", home);
  const wrongCodes = await triesAtHome(context, "proof", home);
  const { lifts } = await countedSince(context, account.id);
  const strangers = (tries: readonly AtHome[]): AtHome[] => tries.filter(({ isKnown }) => !isKnown);
  const [asked, wrong] = [strangers(codes), strangers(papers)];
  const waits = [
    ...sourcesOf(codes).map((source) => {
      const isKnown = codes.some((one) => one.source === source && one.isKnown);
      return waitForCode(isKnown ? codes : asked, { source, isKnown }, now, policy);
    }),
    ...sourcesOf(papers).map((source) => {
      const isKnown = papers.some((one) => one.source === source && one.isKnown);
      return waitForPaper(isKnown ? papers : wrong, { source, isKnown }, now, policy);
    }),
  ];
  return {
    codesUntil: codesUsedUpUntil(asked, now, policy),
    // As for somebody who comes for the first time.
    papersUntil: waitForPaper(wrong, NOBODY, now, policy),
    sourceUntil: latest(waits),
    codes: codes.length,
    wrongCodes: wrongCodes.length,
    wrongPapers: papers.length,
    liftsLeft: Math.max(0, LIFTS_PER_DAY - lifts),
  };
};

/**
 * Begins the counts anew.
 * @throws DomainError `household.nothing-locked`, `household.lifts-used-up`
 */
export const liftLock = async (
  context: CommandContext,
  secretKey: string,
  account: Pick<Account, "id">,
  reason: string,
): Promise<HomeLock> => {
  const { sql, now } = context;
  await lockCounters(sql, [`household-account:${digestOfHome(secretKey, account.id).toString("hex")}`]);
  const before = await readLock(context, secretKey, account);
  if (before.sourceUntil === null && before.codesUntil === null && before.papersUntil === null) {
    fail("household.nothing-locked", "nobody has to wait at this home", {
      remedy: "the caller may try again now",
    });
  }
  if (before.liftsLeft === 0) {
    fail("household.lifts-used-up", `the counts of a home begin anew ${LIFTS_PER_DAY} times a day at most`, {
      remedy: "take the payment at the counter, or let the caller wait until it ends",
      facts: {
        until: latest([before.codesUntil, before.papersUntil, before.sourceUntil])?.toISOString() ?? null,
      },
    });
  }
  await insertLift(sql, { accountId: account.id, now });
  const { codes, wrongCodes, wrongPapers } = before;
  context.audit({ subject: `account:${account.id}`, details: { reason, codes, wrongCodes, wrongPapers } });
  return readLock(context, secretKey, account);
};
