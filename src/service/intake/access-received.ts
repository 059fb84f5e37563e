/** The only ways to load what somebody wrote on a person's behalf. */
import { dayOfInstant } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { findQuarantined } from "#src/messages/messaging/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { findVisible } from "./queries.ts";

/** A message that was read, seen through its household or its case. @throws DomainError `message.not-found` */
export const accessReceived = async (platform: Platform, actor: Actor, id: bigint) => {
  const scope = scopeBindings(actor.scope, dayOfInstant(platform.clock.now()));
  return (
    (await findVisible(platform.database.sql, { ...scope, id })) ??
    fail("message.not-found", "there is no such message")
  );
};

/** A message in quarantine has no household: whoever is bound to areas sees none. @throws DomainError `message.not-quarantined` */
export const accessQuarantined = async (platform: Platform, actor: Actor, id: bigint) =>
  (actor.scope.kind === "everything" ? await findQuarantined(platform.database.sql, id) : null) ??
  fail("message.not-quarantined", "there is no such message in quarantine");
