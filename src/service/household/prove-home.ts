/**
 * Proofs that a home is somebody's: a code that went to its registered telephone, or its card's number, or that of its last
 * receipt. Whatever is wrong, the answer is one and the same, and takes as long: what there is and what there is not looks alike.
 */
import { fail } from "#src/kernel/errors.ts";
import type { Action } from "#src/platform/actions.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import { foldAccountText } from "#src/town/accounts/index.ts";
import { insertAttempt } from "./attempt-queries.ts";
import {
  addressWait,
  type Attempt,
  attemptAt,
  countedWith,
  holdCounters,
  triesAtHome,
  type Visit,
} from "./attempts.ts";
import { rememberBrowser } from "./browsers.ts";
import { digestOfAccount, digestOfCode, digestOfReference, isSameDigest } from "./digests.ts";
import { inEvenTime } from "./even-time.ts";
import { CODE_TRIES, WRONG_CODES_FREE } from "./policy.ts";
import { holdChallenge, holdPaper, noteChallengeTry } from "./proof-queries.ts";
import { tooMany, type Wait } from "./too-many.ts";
import { waitForPaper } from "./waits.ts";

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
  | { readonly outcome: "refused" }
  | { readonly outcome: "too-many"; readonly wait: Wait };

/** A code for which nothing waits can prove nothing: it is no guess at a home, and counts for the address among its like alone. */
const judgeStray = async (context: CommandContext, attempt: Attempt, most: number): Promise<Judged> => {
  const { sql, now } = context;
  const until = await addressWait(context, ["stray"], attempt, most);
  if (until !== null) return { outcome: "too-many", wait: { until, now, of: "address" } };
  await insertAttempt(sql, { ...attempt, kind: "stray", failed: true, now });
  return { outcome: "refused" };
};

/**
 * A code went to the home's telephone, so its first try is looked at whatever others did wrong, at the home or behind the same network
 * address: a right one opens. What runs out are its further tries: fewer where the home had many wrong codes, none where the address
 * had (the arithmetic stands in `policy.ts`).
 */
const judgeCode = async (
  context: CommandContext,
  visit: Visit,
  proof: Extract<Proof, { challenge: string }>,
): Promise<Judged> => {
  const { sql, now } = context;
  const { secretKey } = visit;
  const asked = await holdChallenge(sql, digestOfReference(proof.challenge));
  const ofNobody = { accountId: null, accountDigest: digestOfAccount(secretKey, "") };
  const attempt = await attemptAt(context, visit, asked ?? ofNobody);
  const { wrongProofsPerAddressAndHour: mostOfAddress } = await holdCounters(context, attempt);
  const wrong = await triesAtHome(context, "proof", attempt);
  const tries = wrong.length < WRONG_CODES_FREE ? CODE_TRIES : 1;
  const isAlive = asked !== null && asked.spentAt === null && asked.expiresAt > now && asked.tries < tries;
  if (!isAlive) {
    return judgeStray(context, { ...attempt, ...ofNobody, browserDigest: null }, mostOfAddress);
  }
  const until =
    asked.tries === 0 ? null : await addressWait(context, ["proof", "paper"], attempt, mostOfAddress);
  if (until !== null) return { outcome: "too-many", wait: { until, now, of: "address" } };
  const given = digestOfCode(secretKey, proof.challenge, proof.code);
  const { accountId, personId, number } = asked;
  const right = isSameDigest(given, asked.codeHash) && accountId !== null && personId !== null;
  await noteChallengeTry(sql, { id: asked.id, right, now });
  await insertAttempt(sql, { ...attempt, kind: "proof", failed: !right, now });
  if (!right) return { outcome: "refused" };
  await rememberBrowser(sql, visit, { accountId, personId, now });
  return { outcome: "proved", home: { accountId, personId, number } };
};

const judgePaper = async (
  context: CommandContext,
  visit: Visit,
  proof: Extract<Proof, { paper: string }>,
): Promise<Judged> => {
  const { sql, now, today } = context;
  const attempt = await attemptAt(context, visit, { folded: foldAccountText(proof.accountNo) });
  const policy = await holdCounters(context, attempt);
  const { past, who } = countedWith(await triesAtHome(context, "paper", attempt), attempt);
  const ofAddress = await addressWait(
    context,
    ["proof", "paper"],
    attempt,
    policy.wrongProofsPerAddressAndHour,
  );
  const until = ofAddress ?? waitForPaper(past, who, now, policy);
  if (until !== null) {
    return { outcome: "too-many", wait: { until, now, of: ofAddress === null ? "home" : "address" } };
  }
  const { accountId } = attempt;
  const held = await holdPaper(sql, { accountId, paper: foldAccountText(proof.paper), day: today });
  const right = accountId !== null && held.fits && held.open;
  await insertAttempt(sql, { ...attempt, kind: "paper", failed: !right, now });
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
    readonly name: Action;
    readonly actor: Actor;
    readonly proof: Proof;
    readonly remoteAddress: string;
    readonly browser: string | null;
    readonly requestId: string;
  },
  onProved: (context: CommandContext, home: ProvenHome) => Promise<T>,
): Promise<T> =>
  inEvenTime(async () => {
    const { proof, remoteAddress, browser } = attempt;
    const visit = { secretKey: platform.secretKey, remoteAddress, browser };
    const { result } = await platform.commands.run(
      { name: attempt.name, actor: attempt.actor, requestId: attempt.requestId },
      async (context) => {
        const judged =
          "code" in proof ? await judgeCode(context, visit, proof) : await judgePaper(context, visit, proof);
        if (judged.outcome !== "proved") {
          context.audit({ subject: "household:unproved", details: { outcome: judged.outcome } });
          return judged;
        }
        return { outcome: judged.outcome, done: await onProved(context, judged.home) };
      },
    );
    if (result.outcome === "proved") return result.done;
    if (result.outcome === "too-many") return tooMany(result.wait);
    return fail("household.proof-refused", "this is not right, too old, or was used before", {
      remedy: "check it; ask for a new code, or use the card's number or that of the last receipt",
    });
  });
