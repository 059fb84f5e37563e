/**
 * Proofs that a home is somebody's: a code that went to its registered telephone, or its card's number, or that of its last
 * receipt. Whatever is wrong, the answer is one and the same, and takes as long: what there is and what there is not looks alike.
 */
import { randomInt } from "node:crypto";
import { fail } from "#src/kernel/errors.ts";
import { newSecret } from "#src/kernel/ids.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import { foldAccountText, resolveAccountNo } from "#src/town/accounts/index.ts";
import { insertAttempt, lockCounters } from "./attempt-queries.ts";
import { countSoFar } from "./attempts.ts";
import {
  digestOfAccount,
  digestOfAddress,
  digestOfCode,
  digestOfReference,
  isSameDigest,
  shownMobile,
} from "./digests.ts";
import { inEvenTime } from "./even-time.ts";
import {
  CODE_MINUTES,
  CODE_TRIES,
  CODES_PER_NUMBER_AND_DAY,
  CODES_PER_NUMBER_AND_HOUR,
  RESEND_SECONDS,
} from "./policy.ts";
import {
  countCodesTo,
  findRegisteredMobile,
  holdChallenge,
  holdPaper,
  insertChallenge,
  noteChallengeTry,
} from "./proof-queries.ts";

/** Somebody in front of the page who has proved nothing. */
export const visitor: Actor = {
  kind: "household",
  id: null,
  name: "visitor",
  roles: [],
  scope: { kind: "accounts", accountIds: [] },
};

export type CodeWish = {
  readonly accountNo: string;
  readonly locale: "zh-CN" | "en";
  readonly remoteAddress: string;
  readonly requestId: string;
};

export type CodeSent = {
  readonly challenge: string;
  /** `138********`. */
  readonly sentTo: string;
  readonly expiresAt: Date;
  readonly resendAfterSeconds: number;
};

export const tooMany = (retryAfterSeconds?: number): never =>
  fail("household.too-many", "this was tried too often", {
    remedy: "wait and try again, or call the hotline",
    ...(retryAfterSeconds !== undefined && { facts: { retryAfterSeconds } }),
  });

/** Whether a telephone has had all the codes that one may get; those who ask for its many homes wait for each other. */
const isFlooded = async ({ sql, now }: CommandContext, number: string): Promise<boolean> => {
  await lockCounters(sql, [`household-number:${number}`]);
  const hourAgo = new Date(now.getTime() - 3_600_000);
  const dayAgo = new Date(now.getTime() - 24 * 3_600_000);
  const { inHour, inDay } = await countCodesTo(sql, { number, hourAgo, dayAgo });
  return inHour >= CODES_PER_NUMBER_AND_HOUR || inDay >= CODES_PER_NUMBER_AND_DAY;
};

const writeChallenge = async (
  platform: Platform,
  context: CommandContext,
  wish: CodeWish,
): Promise<{ readonly sent: CodeSent | null; readonly retryAfterSeconds: number }> => {
  const { sql, now, today } = context;
  const { secretKey } = platform;
  const folded = foldAccountText(wish.accountNo);
  const attempt = {
    accountDigest: digestOfAccount(secretKey, folded),
    addressDigest: digestOfAddress(secretKey, wish.remoteAddress),
    sessionId: null,
  };
  const { counted, policy } = await countSoFar(context, "code", attempt);
  const waited = counted.lastOfAccount === null ? Infinity : now.getTime() - counted.lastOfAccount.getTime();
  if (waited < RESEND_SECONDS * 1000) {
    return { sent: null, retryAfterSeconds: Math.ceil(RESEND_SECONDS - waited / 1000) };
  }
  const isMost =
    counted.ofAccountInHour >= policy.codesPerAccountAndHour ||
    counted.ofAccountInDay >= policy.codesPerAccountAndDay ||
    counted.ofAddressInHour >= policy.codesPerAddressAndHour;
  if (isMost) return { sent: null, retryAfterSeconds: 3600 };
  await insertAttempt(sql, { ...attempt, kind: "code", failed: false, now });
  const { accountId } = await resolveAccountNo(sql, folded);
  const onFile = await findRegisteredMobile(sql, { accountId, day: today });
  // Nobody is told: who asks for one home learns nothing of the others.
  const registered = onFile !== null && (await isFlooded(context, onFile.number)) ? null : onFile;
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
  return { sent: { challenge, sentTo, expiresAt, resendAfterSeconds: RESEND_SECONDS }, retryAfterSeconds: 0 };
};

/**
 * Asks for a code to the telephone that is on file for an account. Answers alike, and takes equally long, for an account that
 * there is not or that has no mobile: nobody gets a code then.
 * @throws DomainError `household.too-many`, counted by what was typed, there or not
 */
export const askCode = (platform: Platform, wish: CodeWish): Promise<CodeSent> =>
  inEvenTime(async () => {
    const { result } = await platform.commands.run(
      { name: "household.ask-code", actor: visitor, requestId: wish.requestId },
      (context) => writeChallenge(platform, context, wish),
    );
    return result.sent ?? tooMany(result.retryAfterSeconds);
  });

export type Proof =
  | { readonly challenge: string; readonly code: string }
  | { readonly accountNo: string; readonly paper: string };

/** What was proved. `number`: by a code to it; null: by card or receipt. */
export type ProvenHome = {
  readonly accountId: bigint;
  readonly personId: bigint | null;
  readonly number: string | null;
};

type Judged =
  | { readonly outcome: "proved"; readonly home: ProvenHome }
  | { readonly outcome: "refused" | "too-many" };

const judgeCode = async (
  platform: Platform,
  context: CommandContext,
  proof: Extract<Proof, { challenge: string }>,
  remoteAddress: string,
): Promise<Judged> => {
  const { sql, now } = context;
  const { secretKey } = platform;
  const asked = await holdChallenge(sql, digestOfReference(proof.challenge));
  const attempt = {
    accountDigest: asked?.accountDigest ?? digestOfAccount(secretKey, ""),
    addressDigest: digestOfAddress(secretKey, remoteAddress),
    sessionId: null,
  };
  const { counted, policy } = await countSoFar(context, "proof", attempt);
  if (
    counted.ofAccountInDay >= policy.wrongProofsPerAccountAndDay ||
    counted.ofAddressInHour >= policy.wrongProofsPerAddressAndHour
  ) {
    return { outcome: "too-many" };
  }
  const mayBe = asked !== null && asked.spentAt === null && asked.expiresAt > now && asked.tries < CODE_TRIES;
  const given = digestOfCode(secretKey, proof.challenge, proof.code);
  const right = mayBe && isSameDigest(given, asked.codeHash) && asked.accountId !== null;
  if (asked !== null) await noteChallengeTry(sql, { id: asked.id, right, now });
  await insertAttempt(sql, { ...attempt, kind: "proof", failed: !right, now });
  if (!right || asked.accountId === null) return { outcome: "refused" };
  const { accountId, personId, number } = asked;
  return { outcome: "proved", home: { accountId, personId, number } };
};

const judgePaper = async (
  platform: Platform,
  context: CommandContext,
  proof: Extract<Proof, { paper: string }>,
  remoteAddress: string,
): Promise<Judged> => {
  const { sql, now, today } = context;
  const { secretKey } = platform;
  const folded = foldAccountText(proof.accountNo);
  const attempt = {
    accountDigest: digestOfAccount(secretKey, folded),
    addressDigest: digestOfAddress(secretKey, remoteAddress),
    sessionId: null,
  };
  const { counted, policy } = await countSoFar(context, "proof", attempt);
  if (
    counted.ofAccountInDay >= policy.wrongProofsPerAccountAndDay ||
    counted.ofAddressInHour >= policy.wrongProofsPerAddressAndHour
  ) {
    return { outcome: "too-many" };
  }
  const { accountId } = await resolveAccountNo(sql, folded);
  const held = await holdPaper(sql, { accountId, paper: foldAccountText(proof.paper), day: today });
  const right = accountId !== null && held.fits && held.open;
  await insertAttempt(sql, { ...attempt, kind: "proof", failed: !right, now });
  return right
    ? { outcome: "proved", home: { accountId, personId: held.personId, number: null } }
    : { outcome: "refused" };
};

/**
 * Holds a proof, in a transaction that is committed whatever it says, and does `onProved` in it. A code works once.
 * @throws DomainError `household.proof-refused` (wrong, too old, used, or no such account: nobody is told which),
 * `household.too-many`
 */
export const proveHome = <T>(
  platform: Platform,
  attempt: {
    readonly name: string;
    readonly actor: Actor;
    readonly proof: Proof;
    readonly remoteAddress: string;
    readonly requestId: string;
  },
  onProved: (context: CommandContext, home: ProvenHome) => Promise<T>,
): Promise<T> =>
  inEvenTime(async () => {
    const { proof, remoteAddress } = attempt;
    const { result } = await platform.commands.run(
      { name: attempt.name, actor: attempt.actor, requestId: attempt.requestId },
      async (context) => {
        const judged =
          "code" in proof
            ? await judgeCode(platform, context, proof, remoteAddress)
            : await judgePaper(platform, context, proof, remoteAddress);
        if (judged.outcome !== "proved") {
          context.audit({ subject: "household:unproved", details: { outcome: judged.outcome } });
          return judged;
        }
        return { outcome: judged.outcome, done: await onProved(context, judged.home) };
      },
    );
    if (result.outcome === "proved") return result.done;
    if (result.outcome === "too-many") return tooMany();
    return fail("household.proof-refused", "this is not right, too old, or was used before", {
      remedy: "check it; ask for a new code, or use the card's number or that of the last receipt",
    });
  });
