/**
 * The provider says 429 for a minute, while two workers send; among the messages is one whose words cannot be made, and among
 * the jobs one that no worker can read. Nobody calls before the minute is over, whichever process heard it; everything else goes
 * once, and the poison stands where a person finds it. On both backends.
 */
import { setTimeout as delay } from "node:timers/promises";
import { monotonicMs } from "#src/platform/clock.ts";
import { openQueues } from "#src/platform/queues.ts";
import { type Backend, bothBackends } from "../support/backends.ts";
import type { FaultContext, Tally } from "../support/fault-case.ts";
import { type MessageStage, stageMessages } from "../support/messages.ts";
import { ask } from "../support/outside.ts";
import { startWorker } from "../support/processes.ts";
import type { Clone } from "../support/stage.ts";
import { until } from "../support/until.ts";

const MESSAGES = { short: 600, full: 10_000 };
/** Messages taken before the provider has enough. */
const TAKEN_BEFORE = 150;
const PAUSE_SECONDS = 60;
/** Calls that were on their way when it was said are no disobedience. */
const ON_THEIR_WAY_MS = 3000;
const SETTLE_LIMIT_MS = 300_000;

/** Takes a few, then says 429 for a minute; whoever calls again within the minute is counted. */
const limitOnce = (messages: MessageStage) => {
  let limitedAt: number | null = null;
  let tooEarly = 0;
  let firstAfter: number | null = null;
  messages.gateway.behave((call) => {
    const now = monotonicMs();
    if (limitedAt === null && call >= TAKEN_BEFORE) limitedAt = now;
    const passedMs = limitedAt === null ? 0 : now - limitedAt;
    if (limitedAt === null || passedMs >= PAUSE_SECONDS * 1000) {
      if (limitedAt !== null) firstAfter ??= passedMs;
      return { kind: "delay", ms: 10 };
    }
    if (passedMs > ON_THEIR_WAY_MS) tooEarly += 1;
    return { kind: "limit", retryAfterSeconds: PAUSE_SECONDS };
  });
  return {
    isLimited: () => limitedAt !== null,
    tooEarly: () => tooEarly,
    /** How long after the 429 it was called again. */
    resumedAfterMs: () => firstAfter,
  };
};

/** A job that no worker can read, as another version of the program or a stranger would leave it. */
const ringPoison = async (clone: Clone, { redisUrl }: Backend): Promise<void> => {
  const nothing = () => undefined;
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const queues = openQueues({ databaseUrl: clone.url, redisUrl, log });
  try {
    const ring = (): Promise<true | null> =>
      queues
        .queue("messages")
        .addAll([{ id: "poison", name: "send", data: { fence: "none", ids: "everybody" } }])
        .then(
          () => true as const,
          // Still connecting.
          () => null,
        );
    await until("the poison job is in the queue", SETTLE_LIMIT_MS, ring);
    const isGone = async (): Promise<true | null> =>
      (await queues.queue("messages").pending(["poison"])).size === 0 ? true : null;
    await until("the queue has given the poison job up", SETTLE_LIMIT_MS, isGone, 500);
  } finally {
    await queues.close();
  }
};

const limit = async (context: FaultContext, tally: Tally, backend: Backend): Promise<void> => {
  const { stage, full, say } = context;
  const { name, redisUrl } = backend;
  const clone = await stage.clone("billed");
  const messages = await stageMessages(clone);
  const total = full ? MESSAGES.full : MESSAGES.short;
  try {
    const ids = await messages.queue(total);
    const poison = ids[17] ?? "";
    await ask(clone.url, "update messages set variables = '{}' where id = $1", [poison]);
    const limited = limitOnce(messages);
    const workers = [0, 1].map(() => startWorker(clone, messages.options({ redisUrl })));
    const poisoned = ringPoison(clone, backend);
    await until("the provider limits", SETTLE_LIMIT_MS, async () => (limited.isLimited() ? true : null));
    await delay(ON_THEIR_WAY_MS);
    const calls = messages.gateway.log.calls();
    await until("it goes on", SETTLE_LIMIT_MS, async () =>
      messages.gateway.log.calls() > calls ? true : null,
    );
    await poisoned;
    await until("every other message is sent", SETTLE_LIMIT_MS, async () =>
      messages.gateway.log.taken.length >= total - 1 ? true : null,
    );
    const [dead] = await ask<{ state: string; reason: string }>(
      clone.url,
      "select state, reason from messages where id = $1",
      [poison],
    );
    for (const worker of workers) if (!worker.isRunning()) tally.problem(`${name}: a worker ended`);
    await Promise.all(workers.map((worker) => worker.stop()));
    const resumedMs = limited.resumedAfterMs() ?? 0;
    say(
      `429 at ${calls} calls of ${total}, ${limited.tooEarly()} too early, called again after ${(resumedMs / 1000).toFixed(1)} s; ` +
        `poison ${dead?.state} (${dead?.reason}); ${JSON.stringify(await messages.states())}`,
    );
    tally.ran(calls < total && resumedMs >= PAUSE_SECONDS * 1000);
    if (limited.tooEarly() > 0)
      tally.problem(`${name}: ${limited.tooEarly()} calls within the minute of a 429`);
    if (dead?.state !== "rejected" || !dead.reason.startsWith("template."))
      tally.problem(`${name}: the poison message is no dead letter: ${dead?.state} ${dead?.reason}`);
    if (messages.gateway.log.takenOf(poison).length > 0)
      tally.problem(`${name}: the poison message was sent`);
    // The poison is the one that the provider must not have.
    const { lost, doubled } = messages.count();
    tally.counted({ lost: lost - 1, doubled });
  } finally {
    await messages.close();
  }
  await clone.drop();
};

export const messagesLimited = bothBackends("messages-limited", limit, { patient: true });
