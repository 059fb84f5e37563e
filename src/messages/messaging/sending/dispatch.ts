/**
 * Claiming: what is due becomes jobs of a few hundred ids. The gate of the channel is locked meanwhile, so of all processes
 * one claims at a time, and the rate, a pause (429) and the breaker hold for the whole queue. A job that a lost queue has
 * forgotten is claimed anew when its lease is over, with a new fence: the old job then finds nothing that is its own.
 */
import type { Platform } from "#src/platform/route.ts";
import type { JobQueue, Log, NewJob } from "#src/platform/queues.ts";
import type { MessageChannel } from "../outbox-queries.ts";
import { PRIORITIES } from "../purposes.ts";
import { allowance, tokensAt } from "./breaker.ts";
import {
  claimDue,
  countUnderWay,
  ensureGate,
  findDueChannels,
  lockFreeGate,
  releaseClaimed,
  spendTokens,
  takeFence,
} from "./gate-queries.ts";
import { SENDING_SETTINGS, type SendingSettings } from "./settings.ts";

/** The job that sends: `{ fence, ids: "1,2,3" }`, nothing else. */
export const SEND_JOB = "send";

/** Whose calls place messages of channel voice: platform/telephony. */
export const VOICE_PROVIDER = "telephony";

export type ProviderNames = Readonly<Record<MessageChannel, string>>;

export type DispatchDependencies = {
  readonly platform: Platform;
  readonly queue: JobQueue;
  /** The provider of each channel, whose gate counts. */
  readonly providers: ProviderNames;
  readonly log: Log;
};

type Claimed = {
  readonly fence: number;
  readonly messages: readonly { readonly id: bigint; readonly attempts: number }[];
};

const CHANNELS: readonly MessageChannel[] = ["sms", "email", "voice"];

const claim = (
  { platform, providers }: DispatchDependencies,
  channel: MessageChannel,
  settings: SendingSettings,
): Promise<Claimed | null> =>
  platform.database.transaction(async (sql) => {
    const key = { channel, provider: providers[channel] };
    const gate = await lockFreeGate(sql, key);
    if (gate === null) return null;
    const now = platform.clock.now();
    const underWay = await countUnderWay(sql, { channel, most: settings.window });
    const limit = allowance(gate, underWay, now, settings);
    if (limit === 0) return null;
    const fence = await takeFence(sql);
    const messages = await claimDue(sql, {
      channel,
      priorities: PRIORITIES,
      now,
      limit,
      fence,
      leaseMs: settings.claimLeaseMs,
    });
    if (messages.length === 0) return null;
    if (gate.ratePerSecond !== null || gate.breaker !== "closed") {
      await spendTokens(sql, {
        ...key,
        milliTokens:
          tokensAt(gate, now) - (gate.ratePerSecond === null ? 0n : BigInt(messages.length) * 1000n),
        now,
        trialUntil: new Date(now.getTime() + settings.callLeaseMs + settings.claimLeaseMs),
      });
    }
    return { fence, messages };
  });

const jobsOf = ({ fence, messages }: Claimed, settings: SendingSettings): NewJob[] => {
  const suspects = messages.filter((message) => message.attempts >= settings.aloneFromAttempt);
  const others = messages.filter((message) => message.attempts < settings.aloneFromAttempt);
  const groups: bigint[][] = suspects.map((message) => [message.id]);
  for (let from = 0; from < others.length; from += settings.jobSize) {
    groups.push(others.slice(from, from + settings.jobSize).map((message) => message.id));
  }
  return groups.map((ids, n) => ({
    id: `send-${fence}-${n}`,
    name: SEND_JOB,
    data: { fence: String(fence), ids: ids.join(",") },
  }));
};

/**
 * Claims what may go now and rings for it; answers how many messages. Throws `queue.unavailable` when the queue cannot be
 * reached: what was claimed is given back before. In a restored database nothing is claimed until a person releases it.
 */
export const dispatchOnce = async (
  dependencies: DispatchDependencies,
  settings: SendingSettings = SENDING_SETTINGS,
): Promise<number> => {
  const { platform, queue, providers } = dependencies;
  const { sql } = platform.database;
  let count = 0;
  const due = { channels: CHANNELS, priorities: PRIORITIES, now: platform.clock.now() };
  for (const channel of await findDueChannels(sql, due)) {
    await ensureGate(sql, { channel, provider: providers[channel] });
    const claimed = await claim(dependencies, channel, settings);
    if (claimed === null) continue;
    const { fence, messages } = claimed;
    try {
      await queue.addAll(jobsOf(claimed, settings));
    } catch (error) {
      const ids = messages.map((message) => message.id);
      await releaseClaimed(sql, { ids, fence, now: platform.clock.now() });
      throw error;
    }
    count += messages.length;
  }
  return count;
};
