/** `kill -9` of the bill run at random moments of its issuing. */
import { createTally, type FaultCase } from "../support/fault-case.ts";
import { billProgress, finishBills, startBillRun } from "../support/killed-bill-run.ts";
import {
  drawMoment,
  isProved,
  killAtMoment,
  momentText,
  proveAndDrop,
  untilForgotten,
  watchUndisturbed,
} from "../support/killed-import.ts";

export const billRunKilledAtRandom: FaultCase = {
  name: "bill-run-killed-at-random",
  run: async ({ stage, full, random, say }) => {
    const tally = createTally();
    const calm = await stage.clone("unbilled");
    const issuingMs = await watchUndisturbed(startBillRun(calm), billProgress(calm.url));
    await calm.drop();
    say(`an undisturbed run issues for ${Math.round(issuingMs)} ms`);
    const runs = full ? 25 : 3;
    for (let run = 0; run < runs; run += 1) {
      const clone = await stage.clone("unbilled");
      const moment = drawMoment(random, issuingMs);
      const where = `killed ${momentText(moment)}`;
      tally.ran(await killAtMoment(startBillRun(clone), billProgress(clone.url), moment));
      await untilForgotten(clone.url);
      await finishBills(tally, clone, where);
      await proveAndDrop(tally, clone, where, isProved(run, runs));
    }
    return tally.result(60);
  },
};
