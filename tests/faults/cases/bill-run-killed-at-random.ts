/** `kill -9` of the bill run at random moments, aimed at the time in which it issues. */
import { createTally, type FaultCase } from "../support/fault-case.ts";
import { billUndisturbed, finishBills, isIssuing, startBillRun } from "../support/killed-bill-run.ts";
import { killWhilePosting, proveAndDrop, untilForgotten } from "../support/killed-import.ts";

export const billRunKilledAtRandom: FaultCase = {
  name: "bill-run-killed-at-random",
  run: async ({ stage, full, random, say }) => {
    const tally = createTally();
    const calm = await stage.clone("unbilled");
    const issuingMs = await billUndisturbed(calm);
    await calm.drop();
    say(`an undisturbed run issues for ${Math.round(issuingMs)} ms`);
    const runs = full ? 50 : 4;
    for (let run = 0; run < runs; run += 1) {
      const clone = await stage.clone("unbilled");
      const afterMs = random.below(Math.max(1, Math.round(issuingMs * 0.9)));
      const where = `killed ${afterMs} ms after issuing began`;
      tally.ran(await killWhilePosting(startBillRun(clone), () => isIssuing(clone.url), afterMs));
      await untilForgotten(clone.url);
      await finishBills(tally, clone, where);
      await proveAndDrop(tally, clone, where, full || run === runs - 1);
    }
    return tally.result(60);
  },
};
