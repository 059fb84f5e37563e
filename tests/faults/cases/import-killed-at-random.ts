/** `kill -9` of a bank import at random moments, aimed at the time in which it posts; killed more than once on its way. */
import { writeBankFile } from "../support/bank-file.ts";
import { createTally, type FaultCase } from "../support/fault-case.ts";
import {
  finishAndCount,
  importState,
  importUndisturbed,
  isPosting,
  killWhilePosting,
  proveAndDrop,
  startImport,
  untilForgotten,
} from "../support/killed-import.ts";

const PAYMENTS = 9000;

export const importKilledAtRandom: FaultCase = {
  name: "import-killed-at-random",
  run: async ({ stage, full, random, say }) => {
    const tally = createTally();
    const file = await writeBankFile(stage.folder, PAYMENTS);
    const calm = await stage.clone("billed");
    const reference = await importUndisturbed(calm, file);
    await calm.drop();
    say(`an undisturbed import posts for ${Math.round(reference.postingMs)} ms`);
    const runs = full ? 50 : 4;
    for (let run = 0; run < runs; run += 1) {
      const clone = await stage.clone("billed");
      const isOn = async (): Promise<boolean> => isPosting(await importState(clone.url));
      const afterMs = random.below(Math.max(1, Math.round(reference.postingMs * 0.9)));
      tally.ran(await killWhilePosting(startImport(clone, file), isOn, afterMs));
      await untilForgotten(clone.url);
      await finishAndCount(tally, clone, file, reference, `killed ${afterMs} ms after posting began`);
      await proveAndDrop(tally, clone, `killed ${afterMs} ms after posting began`, full || run === runs - 1);
    }
    return tally.result(60);
  },
};
