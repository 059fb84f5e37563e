/** Somebody else's home, for whoever wants to pay for it. */
import { fail } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import { fenJson, type Platform } from "#src/platform/route.ts";
import { accountOfId, foldAccountText, resolveAccountNo } from "#src/town/accounts/index.ts";
import { readSetting } from "#src/platform/settings.ts";
import { countLookUps, insertAttempt, lockCounters } from "./attempt-queries.ts";
import { digestOfAccount, digestOfAddress } from "./digests.ts";
import { inEvenTime } from "./even-time.ts";
import { insertLookUp } from "./home-queries.ts";
import { householdPolicy } from "./policy.ts";
import { sessionIdOf } from "./sessions.ts";
import { tooMany } from "./too-many.ts";
import { addressTailOf, findHome, hideName } from "./views.ts";
import { DAY_MS } from "./waits.ts";

export type LookedUp = {
  readonly lookUpId: string;
  readonly owner: string;
  readonly addressTail: string;
  readonly owedFen: number;
};

/**
 * What tells a payer that this is the home he means, and nothing more. Counted by person and network address, found or not.
 * @throws DomainError `home.not-found`, `household.too-many`
 */
export const lookUpHome = (
  platform: Platform,
  wish: {
    readonly actor: Actor;
    readonly accountNo: string;
    readonly remoteAddress: string;
    readonly requestId: string;
  },
): Promise<LookedUp> =>
  inEvenTime(async () => {
    const { actor, requestId } = wish;
    const sessionId = sessionIdOf(actor);
    const folded = foldAccountText(wish.accountNo);
    const { result } = await platform.commands.run(
      { name: "household.look-up", actor, requestId },
      async (context) => {
        const { sql, now } = context;
        const attempt = {
          accountDigest: digestOfAccount(platform.secretKey, folded),
          addressDigest: digestOfAddress(platform.secretKey, wish.remoteAddress),
          browserDigest: null,
          sessionId,
        };
        const policy = await readSetting(sql, householdPolicy);
        await lockCounters(sql, [
          `household-account:${attempt.accountDigest.toString("hex")}`,
          `household-address:${attempt.addressDigest.toString("hex")}`,
        ]);
        const counted = await countLookUps(sql, {
          ...attempt,
          dayAgo: new Date(now.getTime() - DAY_MS),
        });
        const isMost =
          counted.ofPersonInDay >= policy.lookUpsPerSessionAndDay ||
          counted.ofAddressInDay >= policy.lookUpsPerAddressAndDay;
        if (isMost) return "too-many" as const;
        const { accountId } = await resolveAccountNo(sql, folded);
        const account = accountId === null ? null : await accountOfId(sql, accountId);
        const isThere = account !== null && account.state !== "closed";
        await insertAttempt(sql, { ...attempt, kind: "look-up", failed: !isThere, now });
        if (!isThere) return null;
        const { id } = await insertLookUp(sql, { sessionId, accountId: account.id, now });
        context.audit({ subject: `account:${account.id}`, details: { lookUpId: id } });
        return { id, accountId: account.id };
      },
    );
    if (result === "too-many") return tooMany();
    if (result === null) {
      return fail("home.not-found", "there is no home with this number", {
        field: "accountNo",
        remedy: "check the number on the bill",
      });
    }
    const home = await findHome(platform, result.accountId);
    return {
      lookUpId: String(result.id),
      owner: hideName(home.ownerName),
      addressTail: addressTailOf(home),
      owedFen: fenJson(home.owedFen),
    };
  });
