/** What people set at a channel: its rate, a stop with a reason, a try before its pause is over. */
import { fail } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { lockGate, setGate } from "./gate-queries.ts";

export const CHANNEL_NAMES = ["sms", "email", "voice"] as const;

/** Locks the gate. Audited with what held before. @throws DomainError `message.no-channel` */
export const changeChannel = async (
  context: CommandContext,
  change: {
    readonly channel: (typeof CHANNEL_NAMES)[number];
    readonly provider: string;
    readonly ratePerSecond: number | null;
    readonly stoppedReason: string;
    readonly tryNow: boolean;
  },
): Promise<void> => {
  const { channel, provider, ratePerSecond, stoppedReason } = change;
  const gate = await lockGate(context.sql, { channel, provider });
  if (gate === null) {
    fail("message.no-channel", "nothing was ever sent this way", {
      remedy: "take a channel and provider from GET /messages/channels",
    });
  }
  const { now } = context;
  await setGate(context.sql, { channel, provider, ratePerSecond, stoppedReason, close: change.tryNow, now });
  context.audit({
    subject: `channel:${channel}/${provider}`,
    details: {
      ratePerSecond: { before: gate.ratePerSecond, after: ratePerSecond },
      stoppedReason: { before: gate.stoppedReason, after: stoppedReason },
      tryNow: change.tryNow,
    },
  });
};
