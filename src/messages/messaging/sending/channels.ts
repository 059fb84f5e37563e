/**
 * What people set at a channel: its rate, a stop with a reason, that it goes on, a try before its pause is over. Each by itself, so
 * that nobody lifts a stop by setting a rate; who changes what another has set meanwhile is shown that.
 */
import { fail } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Gate } from "./breaker.ts";
import { lockGate, setRate, setStopped, tryGate } from "./gate-queries.ts";

export const CHANNEL_NAMES = ["sms", "email", "voice"] as const;

export type ChannelKey = { readonly channel: (typeof CHANNEL_NAMES)[number]; readonly provider: string };
type Changed = Promise<{ readonly version: number }>;

const lockChannel = async (context: CommandContext, key: ChannelKey): Promise<Gate> => {
  const gate = await lockGate(context.sql, key);
  if (gate === null) {
    return fail("message.no-channel", "nothing was ever sent this way", {
      remedy: "take a channel and provider from GET /messages/channels",
    });
  }
  return gate;
};

const lockSeen = async (context: CommandContext, key: ChannelKey, seen: number): Promise<Gate> => {
  const gate = await lockChannel(context, key);
  if (gate.version !== seen) {
    fail("version.stale", "this channel was changed since it was read", {
      remedy: "read GET /messages/channels again and decide anew",
      facts: { version: gate.version, ratePerSecond: gate.ratePerSecond, stoppedReason: gate.stoppedReason },
    });
  }
  return gate;
};

const auditOf = (context: CommandContext, { channel, provider }: ChannelKey, details: object): void =>
  context.audit({ subject: `channel:${channel}/${provider}`, details: { ...details } });

/** Locks the gate. @throws DomainError `message.no-channel`, `version.stale` */
export const setChannelRate = async (
  context: CommandContext,
  key: ChannelKey,
  seen: number,
  ratePerSecond: number | null,
): Changed => {
  const gate = await lockSeen(context, key, seen);
  const changed = await setRate(context.sql, { ...key, ratePerSecond, now: context.now });
  auditOf(context, key, { ratePerSecond: { before: gate.ratePerSecond, after: ratePerSecond } });
  return changed;
};

/** Needs no version: whoever has to stop it must not read first. One that is stopped keeps its first reason beside the new one. */
export const stopChannel = async (context: CommandContext, key: ChannelKey, reason: string): Changed => {
  const gate = await lockChannel(context, key);
  const before = gate.stoppedReason;
  const after = before === "" || before === reason ? reason : `${before}; ${reason}`.slice(0, 500);
  const changed = await setStopped(context.sql, { ...key, reason: after, now: context.now });
  auditOf(context, key, { stoppedReason: { before, after } });
  return changed;
};

/** Only of the stop that was seen. @throws DomainError `message.no-channel`, `version.stale`, `message.channel-not-stopped` */
export const resumeChannel = async (
  context: CommandContext,
  key: ChannelKey,
  seen: number,
  reason: string,
): Changed => {
  const gate = await lockSeen(context, key, seen);
  if (gate.stoppedReason === "") fail("message.channel-not-stopped", "nobody has stopped this channel");
  const changed = await setStopped(context.sql, { ...key, reason: "", now: context.now });
  auditOf(context, key, { stoppedReason: { before: gate.stoppedReason, after: "" }, reason });
  return changed;
};

/** Ends a pause and closes the breaker; a stop stays. */
export const tryChannel = async (context: CommandContext, key: ChannelKey): Changed => {
  const gate = await lockChannel(context, key);
  const changed = await tryGate(context.sql, { ...key, now: context.now });
  auditOf(context, key, {
    tryNow: true,
    breaker: gate.breaker,
    pausedUntil: gate.pausedUntil?.toISOString() ?? null,
  });
  return changed;
};
