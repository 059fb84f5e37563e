import { fail } from "#src/kernel/errors.ts";

/** @throws DomainError `household.too-many`; `until` names the end of it */
export const tooMany = (wait?: { readonly until: Date; readonly now: Date }): never =>
  fail("household.too-many", "this was tried too often", {
    remedy: "wait and try again, or call the hotline",
    ...(wait !== undefined && {
      facts: {
        until: wait.until.toISOString(),
        retryAfterSeconds: Math.ceil((wait.until.getTime() - wait.now.getTime()) / 1000),
      },
    }),
  });
