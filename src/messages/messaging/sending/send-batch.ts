/**
 * One job: the messages of one claim, wave by wave. A wave reads again what may have changed, commits `calling`, calls the
 * provider within seconds of the re-read, and commits what it answered. While it is at work it renews its lease, so that a slow
 * provider is not taken for a dead worker. A worker that dies in between leaves what it had: claimed messages are claimed
 * anew, called ones become `unknown`. Two workers with one job meet at `calling`: each message has one that moved it there.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { monotonicMs } from "#src/platform/clock.ts";
import { failpoint } from "#src/platform/failpoint.ts";
import type { Platform } from "#src/platform/route.ts";
import type { MessageChannel } from "../outbox-queries.ts";
import { segmentsOf } from "../templates/segments.ts";
import { answerStep } from "./answer-step.ts";
import { afterCalls, letsGo } from "./breaker.ts";
import { type Called, type CallOutcome, callProvider, figuresOf } from "./call-provider.ts";
import { type AnswerStep, recordAnswers } from "./call-queries.ts";
import { placeVoiceMessages } from "./call-voice.ts";
import { commitSteps } from "./commit-steps.ts";
import { VOICE_PROVIDER } from "./dispatch.ts";
import { announceMoved } from "./failed.ts";
import { findGate, lockGate, releaseClaimed, writeGate } from "./gate-queries.ts";
import { watchGate } from "./gate-watch.ts";
import { beginJob, endJob, type JobLease, renewJob } from "./job-queries.ts";
import { orderOf } from "./orders.ts";
import { learnWave, waveOf } from "./pace.ts";
import { readAgain, readHours } from "./read-again.ts";
import { applyWaitingReceipts } from "./receipts.ts";
import { SENDING_SETTINGS, type SendingSettings } from "./settings.ts";
import { type Prepared, prepare, SENDING_ACTOR, type SendDependencies, type Wave } from "./wave.ts";

export type Claim = { readonly fence: number; readonly ids: readonly bigint[] };

const RECORD_TRIES = 6;

/** A provider that gives one id twice must not keep the others of the wave from being written. */
const PROVIDER_ID_TWICE = "23505";
const isTwice = (error: unknown): boolean =>
  (error as { readonly code?: unknown } | null)?.code === PROVIDER_ID_TWICE;

/** What is known must be written down; while the database is away for a moment it is tried again. */
const insist = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= RECORD_TRIES || isTwice(error)) throw error;
      await delay(100 * 2 ** attempt * (0.5 + Math.random()));
    }
  }
};

type WaveKey = { readonly channel: MessageChannel; readonly provider: string; readonly fence: number };

const record = async (
  { platform }: SendDependencies,
  key: WaveKey,
  called: readonly Called[],
  answers: readonly AnswerStep[],
  settings: SendingSettings,
): Promise<void> => {
  await platform.commands.run({ name: "message.answered", actor: SENDING_ACTOR }, async (context) => {
    const { sql, now } = context;
    const figures = figuresOf(called, now);
    // One flight: the statements of a connection are carried out in this order.
    const [moved, , gate] = await Promise.all([
      recordAnswers(sql, { answers, fence: key.fence, now }),
      applyWaitingReceipts(context, key.provider, answers),
      findGate(sql, key),
    ]);
    if (figures.failures > 0 || figures.limitedUntil !== null || figures.successes > 0) {
      const isQuiet = gate?.breaker === "closed" && gate.failures === 0;
      // The ordinary wave changes nothing at the gate, and does not wait for its lock.
      if (figures.failures > 0 || figures.limitedUntil !== null || !isQuiet) {
        const locked = await lockGate(sql, key);
        if (locked !== null) {
          await writeGate(sql, { ...key, ...afterCalls(locked, figures, now, settings), ...figures, now });
        }
      }
    }
    announceMoved(context, moved);
  });
};

const recordAll = async (
  dependencies: SendDependencies,
  key: WaveKey,
  called: readonly Called[],
  answers: readonly AnswerStep[],
  settings: SendingSettings,
): Promise<void> => {
  try {
    await insist(() => record(dependencies, key, called, answers, settings));
  } catch (error) {
    if (!isTwice(error)) throw error;
    dependencies.log.error({ provider: key.provider }, "the provider gave one id twice");
    for (const one of answers) {
      const alone = called.filter((each) => each.id === one.id);
      await insist(() => record(dependencies, key, alone, [one], settings)).catch((again: unknown) => {
        if (!isTwice(again)) throw again;
        const without = { ...one, providerMessageId: null, reason: "provider-id-twice" };
        return insist(() => record(dependencies, key, alone, [without], settings));
      });
    }
  }
};

/** What a provider does not count, we do, so that costs can be told. */
const counted = ({ fact, rendered }: Prepared, outcome: CallOutcome): CallOutcome =>
  outcome.kind !== "accepted" || outcome.segments !== null || fact.channel !== "sms"
    ? outcome
    : { ...outcome, segments: segmentsOf(rendered.text, rendered.signature).segments };

/** Whether the gate lets a claim go, as it stands now. */
const isOpen = async ({ database, clock }: Platform, key: WaveKey): Promise<boolean> => {
  const gate = await findGate(database.sql, key);
  return gate === null || letsGo(gate, key.fence, clock.now());
};

/** Calls those that may be called, and learns how many a wave may have. */
const callAll = async (
  { platform, ports }: SendDependencies,
  key: WaveKey & { readonly channel: "sms" | "email" },
  going: readonly Prepared[],
  began: number,
  settings: SendingSettings,
): Promise<Called[]> => {
  // Counted from before the re-read: whoever was held up longer calls nobody by an old word.
  const until = began + settings.callWithinMs;
  const { channel } = key;
  const mayCall = watchGate(() => isOpen(platform, key), { ...settings, lookedAt: began, until });
  let begun = 0;
  let lastBegun = began;
  const called = await callProvider(
    going.map((one) => {
      const order = orderOf(ports, platform, one);
      return {
        id: order.id,
        send: () => {
          begun += 1;
          lastBegun = monotonicMs();
          return order.send();
        },
      };
    }),
    {
      ...settings,
      concurrency: Math.max(1, Math.floor(ports[channel].concurrency / settings.jobsAtOnce)),
      until,
      mayCall,
    },
  );
  const late = monotonicMs() > until && called.some(({ outcome }) => outcome.kind === "uncalled");
  learnWave(platform, channel, { begun, lastBegunMs: lastBegun - began, late }, settings);
  return called;
};

const callWave = async (
  dependencies: SendDependencies,
  key: WaveKey & { readonly channel: "sms" | "email" },
  wave: Wave,
  began: number,
  settings: SendingSettings,
): Promise<void> => {
  const { platform, ports } = dependencies;
  const { result: mine } = await platform.commands.run(
    { name: "message.calling", actor: SENDING_ACTOR },
    (context) => commitSteps(context, key, wave, settings.callLeaseMs),
  );
  const going = wave.prepared.filter((one) => mine.has(one.fact.id));
  if (going.length === 0) return;
  await failpoint("message-calling");
  const called = await callAll(dependencies, key, going, began, settings);
  await failpoint("message-called");
  const byId = new Map(going.map((one) => [one.fact.id, one]));
  const around = { now: platform.clock.now(), receipts: ports[key.channel].receipts, settings };
  const answers = called.flatMap(({ id, outcome }) => {
    const one = byId.get(id);
    if (one === undefined) return [];
    const message = { ...one.fact, attempts: one.fact.attempts + 1 };
    return [answerStep(message, counted(one, outcome), { ...around, random: Math.random() })];
  });
  await recordAll(dependencies, key, called, answers, settings);
};

const sendWave = async (
  dependencies: SendDependencies,
  { channel, ...claim }: Claim & { readonly channel: MessageChannel },
  hours: Awaited<ReturnType<typeof readHours>>,
  settings: SendingSettings,
): Promise<"on" | "closed"> => {
  const { platform, ports, checks } = dependencies;
  const provider = channel === "voice" ? VOICE_PROVIDER : ports[channel].name;
  const key = { provider, fence: claim.fence };
  const began = monotonicMs();
  const [judged, isLetGo] = await Promise.all([
    readAgain(platform, checks, hours, claim),
    isOpen(platform, { ...key, channel }),
  ]);
  // Another worker has them, or they were cancelled.
  if (judged.length === 0) return "on";
  if (!isLetGo) return "closed";
  const wave = await prepare(dependencies, judged, provider);
  await failpoint("message-claimed");
  if (channel === "voice") await placeVoiceMessages(dependencies, key, wave, settings);
  else await callWave(dependencies, { ...key, channel }, wave, began, settings);
  return "on";
};

/**
 * What dies between `calling` and its answer is unknown. Where the provider can be asked that is no harm; a mail server cannot, and a
 * person would have to decide about each: no more are committed than are called at once.
 */
const waveSizeOf = (
  { platform, ports }: Pick<SendDependencies, "platform" | "ports">,
  channel: MessageChannel,
  settings: SendingSettings,
): number => {
  if (channel === "voice") return settings.waveSize;
  const { ask, concurrency } = ports[channel];
  const size = waveOf(platform, channel, settings);
  return ask === undefined ? Math.min(concurrency, size) : size;
};

/** Sends wave by wave; answers what is left when the channel closes, or the job has had its time. */
const sendWaves = async (
  dependencies: SendDependencies,
  { lease, channel }: { readonly lease: JobLease; readonly channel: MessageChannel },
  hours: Awaited<ReturnType<typeof readHours>>,
  settings: SendingSettings,
): Promise<readonly bigint[]> => {
  const { sql } = dependencies.platform.database;
  const { fence, ids: all } = lease;
  const began = monotonicMs();
  let renewed = began;
  for (let from = 0; from < all.length;) {
    const now = monotonicMs();
    if (from > 0 && now - began > settings.jobWithinMs) return all.slice(from);
    if (now - renewed > lease.leaseMs / 4) {
      await renewJob(sql, lease);
      renewed = now;
    }
    const ids = all.slice(from, from + waveSizeOf(dependencies, channel, settings));
    if ((await sendWave(dependencies, { fence, ids, channel }, hours, settings)) === "closed") {
      return all.slice(from);
    }
    from += ids.length;
  }
  return [];
};

/** Sends the messages of one claim. Repeating is safe, also at the same time in another process. */
export const sendBatch = async (
  dependencies: SendDependencies,
  { fence, ids }: Claim,
  settings: SendingSettings = SENDING_SETTINGS,
): Promise<void> => {
  const { platform } = dependencies;
  const { sql } = platform.database;
  const lease = { run: randomUUID(), fence, ids, leaseMs: settings.claimLeaseMs };
  const [hours, channel] = await Promise.all([readHours(platform), beginJob(sql, lease)]);
  if (channel !== null) {
    const rest = await sendWaves(dependencies, { lease, channel }, hours, settings);
    if (rest.length > 0) await releaseClaimed(sql, { ids: rest, fence, now: platform.clock.now() });
  }
  // Not when it threw: what it still had counts as tried, so that one message cannot break the job of the others for ever.
  await endJob(sql, lease.run);
};
