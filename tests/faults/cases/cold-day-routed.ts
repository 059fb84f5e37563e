/**
 * No process dies here: the peak day itself is the fault. The cold day is played on both queues, alone on the machine, and its own
 * judgement is asked: every call has its end, every case an owner, and none was on nobody's list for longer than 2 s.
 */
import { spawnSync } from "node:child_process";
import { startRedis } from "#tests/support/redis.ts";
import { createTally, type FaultCase, type FaultContext, type Tally } from "../support/fault-case.ts";
import { startNuan } from "../support/processes.ts";

type Day = {
  readonly calls?: number;
  readonly cases?: number;
  readonly unowned?: number;
  readonly unfinished?: number;
  readonly worstRoutingDelayMs?: number;
  readonly routedInTime?: boolean;
  readonly balanced?: boolean;
};

const play = async (
  { stage, full, say }: FaultContext,
  tally: Tally,
  queue: "PostgreSQL" | "Redis",
  redisUrl?: string,
): Promise<void> => {
  const clone = await stage.clone("demo");
  const [calls, agents] = full ? [5000, 30] : [400, 10];
  const args = `simulate cold-day --calls ${calls} --agents ${agents} --seed 15`.split(" ");
  const running = startNuan(clone, args, { redisUrl });
  const { code } = await running.ended;
  const day = JSON.parse(running.output() || "{}") as Day;
  say(
    `${queue}: ${day.calls ?? 0} calls, ${day.cases ?? 0} cases, worst routing delay ${day.worstRoutingDelayMs ?? "?"} ms`,
  );
  tally.ran(day.calls === calls);
  tally.counted({ lost: (day.unowned ?? calls) + (day.unfinished ?? calls), doubled: 0 });
  if (code !== 0 || day.balanced !== true || day.routedInTime !== true) {
    tally.problem(`${queue}: ended with ${code}: ${running.output()} ${running.tail().slice(-500)}`);
  }
  await clone.drop();
};

export const coldDayRouted: FaultCase = {
  name: "cold-day-routed",
  alone: true,
  run: async (context) => {
    const tally = createTally();
    await play(context, tally, "PostgreSQL");
    if (spawnSync("redis-server", ["--version"]).error !== undefined) {
      tally.problem("redis-server is not installed");
      return tally.result(100);
    }
    const redis = await startRedis();
    try {
      await play(context, tally, "Redis", redis.url);
    } finally {
      await redis.stop();
    }
    return tally.result(100);
  },
};
