/**
 * Redis is flushed while thousands of messages are due and hundreds of jobs wait in it: every message goes once. The queue
 * forgot them, the database did not. On Redis alone: what PostgreSQL holds for the queue it holds for the messages too.
 */
import type { TestRedis } from "#tests/support/redis.ts";
import { ACCEPT } from "#tests/support/message-providers/behaviour.ts";
import { incoherences } from "../support/coherent.ts";
import type { FaultContext, Tally } from "../support/fault-case.ts";
import { stageMessages } from "../support/messages.ts";
import { startWorker } from "../support/processes.ts";
import { redisCase } from "../support/redis-case.ts";
import { until } from "../support/until.ts";

const MESSAGES = { short: 3000, full: 10_000 };
const SETTLE_LIMIT_MS = 300_000;

const loseRedis = async (context: FaultContext, tally: Tally, redis: TestRedis): Promise<void> => {
  const { stage, full, say } = context;
  const clone = await stage.clone("billed");
  const messages = await stageMessages(clone);
  try {
    await messages.queue(full ? MESSAGES.full : MESSAGES.short);
    messages.gateway.behave(() => ({ kind: "delay", ms: 50 }));
    const worker = startWorker(clone, messages.options({ redisUrl: redis.url }));
    await until("jobs wait in Redis", SETTLE_LIMIT_MS, async () =>
      messages.gateway.log.calls() > 100 ? true : null,
    );
    await redis.flush();
    const atFlush = await messages.states();
    tally.ran((atFlush["claimed"] ?? 0) > 0);
    say(`flushed: ${JSON.stringify(atFlush)}`);
    messages.gateway.behave(() => ACCEPT);
    await messages.untilSent(worker, SETTLE_LIMIT_MS);
    await worker.stop();
    say(`all ${messages.gateway.log.taken.length} sent`);
    tally.counted(messages.count());
    for (const wrong of await incoherences(clone)) tally.problem(wrong);
  } finally {
    await messages.close();
  }
  await clone.drop();
};

export const messagesRedisLost = redisCase("messages-redis-lost", loseRedis);
