/**
 * Claiming: what is due becomes jobs of a few hundred ids. The gate of the channel is locked meanwhile, so of all processes
 * one claims at a time, and the rate, a pause (429) and the breaker hold for the whole queue. A job that a lost queue has
 * forgotten is claimed anew when its lease is over, with a new fence: the old job then finds nothing that is its own. What
 * somebody waits for is claimed also while the window is full, and its job goes before the others.
 */
import type { Platform } from "#src/platform/route.ts";
import type { JobQueue, Log, NewJob } from "#src/platform/queues.ts";
import { countWaitingCalls } from "#src/platform/telephony/index.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { MessageChannel } from "../outbox-queries.ts";
import { PRIORITIES } from "../purposes.ts";
import { allowance, type Gate, tokensAt, urgentAllowance } from "./breaker.ts";
import {
  claimDue,
  type ClaimedRow,
  countUnderWay,
  countUrgentUnderWay,
  ensureGate,
  findDueChannels,
  lockFreeGate,
  releaseClaimed,
  spendTokens,
  takeFence,
} from "./gate-queries.ts";
import { claimSizes, waveOf } from "./pace.ts";
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

type Claimed = { readonly fence: number; readonly messages: readonly ClaimedRow[] };

const CHANNELS: readonly MessageChannel[] = ["sms", "email", "voice"];

/** What somebody waits for: emergencies and answers. */
const URGENT_FROM = 1;
const isUrgent = (priority: number): boolean => priority <= URGENT_FROM;
const URGENT = PRIORITIES.filter(isUrgent);

type Sizes = Pick<SendingSettings, "window" | "jobSize">;

/** How many may be claimed now, and of which priorities: with a full window only what somebody waits for. */
const roomFor = async (
  sql: Sql,
  gate: Gate,
  channel: MessageChannel,
  now: Date,
  settings: SendingSettings & Sizes,
): Promise<{ readonly priorities: readonly number[]; readonly limit: number }> => {
  const underWay = await countUnderWay(sql, { channel, most: settings.window });
  const ahead = channel === "voice" ? settings.callsAhead - underWay - (await countWaitingCalls(sql)) : null;
  const limit = Math.min(allowance(gate, underWay, now, settings), Math.max(0, ahead ?? settings.window));
  if (limit > 0) return { priorities: PRIORITIES, limit };
  // Asked many times a second while a notice goes out, and nearly always in vain: by the index alone.
  const due = await findDueChannels(sql, { channels: [channel], priorities: URGENT, now });
  if (due.length === 0) return { priorities: URGENT, limit: 0 };
  const urgent = await countUrgentUnderWay(sql, { channel, priorities: URGENT });
  return { priorities: URGENT, limit: urgentAllowance(gate, urgent, now, settings) };
};

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
    const { priorities, limit } = await roomFor(sql, gate, channel, now, settings);
    if (limit === 0) return null;
    const fence = await takeFence(sql);
    const messages = await claimDue(sql, {
      channel,
      priorities,
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
  const groups: { readonly ids: bigint[]; readonly urgent: boolean }[] = [];
  for (const urgent of [true, false]) {
    const ofThese = messages.filter((message) => isUrgent(message.priority) === urgent);
    const suspects = ofThese.filter((message) => message.failedJobs >= settings.aloneFromFailed);
    const others = ofThese.filter((message) => message.failedJobs < settings.aloneFromFailed);
    groups.push(...suspects.map((message) => ({ ids: [message.id], urgent })));
    for (let from = 0; from < others.length; from += settings.jobSize) {
      const ids = others.slice(from, from + settings.jobSize).map((message) => message.id);
      groups.push({ ids, urgent });
    }
  }
  return groups.map(({ ids, urgent }, n) => ({
    id: `send-${fence}-${n}`,
    name: SEND_JOB,
    data: { fence: String(fence), ids: ids.join(",") },
    ...(urgent && { first: true }),
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
    const sized = { ...settings, ...claimSizes(waveOf(platform, channel, settings), settings) };
    const claimed = await claim(dependencies, channel, sized);
    if (claimed === null) continue;
    const { fence, messages } = claimed;
    try {
      await queue.addAll(jobsOf(claimed, sized));
    } catch (error) {
      const ids = messages.map((message) => message.id);
      await releaseClaimed(sql, { ids, fence, now: platform.clock.now() });
      throw error;
    }
    count += messages.length;
  }
  return count;
};
