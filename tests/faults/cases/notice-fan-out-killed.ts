/**
 * `kill -9` of the worker twice during the fan-out of a notice: every household of the frozen audience is named by one message
 * afterwards, and none by two. The short form has 12,000 homes and dies before and behind chunks; the full one 260,000. On both backends.
 */
import { startRedis } from "#tests/support/redis.ts";
import type { Backend } from "../support/backends.ts";
import { createTally, type FaultCase, type FaultContext, type Tally } from "../support/fault-case.ts";
import { countNotice, freezeNotice, NOTICE_ID } from "../support/killed-notice.ts";
import { askOne } from "../support/outside.ts";
import { startWorker } from "../support/processes.ts";
import { until } from "../support/until.ts";

const SETTLE_LIMIT_MS = 600_000;

const standsAt = (url: string) =>
  askOne<{ messages: number; finished: boolean }>(
    url,
    `select messages, finished_at is not null as finished from notice_fan_outs where notice_id = ${NOTICE_ID}`,
  );

/** By the chunk: once behind one that is committed, once before another that is begun; at whatever moment in the full form. */
const FAILPOINTS = ["notice-chunk-after:1", "notice-chunk-before:2"];

const killTwice = async (
  { stage, full, random, say }: FaultContext,
  tally: Tally,
  { name, redisUrl }: Backend,
): Promise<void> => {
  const clone = await stage.clone(full ? "whole" : "unbilled");
  await freezeNotice(clone.url);
  for (const failpoint of FAILPOINTS) {
    const before = await standsAt(clone.url);
    const worker = startWorker(clone, { redisUrl, ...(!full && { failpoint }) });
    if (full) {
      const goal = before.messages + random.between(5000, 90_000);
      await until("some households are queued", SETTLE_LIMIT_MS, async () =>
        (await standsAt(clone.url)).messages >= goal ? true : null,
      );
      await worker.kill();
    }
    const { signal } = await worker.ended;
    const after = await standsAt(clone.url);
    say(`${name}: worker killed with ${after.messages} messages queued`);
    tally.ran(signal === "SIGKILL" && !after.finished);
  }
  const healer = startWorker(clone, { redisUrl });
  await until("every household is queued", SETTLE_LIMIT_MS, async () => {
    if (!healer.isRunning()) throw new Error(`the worker ended: ${healer.tail()}`);
    return (await standsAt(clone.url)).finished ? true : null;
  });
  await healer.stop();
  tally.counted(await countNotice(clone.url));
  const sums = await askOne<{ counted: number; queued: number; homes: number }>(
    clone.url,
    `select (select messages from notice_fan_outs) as counted,
       (select count(*)::int from messages where regarding = 'notice:${NOTICE_ID}') as queued,
       (select count(*)::int from notice_recipients where gap = '') as homes`,
  );
  say(`${name}: ${sums.homes} households in ${sums.queued} messages`);
  if (sums.counted !== sums.queued)
    tally.problem(`${name}: ${sums.queued} messages, counted ${sums.counted}`);
  await clone.drop();
};

/** One after the other: a city is large, and the draws of a seed stay the same. */
export const noticeFanOutKilled: FaultCase = {
  name: "notice-fan-out-killed",
  run: async (context) => {
    const tally = createTally();
    await killTwice(context, tally, { name: "PostgreSQL", redisUrl: undefined });
    const redis = await startRedis();
    try {
      await killTwice(context, tally, { name: "Redis", redisUrl: redis.url });
    } finally {
      await redis.stop();
    }
    return tally.result(100);
  },
};
