/** What the faults of Redis share: the machine's server for the time of a case, and handlers that a lock from outside holds. */
import { spawnSync } from "node:child_process";
import pg from "pg";
import { startRedis, type TestRedis } from "#tests/support/redis.ts";
import { createTally, type FaultCase, type FaultContext, type Tally } from "./fault-case.ts";

/** Without `redis-server` the case fails and says so. */
export const redisCase = (
  name: string,
  lose: (context: FaultContext, tally: Tally, redis: TestRedis) => Promise<void>,
): FaultCase => ({
  name,
  patient: true,
  run: async (context) => {
    const tally = createTally();
    if (spawnSync("redis-server", ["--version"]).error !== undefined) {
      tally.problem("redis-server is not installed");
      return tally.result(100);
    }
    const redis = await startRedis();
    try {
      await lose(context, tally, redis);
    } finally {
      await redis.stop();
    }
    return tally.result(100);
  },
});

/** No event is handled while `work` runs, so that what it takes away from the queue was surely there. */
export const withHandlersHeld = async (databaseUrl: string, work: () => Promise<void>): Promise<void> => {
  const holder = new pg.Client({ connectionString: databaseUrl });
  holder.on("error", () => undefined);
  await holder.connect();
  try {
    await holder.query("begin");
    await holder.query("lock table event_receipts in share mode");
    await work();
    await holder.query("rollback");
  } finally {
    await holder.end();
  }
};
