/** A mail of ours that came back, as a receipt: its message goes forward to undelivered, once. */
import type { CommandContext } from "#src/platform/command.ts";
import { findMessageOfThreadKey } from "../outbox-queries.ts";
import { recordReceipts } from "../sending/receipts.ts";
import type { Bounce } from "./bounce.ts";

/** False when no message of ours has this key. Repeating is safe: a received mail is one receipt. */
export const recordBounce = async (
  context: CommandContext,
  receivedId: bigint,
  { threadKey, status }: Bounce,
): Promise<boolean> => {
  const message = await findMessageOfThreadKey(context.sql, threadKey);
  if (message === null) return false;
  await recordReceipts(context, [
    {
      provider: "smtp",
      eventId: `bounce:${receivedId}`,
      providerMessageId: null,
      messageId: message.id,
      state: "undelivered",
      code: `bounce-${status}`,
      at: context.now,
      segments: null,
      costMilliFen: null,
    },
  ]);
  return true;
};
