/** PostgreSQL falls in the middle of an import (immediate shutdown) and comes back on the same port. */
import { setTimeout as delay } from "node:timers/promises";
import { writeBankFile } from "../support/bank-file.ts";
import { createTally, type FaultCase } from "../support/fault-case.ts";
import {
  finishAndCount,
  importState,
  importUndisturbed,
  isPosting,
  proveAndDrop,
  startImport,
  untilForgotten,
  untilPosting,
} from "../support/killed-import.ts";

const PAYMENTS = 9000;

export const databaseRestarted: FaultCase = {
  name: "database-restarted",
  alone: true,
  run: async ({ stage, full, random, say }) => {
    const tally = createTally();
    const file = await writeBankFile(stage.folder, PAYMENTS);
    const calm = await stage.clone("billed");
    const reference = await importUndisturbed(calm, file);
    await calm.drop();
    const runs = full ? 20 : 2;
    for (let run = 0; run < runs; run += 1) {
      const clone = await stage.clone("billed");
      const importing = startImport(clone, file);
      const isOn = async (): Promise<boolean> => isPosting(await importState(clone.url));
      const seen = await untilPosting(importing, isOn);
      // The moment of the fault itself, drawn from the seed.
      const afterMs = random.below(Math.max(1, Math.round(reference.postingMs * 0.9)));
      await delay(afterMs);
      await stage.crashServer();
      await stage.startServerAgain();
      const { code, signal } = await importing.ended;
      const where = `the server fell ${afterMs} ms after posting began`;
      say(`${where}: the import ended with ${code ?? signal} in state ${await importState(clone.url)}`);
      if (code !== 0 && !importing.output().includes('"database.')) {
        tally.problem(`${where}: the import ended without a clear word: ${importing.tail()}`);
      }
      tally.ran(seen && code !== 0);
      await untilForgotten(clone.url);
      await finishAndCount(tally, clone, file, reference, where);
      await proveAndDrop(tally, clone, where, full || run === runs - 1);
    }
    return tally.result(50);
  },
};
