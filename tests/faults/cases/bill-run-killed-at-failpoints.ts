/** `kill -9` of the bill run before and after each of its chunks. */
import { createTally, type FaultCase } from "../support/fault-case.ts";
import { finishBills, startBillRun } from "../support/killed-bill-run.ts";
import { isProved, proveAndDrop, untilForgotten } from "../support/killed-import.ts";

/** 12,000 homes at 5,000 a chunk. */
const CHUNKS = 3;
const shortForm = ["bill-chunk-before:1", "bill-chunk-before:3", "bill-chunk-after:2"];

const everyPlace = (): string[] => [
  ...Array.from({ length: CHUNKS }, (_unused, index) => [
    `bill-chunk-before:${index + 1}`,
    `bill-chunk-after:${index + 1}`,
  ]).flat(),
  // The check of the run is a command of its own before the chunks.
  ...Array.from({ length: CHUNKS + 1 }, (_unused, index) => [
    `before-commit:${index + 1}`,
    `after-commit:${index + 1}`,
  ]).flat(),
];

export const billRunKilledAtFailpoints: FaultCase = {
  name: "bill-run-killed-at-failpoints",
  run: async ({ stage, full }) => {
    const tally = createTally();
    const places = full ? everyPlace() : shortForm;
    for (const [run, failpoint] of places.entries()) {
      const clone = await stage.clone("unbilled");
      const ending = await startBillRun(clone, failpoint).ended;
      tally.ran(ending.signal === "SIGKILL");
      await untilForgotten(clone.url);
      await finishBills(tally, clone, failpoint);
      await proveAndDrop(tally, clone, failpoint, isProved(run, places.length));
    }
    return tally.result(100);
  },
};
