/**
 * The provider says 429 for a minute, while two workers send and one poison message is among the others. Nobody calls before
 * the minute is over, whichever process heard it; then workers are rolled five times by SIGTERM, and everything goes once.
 * On both backends.
 */
import { setTimeout as delay } from "node:timers/promises";
import { monotonicMs } from "#src/platform/clock.ts";
import { startRedis } from "#tests/support/redis.ts";
import { createTally, type FaultCase, type FaultContext, type Tally } from "../support/fault-case.ts";
import { type MessageStage, stageMessages } from "../support/messages.ts";
import { ask } from "../support/outside.ts";
import { type Running, startWorker } from "../support/processes.ts";
import { until } from "../support/until.ts";

const MESSAGES = { short: 2000, full: 10_000 };
const PAUSE_SECONDS = 60;
const ROLLS = 5;
const SETTLE_LIMIT_MS = 300_000;

/** Takes a few, then says 429 once; whoever calls again within the minute is counted. */
const limitOnce = (messages: MessageStage) => {
  let limitedAt: number | null = null;
  let tooEarly = 0;
  messages.gateway.behave((call) => {
    const now = monotonicMs();
    if (limitedAt === null && call >= 150) limitedAt = now;
    const passedMs = limitedAt === null ? 0 : now - limitedAt;
    if (limitedAt === null || passedMs >= PAUSE_SECONDS * 1000) return { kind: "delay", ms: 10 };
    // Calls that were on their way when it was said are no disobedience.
    if (passedMs > 3000) tooEarly += 1;
    return { kind: "limit", retryAfterSeconds: PAUSE_SECONDS };
  });
  return { isLimited: () => limitedAt !== null, tooEarly: () => tooEarly };
};

const limitAndRoll = async (context: FaultContext, tally: Tally, redisUrl?: string): Promise<void> => {
  const { stage, full, say } = context;
  const clone = await stage.clone("billed");
  const messages = await stageMessages(clone);
  const total = full ? MESSAGES.full : MESSAGES.short;
  try {
    const ids = await messages.queue(total);
    const poison = ids[17] ?? "";
    await ask(clone.url, "update messages set variables = '{}' where id = $1", [poison]);
    const limit = limitOnce(messages);
    const start = (): Running =>
      startWorker(clone, messages.options({ redisUrl, settings: { LOG_LEVEL: "info" } }));
    const workers = [start(), start()];
    await until("the provider limits", SETTLE_LIMIT_MS, async () => (limit.isLimited() ? true : null));
    await delay(30_000);
    const calls = messages.gateway.log.calls();
    await delay(10_000);
    tally.ran(messages.gateway.log.calls() === calls && calls < total);
    await until("it goes on", SETTLE_LIMIT_MS, async () =>
      messages.gateway.log.calls() > calls ? true : null,
    );
    for (let roll = 0; roll < ROLLS; roll += 1) {
      const fresh = start();
      workers.push(fresh);
      // A process that is still starting has no way out of its own yet.
      await until("the next one works", SETTLE_LIMIT_MS, async () =>
        fresh.log().includes('"message":"working"') ? true : null,
      );
      const ending = await workers.shift()?.stop();
      if (ending?.code !== 0) tally.problem(`a rolled worker ended with ${ending?.code ?? ending?.signal}`);
    }
    await until("every other message is sent", SETTLE_LIMIT_MS, async () =>
      messages.gateway.log.taken.length >= total - 1 ? true : null,
    );
    await Promise.all(workers.map((worker) => worker.stop()));
    const states = await messages.states();
    say(
      `${redisUrl === undefined ? "PostgreSQL" : "Redis"}: held at ${calls} calls, ${limit.tooEarly()} too early; ${JSON.stringify(states)}`,
    );
    if (limit.tooEarly() > 0) tally.problem(`${limit.tooEarly()} calls within the minute of a 429`);
    if (states["rejected"] !== 1) tally.problem("the poison message is no dead letter");
    const { lost, doubled } = messages.count();
    tally.counted({ lost: lost - 1, doubled });
  } finally {
    await messages.close();
  }
  await clone.drop();
};

export const messagesLimited: FaultCase = {
  name: "messages-limited",
  patient: true,
  run: async (context) => {
    const tally = createTally();
    const redis = await startRedis();
    try {
      await limitAndRoll(context, tally);
      await limitAndRoll(context, tally, redis.url);
    } finally {
      await redis.stop();
    }
    return tally.result(100);
  },
};
