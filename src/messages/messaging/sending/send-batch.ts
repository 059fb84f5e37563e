/**
 * One job: the messages of one claim, wave by wave. A wave reads again what may have changed, commits `calling`, calls the
 * provider, and commits what it answered. A worker that dies in between leaves what it had: claimed messages are claimed
 * anew, called ones become `unknown`. Two workers with one job meet at `calling`: each message has one that moved it there.
 */
import { setTimeout as delay } from "node:timers/promises";
import { monotonicMs } from "#src/platform/clock.ts";
import { failpoint } from "#src/platform/failpoint.ts";
import type { MessageChannel } from "../outbox-queries.ts";
import type { MessagePorts } from "../ports/port.ts";
import { segmentsOf } from "../templates/segments.ts";
import { answerStep } from "./answer-step.ts";
import { afterCalls, closedBecause } from "./breaker.ts";
import { type Called, type CallOutcome, callProvider, figuresOf } from "./call-provider.ts";
import { type AnswerStep, findChannel, leaveOutHomes, recordAnswers, stepClaimed } from "./call-queries.ts";
import { placeVoiceMessages } from "./call-voice.ts";
import { VOICE_PROVIDER } from "./dispatch.ts";
import { announceFailed } from "./failed.ts";
import { findGate, lockGate, releaseClaimed, writeGate } from "./gate-queries.ts";
import { orderOf } from "./orders.ts";
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
    const [, , gate] = await Promise.all([
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
    announceFailed(
      context,
      answers.filter((one) => one.state === "rejected").map((one) => one.id),
    );
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

const callWave = async (
  dependencies: SendDependencies,
  key: WaveKey,
  wave: Wave,
  settings: SendingSettings,
): Promise<void> => {
  const { platform, ports } = dependencies;
  const { clock } = platform;
  // Counted from before `calling` is committed: whoever was held up longer calls nobody.
  const until = monotonicMs() + settings.callWithinMs;
  const { result: mine } = await platform.commands.run(
    { name: "message.calling", actor: SENDING_ACTOR },
    async (context) => {
      const { sql, now } = context;
      if (wave.leftOut.length > 0) await leaveOutHomes(sql, wave.leftOut);
      announceFailed(
        context,
        wave.steps.filter((one) => one.state === "rejected").map((one) => one.id),
      );
      return stepClaimed(sql, { ...key, steps: wave.steps, now, leaseMs: settings.callLeaseMs });
    },
  );
  const going = wave.prepared.filter((one) => mine.has(one.fact.id));
  if (going.length === 0) return;
  await failpoint("message-calling");
  const port = key.channel === "email" ? ports.email : ports.sms;
  const called = await callProvider(
    going.map((one) => orderOf(ports, platform, one)),
    {
      ...settings,
      concurrency: Math.max(1, Math.floor(port.concurrency / settings.jobsAtOnce)),
      until,
    },
  );
  await failpoint("message-called");
  const byId = new Map(going.map((one) => [one.fact.id, one]));
  const around = { now: clock.now(), receipts: port.receipts, settings };
  const answers = called.flatMap(({ id, outcome }) => {
    const one = byId.get(id);
    if (one === undefined) return [];
    return [answerStep(one.fact, counted(one, outcome), { ...around, random: Math.random() })];
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
  const key = { channel, provider, fence: claim.fence };
  const [judged, gate] = await Promise.all([
    readAgain(platform, checks, hours, claim),
    findGate(platform.database.sql, key),
  ]);
  // Another worker has them, or they were cancelled.
  if (judged.length === 0) return "on";
  if (gate !== null && closedBecause({ ...gate, ...trial(gate.breaker) }, platform.clock.now()) !== null) {
    return "closed";
  }
  const wave = await prepare(dependencies, judged, provider);
  await failpoint("message-claimed");
  if (channel === "voice") await placeVoiceMessages(dependencies, key, wave, settings);
  else await callWave(dependencies, key, wave, settings);
  return "on";
};

/** The few messages that try a broken channel are on their way while it counts as broken. */
const trial = (breaker: "closed" | "open" | "half-open") =>
  breaker === "half-open" ? ({ breaker: "closed" } as const) : {};

/**
 * What dies between `calling` and its answer is unknown. Where the provider can be asked that is no harm; a mail server cannot, and a
 * person would have to decide about each: no more are committed than are called at once.
 */
const waveSizeOf = (
  ports: MessagePorts,
  channel: MessageChannel,
  { waveSize }: Pick<SendingSettings, "waveSize">,
): number => {
  if (channel === "voice") return waveSize;
  const { ask, concurrency } = ports[channel];
  return ask === undefined ? Math.min(concurrency, waveSize) : waveSize;
};

/** Sends the messages of one claim. Repeating is safe, also at the same time in another process. */
export const sendBatch = async (
  dependencies: SendDependencies,
  claim: Claim,
  settings: SendingSettings = SENDING_SETTINGS,
): Promise<void> => {
  const { platform, ports } = dependencies;
  const [hours, channel] = await Promise.all([
    readHours(platform),
    findChannel(platform.database.sql, claim.ids),
  ]);
  if (channel === null) return;
  const size = waveSizeOf(ports, channel, settings);
  for (let from = 0; from < claim.ids.length; from += size) {
    const ids = claim.ids.slice(from, from + size);
    if ((await sendWave(dependencies, { ...claim, ids, channel }, hours, settings)) === "closed") {
      const rest = claim.ids.slice(from);
      await releaseClaimed(platform.database.sql, {
        ids: rest,
        fence: claim.fence,
        now: platform.clock.now(),
      });
      return;
    }
  }
};
