/** Reports of providers on messages: late, twice, in any order. */
import type { CommandContext } from "#src/platform/command.ts";
import type { Receipt } from "../ports/port.ts";
import { announceFailed } from "./failed.ts";
import { applyReceipts, insertReceipts, matchAllWaiting, matchWaiting } from "./receipt-queries.ts";
import { ASK_ACCEPTED_AFTER_MS } from "./settings.ts";

const FAILED = new Set(["undelivered", "expired", "rejected"]);

const apply = async (context: CommandContext, ids: readonly bigint[]): Promise<number> => {
  if (ids.length === 0) return 0;
  const { sql, now } = context;
  const askAt = new Date(now.getTime() + (ASK_ACCEPTED_AFTER_MS[0] ?? 0));
  const moved = await applyReceipts(sql, { ids: [...new Set(ids)], now, askAt });
  announceFailed(
    context,
    moved.filter((one) => FAILED.has(one.state)).map((one) => one.id),
  );
  return moved.length;
};

/**
 * Records what a provider reported and carries the messages forward, never back. Repeating is safe: a report is known by
 * (provider, eventId). One whose message is not known yet waits for the answer that names it. Locks the messages.
 * The adapter has verified the sender before.
 */
export const recordReceipts = async (
  context: CommandContext,
  receipts: readonly Receipt[],
): Promise<{ readonly stored: number; readonly moved: number }> => {
  if (receipts.length === 0) return { stored: 0, moved: 0 };
  const stored = await insertReceipts(context.sql, receipts, context.now);
  const ids = stored.flatMap((one) => (one.messageId === null ? [] : [one.messageId]));
  return { stored: stored.length, moved: await apply(context, ids) };
};

/** Reports that overtook the answers that are being written. */
export const applyWaitingReceipts = async (
  context: CommandContext,
  provider: string,
  answers: readonly { readonly providerMessageId: string | null }[],
): Promise<void> => {
  const providerMessageIds = answers.flatMap((one) =>
    one.providerMessageId === null ? [] : [one.providerMessageId],
  );
  if (providerMessageIds.length === 0) return;
  await apply(context, await matchWaiting(context.sql, { provider, providerMessageIds }));
};

const WAITING_FOR_MS = 7 * 86_400_000;

/** Reports that were committed side by side with their answer; answers how many messages moved. */
export const applyLateReceipts = async (context: CommandContext): Promise<number> =>
  apply(context, await matchAllWaiting(context.sql, new Date(context.now.getTime() - WAITING_FOR_MS)));
