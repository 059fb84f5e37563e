import { forget } from "#web/api/client.ts";

/** Everything of a notice is read anew. */
export const readAgain = (): Promise<void> =>
  forget("/notices", "/notices/{id}", "/notices/{id}/funnel", "/notices/{id}/recipients");
