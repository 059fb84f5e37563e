/** Asking for a code to the telephone that a home has on file: answered alike whether there is one or not. */
import { randomInt } from "node:crypto";
import { newSecret } from "#src/kernel/ids.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import { foldAccountText } from "#src/town/accounts/index.ts";
import { insertAttempt, lockCounters } from "./attempt-queries.ts";
import {
  addressWait,
  type Attempt,
  attemptAt,
  countedSince,
  countedWith,
  holdCounters,
  triesAtHome,
} from "./attempts.ts";
import { digestOfCode, digestOfReference, shownMobile } from "./digests.ts";
import { inEvenTime } from "./even-time.ts";
import {
  CODE_MINUTES,
  CODE_TRIES,
  CODES_KEPT_FOR_KNOWN,
  CODES_PER_NUMBER_AND_DAY,
  CODES_PER_NUMBER_AND_HOUR,
  type HouseholdPolicy,
} from "./policy.ts";
import { countCodesTo, findRegisteredMobile, insertChallenge } from "./proof-queries.ts";
import { tooMany, type Wait } from "./too-many.ts";
import { visitor } from "./visitor.ts";
import { DAY_MS, HOUR_MS, RESEND_MS, waitForCode } from "./waits.ts";

export type CodeWish = {
  readonly accountNo: string;
  readonly locale: "zh-CN" | "en";
  readonly remoteAddress: string;
  readonly browser: string | null;
  readonly requestId: string;
};

export type CodeSent = {
  readonly challenge: string;
  /** `138********`. */
  readonly sentTo: string;
  readonly expiresAt: Date;
  readonly resendAfterSeconds: number;
  /** What a code is good for at most: the same for every home, and for none. */
  readonly tries: number;
};

const latest = (one: Date, other: Date): Date => (one > other ? one : other);

/** Whether a telephone has had all the codes that one may get; those who ask for its many homes wait for each other. */
const isFlooded = async (context: CommandContext, number: string, attempt: Attempt): Promise<boolean> => {
  const { sql, now } = context;
  await lockCounters(sql, [`household-number:${number}`]);
  const { since } = await countedSince(context, attempt.accountId);
  const { inHour, inDay } = await countCodesTo(sql, {
    number,
    hourAgo: latest(since, new Date(now.getTime() - HOUR_MS)),
    dayAgo: latest(since, new Date(now.getTime() - DAY_MS)),
  });
  const kept = attempt.browserDigest === null ? 0 : CODES_KEPT_FOR_KNOWN;
  return inHour >= CODES_PER_NUMBER_AND_HOUR + kept || inDay >= CODES_PER_NUMBER_AND_DAY + kept;
};

/** When a code may be asked for, and when the one after it. */
const waitsOf = async (context: CommandContext, attempt: Attempt, policy: HouseholdPolicy) => {
  const { now } = context;
  const { past, who } = countedWith(await triesAtHome(context, "code", attempt), attempt);
  const most = policy.codesPerAddressAndHour;
  const ofAddress = await addressWait(context, ["code"], attempt, most);
  const ofHome = waitForCode(past, who, now, policy);
  const next = waitForCode([{ at: now, source: who.source }, ...past], who, now, policy);
  // Of both the later one is said, since only then it is over.
  const isAddress = ofAddress !== null && (ofHome === null || ofAddress > ofHome);
  const until = isAddress ? ofAddress : ofHome;
  const wait: Wait | null = until === null ? null : { until, now, of: isAddress ? "address" : "home" };
  return { wait, again: next ?? new Date(now.getTime() + RESEND_MS) };
};

type Written =
  | { readonly kind: "sent"; readonly sent: CodeSent }
  | { readonly kind: "wait"; readonly wait: Wait };

const writeChallenge = async (
  platform: Platform,
  context: CommandContext,
  wish: CodeWish,
): Promise<Written> => {
  const { sql, now, today } = context;
  const { secretKey } = platform;
  const folded = foldAccountText(wish.accountNo);
  const attempt = await attemptAt(context, { ...wish, secretKey }, { folded });
  const policy = await holdCounters(context, attempt);
  const { wait, again } = await waitsOf(context, attempt, policy);
  if (wait !== null) return { kind: "wait", wait };
  await insertAttempt(sql, { ...attempt, kind: "code", failed: false, now });
  const { accountId } = attempt;
  const onFile = await findRegisteredMobile(sql, { accountId, day: today });
  // Nobody is told: who asks for one home learns nothing of the others.
  const registered = onFile !== null && (await isFlooded(context, onFile.number, attempt)) ? null : onFile;
  const challenge = newSecret();
  const code = String(randomInt(1_000_000)).padStart(6, "0");
  const expiresAt = new Date(now.getTime() + CODE_MINUTES * 60_000);
  const { id } = await insertChallenge(sql, {
    referenceHash: digestOfReference(challenge),
    accountId: registered === null ? null : accountId,
    personId: registered?.personId ?? null,
    number: registered?.number ?? null,
    accountDigest: attempt.accountDigest,
    codeHash: digestOfCode(secretKey, challenge, code),
    code,
    locale: wish.locale,
    now,
    expiresAt,
  });
  context.audit({ subject: `household-code:${id}` });
  // For an account that there is not as well: whoever sends it finds nobody to send it to.
  context.emit({
    type: "household.code-asked",
    subject: `household-code:${id}`,
    payload: { challengeId: String(id) },
  });
  const sentTo = shownMobile(secretKey, folded, onFile?.number ?? null);
  const resendAfterSeconds = Math.ceil((again.getTime() - now.getTime()) / 1000);
  return { kind: "sent", sent: { challenge, sentTo, expiresAt, resendAfterSeconds, tries: CODE_TRIES } };
};

/**
 * Asks for a code to the telephone that is on file for an account. Answers alike, and takes equally long, for an account that
 * there is not or that has no mobile: nobody gets a code then.
 * @throws DomainError `household.too-many`, counted by home and source (by what was typed where there is no such home)
 */
export const askCode = (platform: Platform, wish: CodeWish): Promise<CodeSent> =>
  inEvenTime(async () => {
    const { result } = await platform.commands.run(
      { name: "household.ask-code", actor: visitor, requestId: wish.requestId },
      (context) => writeChallenge(platform, context, wish),
    );
    return result.kind === "sent" ? result.sent : tooMany(result.wait);
  });
