import { describeOutbox } from "#tests/support/outbox-suite.ts";

describeOutbox(
  "PostgreSQL",
  () => undefined,
  () => Promise.resolve(),
);
