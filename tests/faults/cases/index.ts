/** Every fault that the program has to survive, in the order in which they are tried. */
import type { FaultCase } from "../support/fault-case.ts";
import { apiKilledAfterCommit } from "./api-killed-after-commit.ts";
import { apiKilledBeforeCommit } from "./api-killed-before-commit.ts";
import { identicalPayments } from "./identical-payments.ts";

export const cases: readonly FaultCase[] = [apiKilledBeforeCommit, apiKilledAfterCommit, identicalPayments];
