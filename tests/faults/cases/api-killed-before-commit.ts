/** `kill -9` of the API before COMMIT is sent: nothing is visible, and the client's repetition posts once. */
import type { FaultCase } from "../support/fault-case.ts";
import { killApi } from "../support/kill-api.ts";

export const apiKilledBeforeCommit: FaultCase = {
  name: "api-killed-before-commit",
  run: (context) => killApi(context, "before-commit"),
};
