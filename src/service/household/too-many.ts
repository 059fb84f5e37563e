import { fail } from "#src/kernel/errors.ts";

/** Until when somebody has to wait, and what used it up: tries at this home, or those of a network address at all homes. */
export type Wait = { readonly until: Date; readonly now: Date; readonly of: "home" | "address" };

/** @throws DomainError `household.too-many`; `until` names the end of it. What an address used up no hotline lifts. */
export const tooMany = (wait?: Wait): never =>
  fail("household.too-many", "this was tried too often", {
    remedy:
      wait?.of === "address"
        ? "wait, or try from another network"
        : "wait and try again, or call the hotline",
    ...(wait !== undefined && {
      facts: {
        until: wait.until.toISOString(),
        retryAfterSeconds: Math.ceil((wait.until.getTime() - wait.now.getTime()) / 1000),
        of: wait.of,
      },
    }),
  });
