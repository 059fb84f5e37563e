/** `kill -9` of a bank import at random moments of its posting. */
import { writeBankFile } from "../support/bank-file.ts";
import { createTally, type FaultCase } from "../support/fault-case.ts";
import {
  agreeToFile,
  drawMoment,
  finishAndCount,
  importProgress,
  importUndisturbed,
  isProved,
  killAtMoment,
  momentText,
  proveAndDrop,
  startImport,
  untilForgotten,
} from "../support/killed-import.ts";

const PAYMENTS = 6000;

export const importKilledAtRandom: FaultCase = {
  name: "import-killed-at-random",
  run: async ({ stage, full, random, say }) => {
    const tally = createTally();
    const file = await writeBankFile(stage.folder, PAYMENTS);
    const calm = await stage.clone("billed");
    const reference = await importUndisturbed(calm, file);
    await calm.drop();
    say(`an undisturbed import posts for ${Math.round(reference.postingMs)} ms`);
    const runs = full ? 25 : 3;
    for (let run = 0; run < runs; run += 1) {
      const clone = await stage.clone("billed");
      await agreeToFile(clone, file);
      const moment = drawMoment(random, reference.postingMs);
      const where = `killed ${momentText(moment)}`;
      tally.ran(await killAtMoment(startImport(clone, file), importProgress(clone.url), moment));
      await untilForgotten(clone.url);
      await finishAndCount(tally, clone, file, reference, where);
      await proveAndDrop(tally, clone, where, isProved(run, runs));
    }
    return tally.result(60);
  },
};
