/** `kill -9` of the API after COMMIT and before the answer: the client's repetition gets the stored answer, byte for byte. */
import type { FaultCase } from "../support/fault-case.ts";
import { killApi } from "../support/kill-api.ts";

export const apiKilledAfterCommit: FaultCase = {
  name: "api-killed-after-commit",
  run: (context) => killApi(context, "after-commit"),
};
