/** The worker dies after the relay has put events into the queue and before it has marked them: they are rung again. */
import { setTimeout as delay } from "node:timers/promises";
import { monotonicMs } from "#src/platform/clock.ts";
import { createTally, type FaultCase } from "../support/fault-case.ts";
import { incoherences } from "../support/coherent.ts";
import { countEffects, eventFigures, untilSettled } from "../support/events.ts";
import { countMoney } from "../support/outside.ts";
import { createPayers } from "../support/payers.ts";
import { startApi, startWorker } from "../support/processes.ts";

/** As long as elsewhere: what a dead relay had waits for its lease, and then for the machine. */
const SETTLE_LIMIT_MS = 300_000;

/** While a worker starts, and while it works: or on a busy machine every home has paid before the last of them has died. */
const PAY_EVERY_MS = { starting: 250, working: 15 };

export const relayKilled: FaultCase = {
  name: "relay-killed",
  patient: true,
  run: async ({ stage, full, random, say }) => {
    const tally = createTally();
    const clone = await stage.clone("billed");
    const api = await startApi(clone);
    const payers = createPayers(tally, clone, api);
    const runs = full ? 20 : 3;
    for (let run = 0; run < runs; run += 1) {
      // The relay dies at its nth batch, so homes go on paying until it does.
      const worker = startWorker(clone, {
        failpoint: `relay-enqueued:${random.between(1, 4)}`,
        settings: { LOG_LEVEL: "info" },
      });
      while (worker.isRunning()) {
        await payers.pay(1);
        const isWorking = worker.log().includes('"message":"working"');
        await delay(isWorking ? PAY_EVERY_MS.working : PAY_EVERY_MS.starting);
      }
      const ending = await worker.ended;
      const left = await eventFigures(clone.url);
      say(`relay killed with ${left.claimed} events in the queue that it has not marked`);
      tally.ran(ending.signal === "SIGKILL" && left.claimed > 0);
      // Sometimes the next death comes before the first is healed.
      if (run === runs - 1 || random.chance(5000)) {
        const healer = startWorker(clone);
        const healing = monotonicMs();
        await untilSettled(clone.url, healer, SETTLE_LIMIT_MS);
        say(`all settled ${((monotonicMs() - healing) / 1000).toFixed(1)} s after the next worker started`);
        await healer.stop();
      }
    }
    payers.close();
    await api.stop();
    tally.counted(await countMoney(clone.url, payers.sent));
    tally.counted(await countEffects(clone.url, payers.sent));
    for (const wrong of await incoherences(clone)) tally.problem(wrong);
    await clone.drop();
    return tally.result(100);
  },
};
