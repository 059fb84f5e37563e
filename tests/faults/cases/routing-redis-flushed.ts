/**
 * Redis is flushed with everything that rings for cases in it: all of them come back from PostgreSQL, and each is routed
 * once.
 */
import type { TestRedis } from "#tests/support/redis.ts";
import { countRoutes, manRouting, openCases, untilRouted } from "../support/cases.ts";
import type { FaultContext, Tally } from "../support/fault-case.ts";
import { askOne } from "../support/outside.ts";
import { startWorker } from "../support/processes.ts";
import { redisCase, withHandlersHeld } from "../support/redis-case.ts";
import { until } from "../support/until.ts";

const SETTLE_LIMIT_MS = 240_000;

const rungCount = async (url: string): Promise<number> =>
  (
    await askOne<{ count: number }>(
      url,
      `select count(*)::int as count from outbox_events
       where type = 'ticket.opened' and rung_at is not null and settled_at is null`,
    )
  ).count;

const flush = async ({ stage, full, say }: FaultContext, tally: Tally, redis: TestRedis): Promise<void> => {
  const clone = await stage.clone("billed");
  await manRouting(clone);
  const cases = full ? 500 : 60;
  const worker = startWorker(clone, { redisUrl: redis.url });
  await withHandlersHeld(clone.url, async () => {
    await openCases(clone, cases);
    await until("the relay has rung", SETTLE_LIMIT_MS, async () =>
      (await rungCount(clone.url)) === cases ? true : null,
    );
    await redis.flush();
    tally.ran((await rungCount(clone.url)) === cases);
  });
  await untilRouted(clone.url, worker, SETTLE_LIMIT_MS);
  await worker.stop();
  say(`Redis flushed with ${cases} cases in it: all routed`);
  tally.counted(await countRoutes(clone.url, cases));
  await clone.drop();
};

export const routingRedisFlushed = redisCase("routing-redis-flushed", flush);
