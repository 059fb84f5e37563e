/** What the parts of a test's page share. */
import { forget } from "#web/api/client.ts";

export const PAPERS = ["notice", "change", "result"] as const;
export type Paper = (typeof PAPERS)[number];

/** Everything of a test is read anew. */
export const readTestAgain = (): Promise<void> =>
  forget(
    "/pressure-tests/{id}",
    "/pressure-tests/{id}/reach",
    "/pressure-tests/{id}/gaps",
    "/pressure-tests/{id}/homes",
    "/pressure-tests",
    "/pressure-calendar",
    "/pressure-rounds/{id}",
  );
