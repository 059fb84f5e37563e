/**
 * Redis is flushed while thousands of messages are due and hundreds of jobs wait in it, then it is down for a while: every
 * message goes once. Meanwhile everything that Redis ever heard (MONITOR), the payloads of events and jobs, and the worker's
 * own log at its most talkative are searched for each number that was written to.
 */
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { startRedis, type TestRedis } from "#tests/support/redis.ts";
import { createTally, type FaultCase, type FaultContext, type Tally } from "../support/fault-case.ts";
import { stageMessages } from "../support/messages.ts";
import { ask } from "../support/outside.ts";
import { startWorker } from "../support/processes.ts";
import { until } from "../support/until.ts";

const MESSAGES = { short: 3000, full: 10_000 };
const SETTLE_LIMIT_MS = 300_000;
const DOWN_MS = 20_000;

/** Everything that clients say to Redis. */
const overhear = async (url: string): Promise<{ heard(): string; stop(): void }> => {
  const client = new Redis(url, { retryStrategy: () => null });
  client.on("error", () => undefined);
  const words: string[] = [];
  const monitor = await client.monitor();
  monitor.on("error", () => undefined);
  monitor.on("monitor", (_time: string, args: readonly string[]) => void words.push(args.join(" ")));
  return {
    heard: () => words.join("\n"),
    stop: () => {
      monitor.disconnect();
      client.disconnect();
    },
  };
};

/** Tables through which messages pass on their way, without the one that they stand in. */
const passedThrough = (url: string): Promise<{ text: string }[]> =>
  ask(
    url,
    `select payload::text as text from outbox_events union all select details::text from audit_events
     union all select details::text from tasks`,
  );

const findNumbers = (text: string, numbers: readonly string[]): string[] => {
  const found = new Set(text.match(/138001\d{5}/g) ?? []);
  return numbers.filter((number) => found.has(number));
};

const loseRedis = async (context: FaultContext, tally: Tally, redis: TestRedis): Promise<void> => {
  const { stage, full, say } = context;
  const clone = await stage.clone("billed");
  const messages = await stageMessages(clone);
  try {
    await messages.queue(full ? MESSAGES.full : MESSAGES.short);
    messages.gateway.behave(() => ({ kind: "delay", ms: 50 }));
    const first = await overhear(redis.url);
    const worker = startWorker(
      clone,
      messages.options({ redisUrl: redis.url, settings: { LOG_LEVEL: "debug" } }),
    );
    await until("jobs wait in Redis", SETTLE_LIMIT_MS, async () =>
      messages.gateway.log.calls() > 100 ? true : null,
    );
    await redis.flush();
    const atFlush = await messages.states();
    tally.ran((atFlush["claimed"] ?? 0) > 0);
    say(`flushed: ${JSON.stringify(atFlush)}`);
    await delay(3000);
    first.stop();
    await redis.down();
    await delay(DOWN_MS);
    const whileDown = messages.gateway.log.taken.length;
    await redis.up();
    const second = await overhear(redis.url);
    messages.gateway.behave(() => ({ kind: "accept" }));
    await messages.untilSent(worker, SETTLE_LIMIT_MS);
    say(`down at ${whileDown} sent; all ${messages.gateway.log.taken.length} sent after`);
    await worker.stop();
    second.stop();
    tally.counted(messages.count());
    const numbers = messages.numbers();
    const passed = (await passedThrough(clone.url)).map((row) => row.text).join("\n");
    const places = { redis: first.heard() + second.heard(), tables: passed, log: worker.log() };
    for (const [place, text] of Object.entries(places)) {
      const leaked = findNumbers(text, numbers);
      if (leaked.length > 0) tally.problem(`${leaked.length} numbers stand in ${place}`);
    }
    if (places.redis.length < 10_000 || places.log.length === 0) {
      tally.problem("the scanner heard nothing of Redis or of the log");
    }
  } finally {
    await messages.close();
  }
  await clone.drop();
};

export const messagesRedisLost: FaultCase = {
  name: "messages-redis-lost",
  patient: true,
  run: async (context) => {
    const tally = createTally();
    const redis = await startRedis();
    try {
      await loseRedis(context, tally, redis);
    } finally {
      await redis.stop();
    }
    return tally.result(100);
  },
};
