/** Guesses are counted before they are looked at, and the count is committed whatever comes of them. */
import type { CommandContext } from "#src/platform/command.ts";
import { readSetting } from "#src/platform/settings.ts";
import { type AttemptKind, type Counted, countAttempts, lockCounters } from "./attempt-queries.ts";
import { type HouseholdPolicy, householdPolicy } from "./policy.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Who tries, and at what. */
export type Attempt = {
  readonly accountDigest: Buffer;
  readonly addressDigest: Buffer;
  readonly sessionId: bigint | null;
};

/** Holds the counters of account and address, and says how often it was tried. Only failed proofs count. */
export const countSoFar = async (
  { sql, now }: CommandContext,
  kind: AttemptKind,
  attempt: Attempt,
): Promise<{ readonly counted: Counted; readonly policy: HouseholdPolicy }> => {
  const policy = await readSetting(sql, householdPolicy);
  await lockCounters(sql, [
    `household-account:${attempt.accountDigest.toString("hex")}`,
    `household-address:${attempt.addressDigest.toString("hex")}`,
  ]);
  const counted = await countAttempts(sql, {
    ...attempt,
    kind,
    failed: kind === "proof" ? [true] : [true, false],
    hourAgo: new Date(now.getTime() - HOUR_MS),
    dayAgo: new Date(now.getTime() - DAY_MS),
  });
  return { counted, policy };
};
