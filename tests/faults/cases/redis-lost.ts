/**
 * Redis dies while homes pay, comes back empty, and is flushed with everything in it: payments do not notice, and every
 * event is handled once all the same.
 */
import type { TestRedis } from "#tests/support/redis.ts";
import { incoherences } from "../support/coherent.ts";
import type { FaultContext, Tally } from "../support/fault-case.ts";
import { countEffects, eventFigures, untilSettled } from "../support/events.ts";
import { countMoney } from "../support/outside.ts";
import { createPayers, type Payers } from "../support/payers.ts";
import { startApi, startWorker } from "../support/processes.ts";
import { redisCase, withHandlersHeld } from "../support/redis-case.ts";
import type { Clone } from "../support/stage.ts";
import { until } from "../support/until.ts";

/** The sweeper looks at what was rung a minute ago, then the queue pauses between its tries. */
const SETTLE_LIMIT_MS = 240_000;
const HOMES = 20;

/** Homes pay while Redis is away: each is answered at once, because no request waits for a queue. */
const payWithoutRedis = async (
  tally: Tally,
  clone: Clone,
  redis: TestRedis,
  payers: Payers,
): Promise<void> => {
  await redis.down();
  await payers.pay(HOMES);
  const { open } = await eventFigures(clone.url);
  tally.ran(open === HOMES);
  await redis.up();
};

/** Flushes Redis when events are rung and none can be handled. */
const flushWhatIsRung = async (
  tally: Tally,
  clone: Clone,
  redis: TestRedis,
  payers: Payers,
): Promise<void> => {
  await withHandlersHeld(clone.url, async () => {
    await payers.pay(HOMES);
    await until("the relay has rung", SETTLE_LIMIT_MS, async () =>
      (await eventFigures(clone.url)).rung === HOMES ? true : null,
    );
    await redis.flush();
    tally.ran((await eventFigures(clone.url)).rung === HOMES);
  });
};

const loseRedis = async (context: FaultContext, tally: Tally, redis: TestRedis): Promise<void> => {
  const clone = await context.stage.clone("billed");
  const options = { redisUrl: redis.url };
  const api = await startApi(clone, options);
  const worker = startWorker(clone, options);
  const payers = createPayers(tally, clone, api);
  await payers.pay(HOMES);
  await untilSettled(clone.url, worker, SETTLE_LIMIT_MS);
  const rounds = context.full ? 5 : 1;
  for (let round = 0; round < rounds; round += 1) {
    await payWithoutRedis(tally, clone, redis, payers);
    await untilSettled(clone.url, worker, SETTLE_LIMIT_MS);
    await flushWhatIsRung(tally, clone, redis, payers);
    await untilSettled(clone.url, worker, SETTLE_LIMIT_MS);
    context.say(`Redis lost and flushed: ${payers.sent.length} payments, every event settled`);
  }
  payers.close();
  await api.stop();
  await worker.stop();
  tally.counted(await countMoney(clone.url, payers.sent));
  tally.counted(await countEffects(clone.url, payers.sent));
  for (const wrong of await incoherences(clone)) tally.problem(wrong);
  await clone.drop();
};

export const redisLost = redisCase("redis-lost", loseRedis);
