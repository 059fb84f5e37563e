/** A day whose last difference was answered is reconciled by itself: nobody has to press for it. */
import type { Actor } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
import { daysOfAnswer } from "./line-queries.ts";
import { reconcileBankDay } from "./reconcile-day.ts";

/**
 * After an answer is committed, in a command of its own: answering locks the difference first, reconciling the day. What a kill in
 * between leaves open is done by whoever reconciles the day next.
 */
export const reconcileAgain = async (
  platform: Platform,
  actor: Actor,
  requestId: string | undefined,
  answered: { readonly breakId: bigint } | { readonly itemId: bigint },
): Promise<void> => {
  const who = { actor, ...(requestId !== undefined && { requestId }) };
  const query = { breakId: null, itemId: null, ...answered };
  for (const { channel, day } of await daysOfAnswer(platform.database.sql, query)) {
    await platform.commands.run({ name: "bank.reconcile-day", ...who }, (context) =>
      reconcileBankDay(context, channel, day),
    );
  }
};
