/** `kill -9` of a bank import at named places: while it stages, around each chunk, and around each of its commits. */
import { writeBankFile } from "../support/bank-file.ts";
import { createTally, type FaultCase } from "../support/fault-case.ts";
import {
  agreeToFile,
  finishAndCount,
  importUndisturbed,
  isProved,
  proveAndDrop,
  startImport,
  untilForgotten,
} from "../support/killed-import.ts";

const PAYMENTS = 6000;
/** A chunk is 500 lines at first and 2,000 at most, and the reversals come last: at least six chunks. */
const CHUNKS = 6;

const shortForm = [
  "import-stage-after:1",
  "import-chunk-before:1",
  "import-chunk-before:4",
  "import-chunk-after:1",
  "import-chunk-after:6",
  "before-commit:3",
];

const everyPlace = (): string[] => {
  const ordinals = Array.from({ length: CHUNKS }, (_unused, index) => index + 1);
  return [
    "import-stage-before:1",
    "import-stage-after:1",
    ...ordinals.flatMap((n) => [`import-chunk-before:${n}`, `import-chunk-after:${n}`]),
    // The word, receiving, checking, the chunks, the end of the file, the two days that are reconciled and that they are, the word's end.
    ...Array.from({ length: CHUNKS + 8 }, (_unused, index) => [
      `before-commit:${index + 1}`,
      `after-commit:${index + 1}`,
    ]).flat(),
  ];
};

export const importKilledAtFailpoints: FaultCase = {
  name: "import-killed-at-failpoints",
  run: async ({ stage, full }) => {
    const tally = createTally();
    const file = await writeBankFile(stage.folder, PAYMENTS);
    const calm = await stage.clone("billed");
    const reference = await importUndisturbed(calm, file);
    await calm.drop();
    const places = full ? everyPlace() : shortForm;
    for (const [run, failpoint] of places.entries()) {
      const clone = await stage.clone("billed");
      await agreeToFile(clone, file);
      const ending = await startImport(clone, file, failpoint).ended;
      tally.ran(ending.signal === "SIGKILL");
      await untilForgotten(clone.url);
      await finishAndCount(tally, clone, file, reference, failpoint);
      await proveAndDrop(tally, clone, failpoint, isProved(run, places.length));
    }
    return tally.result(100);
  },
};
