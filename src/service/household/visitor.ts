import type { Actor } from "#src/platform/actor.ts";

/** Somebody in front of the page who has proved nothing. */
export const visitor: Actor = {
  kind: "household",
  id: null,
  name: "visitor",
  roles: [],
  scope: { kind: "accounts", accountIds: [] },
};
