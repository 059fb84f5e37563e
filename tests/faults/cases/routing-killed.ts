/**
 * `kill -9` of the worker while it routes 2,000 cases: each has one owner and one chain afterwards. They go by the forty and by
 * the hundred, so the short form too has enough of them that a kill finds some left.
 */
import { createTally, type FaultCase } from "../support/fault-case.ts";
import { countRoutes, manRouting, openCases, routedCount, untilRouted } from "../support/cases.ts";
import { startWorker } from "../support/processes.ts";
import { until } from "../support/until.ts";

/** Events that a killed process held are looked at again after a minute. */
const SETTLE_LIMIT_MS = 300_000;

export const routingKilled: FaultCase = {
  name: "routing-killed",
  patient: true,
  run: async ({ stage, full, random, say }) => {
    const tally = createTally();
    const cases = full ? 2000 : 1500;
    const runs = full ? 5 : 1;
    for (let run = 0; run < runs; run += 1) {
      const clone = await stage.clone("billed");
      await manRouting(clone);
      await openCases(clone, cases);
      const kills = random.between(1, 3);
      for (let kill = 0; kill < kills; kill += 1) {
        const before = await routedCount(clone.url);
        // The kill before this one came too late, and was counted as such.
        if (before === cases) break;
        const worker = startWorker(clone);
        const goal = before + Math.max(1, Math.trunc(((cases - before) * random.between(5, 60)) / 100));
        await until(
          "some cases are routed",
          SETTLE_LIMIT_MS,
          async () => ((await routedCount(clone.url)) >= goal ? true : null),
          10,
        );
        await worker.kill();
        const done = await routedCount(clone.url);
        say(`worker killed with ${done} of ${cases} cases routed`);
        tally.ran(done < cases);
      }
      const healer = startWorker(clone);
      await untilRouted(clone.url, healer, SETTLE_LIMIT_MS);
      await healer.stop();
      tally.counted(await countRoutes(clone.url, cases));
      await clone.drop();
    }
    return tally.result(60);
  },
};
