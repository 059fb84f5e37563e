/**
 * The second factor (第二要素): who names an account must know the last four digits of a telephone that we have on file for it.
 * Four digits are ten thousand guesses, so guesses are counted: by call, by the number that calls and by the account that is
 * guessed at, each with its own bound. A withheld number is nobody in particular and counts by call and account only.
 */
import { createHmac } from "node:crypto";
import { z } from "zod";
import type { CommandContext } from "#src/platform/command.ts";
import { field, word } from "#src/platform/setting-fields.ts";
import { declareSetting, readSetting } from "#src/platform/settings.ts";
import { countAttempts, insertAttempt, isTailOnFile, lockCounters } from "./proof-queries.ts";

export const selfServicePolicy = declareSetting({
  key: "hotline.self-service",
  schema: z.strictObject({
    wrongProofsPerCall: z.int().min(1).max(10),
    wrongProofsPerNumberAndHour: z.int().min(1).max(100),
    wrongProofsPerAccountAndDay: z.int().min(1).max(100),
  }),
  standard: { wrongProofsPerCall: 3, wrongProofsPerNumberAndHour: 6, wrongProofsPerAccountAndDay: 10 },
  title: word("电话自助验证", "Proofs by telephone"),
  fields: {
    wrongProofsPerCall: field("每通电话验证错误", "Wrong proofs per call", { unit: "times" }),
    wrongProofsPerNumberAndHour: field("每个号码每小时验证错误", "Wrong proofs per number and hour", {
      unit: "times",
    }),
    wrongProofsPerAccountAndDay: field("每个户号每天验证错误", "Wrong proofs per account and day", {
      unit: "times",
    }),
  },
  meaning: {
    "zh-CN": "自助查询：每通电话、每个号码每小时、每个户号每天允许的验证错误次数（默认值）",
    en: "Self-service: wrong proofs allowed per call, per number and hour, per account and day (defaults)",
  },
});

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A number as something that can be counted and not read: keyed, because ten digits are soon tried through. */
export const digestOfNumber = (secretKey: string, number: string | null): Buffer | null =>
  number === null ? null : createHmac("sha256", secretKey).update(`caller:${number}`).digest();

export type Proof = "proved" | "refused" | "locked";

/**
 * Holds a tail against the account (null: the caller named none that exists, which is counted and refused alike). Audited
 * without number and tail; a lock-out says which bound it met. Locks the counters of account and number.
 */
export const proveCaller = async (
  context: CommandContext,
  claim: {
    readonly sessionId: bigint;
    readonly numberDigest: Buffer | null;
    readonly accountId: bigint | null;
    readonly tail: string;
  },
): Promise<Proof> => {
  const { sql, now, today } = context;
  const { sessionId, numberDigest, accountId } = claim;
  const policy = await readSetting(sql, selfServicePolicy);
  await lockCounters(sql, [
    ...(accountId === null ? [] : [`proof-account:${accountId}`]),
    ...(numberDigest === null ? [] : [`proof-number:${numberDigest.toString("hex")}`]),
  ]);
  const so = await countAttempts(sql, {
    ...claim,
    hourAgo: new Date(now.getTime() - HOUR_MS),
    dayAgo: new Date(now.getTime() - DAY_MS),
  });
  const bound =
    so.ofCall >= policy.wrongProofsPerCall
      ? "call"
      : so.ofNumber >= policy.wrongProofsPerNumberAndHour
        ? "number"
        : so.ofAccount >= policy.wrongProofsPerAccountAndDay
          ? "account"
          : null;
  const finish = async (outcome: Proof, details: Readonly<Record<string, unknown>>): Promise<Proof> => {
    await insertAttempt(sql, { sessionId, numberDigest, accountId, outcome, now });
    context.audit({ subject: `menu-session:${sessionId}`, details: { proof: outcome, ...details } });
    return outcome;
  };
  // Locked also when the tail would fit: else a lock-out would still say which of the guesses was right.
  if (bound !== null) return finish("locked", { bound });
  const fits = accountId !== null && (await isTailOnFile(sql, { accountId, tail: claim.tail, day: today }));
  if (fits) return finish("proved", { accountId: String(accountId) });
  const isLast = so.ofCall + 1n >= policy.wrongProofsPerCall;
  return (await finish("refused", {})) === "refused" && isLast ? "locked" : "refused";
};
