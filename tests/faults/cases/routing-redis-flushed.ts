/**
 * Redis is flushed with everything that rings for cases in it: all of them come back from PostgreSQL, and each is routed
 * once. Without `redis-server` the case fails and says so.
 */
import { spawnSync } from "node:child_process";
import pg from "pg";
import { startRedis, type TestRedis } from "#tests/support/redis.ts";
import { countRoutes, manRouting, openCases, untilRouted } from "../support/cases.ts";
import { createTally, type FaultCase, type FaultContext, type Tally } from "../support/fault-case.ts";
import { askOne } from "../support/outside.ts";
import { startWorker } from "../support/processes.ts";
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
  // A lock from outside holds the handlers until all are rung, so that the flush surely takes jobs away.
  const holder = new pg.Client({ connectionString: clone.url });
  holder.on("error", () => undefined);
  await holder.connect();
  const worker = startWorker(clone, { redisUrl: redis.url });
  try {
    await holder.query("begin");
    await holder.query("lock table event_receipts in share mode");
    await openCases(clone, cases);
    await until("the relay has rung", SETTLE_LIMIT_MS, async () =>
      (await rungCount(clone.url)) === cases ? true : null,
    );
    await redis.flush();
    tally.ran((await rungCount(clone.url)) === cases);
    await holder.query("rollback");
  } finally {
    await holder.end();
  }
  await untilRouted(clone.url, worker, SETTLE_LIMIT_MS);
  await worker.stop();
  say(`Redis flushed with ${cases} cases in it: all routed`);
  tally.counted(await countRoutes(clone.url, cases));
  await clone.drop();
};

export const routingRedisFlushed: FaultCase = {
  name: "routing-redis-flushed",
  patient: true,
  run: async (context) => {
    const tally = createTally();
    if (spawnSync("redis-server", ["--version"]).error !== undefined) {
      tally.problem("redis-server is not installed");
      return tally.result(100);
    }
    const redis = await startRedis();
    try {
      await flush(context, tally, redis);
    } finally {
      await redis.stop();
    }
    return tally.result(100);
  },
};
