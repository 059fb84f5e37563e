/** A case on both backends of the queues at once: PostgreSQL's tables, and a Redis of its own. */
import { startRedis, type TestRedis } from "#tests/support/redis.ts";
import { createTally, type FaultCase, type FaultContext, type Tally } from "./fault-case.ts";

export type Backend = {
  readonly name: "PostgreSQL" | "Redis";
  /** For the processes of the case; undefined where the queues stand in its database. */
  readonly redisUrl: string | undefined;
};

/** The two run side by side; when one breaks the other still comes to its end, so that nobody works on what was cleared away. */
const onBoth = async (redis: TestRedis, work: (backend: Backend) => Promise<void>): Promise<void> => {
  const ended = await Promise.allSettled([
    work({ name: "PostgreSQL", redisUrl: undefined }),
    work({ name: "Redis", redisUrl: redis.url }),
  ]);
  for (const one of ended) if (one.status === "rejected") throw one.reason;
};

export const bothBackends = (
  name: string,
  work: (context: FaultContext, tally: Tally, backend: Backend) => Promise<void>,
  how: { readonly patient?: true; readonly leastLandedPercent?: number } = {},
): FaultCase => ({
  name,
  ...(how.patient && { patient: true }),
  run: async (context) => {
    const tally = createTally();
    const redis = await startRedis();
    try {
      await onBoth(redis, (backend) =>
        work({ ...context, say: (text) => context.say(`${backend.name}: ${text}`) }, tally, backend),
      );
    } finally {
      await redis.stop();
    }
    return tally.result(how.leastLandedPercent ?? 100);
  },
});
