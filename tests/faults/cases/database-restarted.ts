/** PostgreSQL falls in the middle of an import (immediate shutdown) and comes back on the same port. */
import { writeBankFile } from "../support/bank-file.ts";
import { createTally, type FaultCase } from "../support/fault-case.ts";
import {
  agreeToFile,
  drawMoment,
  finishAndCount,
  importProgress,
  importState,
  importUndisturbed,
  isProved,
  momentText,
  proveAndDrop,
  startImport,
  untilForgotten,
  untilMoment,
} from "../support/killed-import.ts";

const PAYMENTS = 6000;

export const databaseRestarted: FaultCase = {
  name: "database-restarted",
  alone: true,
  run: async ({ stage, full, random, say }) => {
    const tally = createTally();
    const file = await writeBankFile(stage.folder, PAYMENTS);
    const calm = await stage.clone("billed");
    const reference = await importUndisturbed(calm, file);
    await calm.drop();
    const runs = full ? 15 : 2;
    for (let run = 0; run < runs; run += 1) {
      const clone = await stage.clone("billed");
      await agreeToFile(clone, file);
      const importing = startImport(clone, file);
      const moment = drawMoment(random, reference.postingMs);
      const where = `the server fell ${momentText(moment)}`;
      const seen = await untilMoment(importing, importProgress(clone.url), moment);
      await stage.crashServer();
      await stage.startServerAgain();
      const { code, signal } = await importing.ended;
      const state = await importState(clone.url);
      say(`${where}: the import ended with ${code ?? signal} in state ${state}`);
      if (code !== 0 && !importing.output().includes('"database.')) {
        tally.problem(`${where}: the import ended without a clear word: ${importing.tail()}`);
      }
      tally.ran(seen && code !== 0 && state !== "posted");
      await untilForgotten(clone.url);
      await finishAndCount(tally, clone, file, reference, where);
      await proveAndDrop(tally, clone, where, isProved(run, runs));
    }
    return tally.result(50);
  },
};
