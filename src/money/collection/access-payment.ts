/** The door to a payment: every load of one on a person's or a machine's behalf goes through it. */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import type { Bindings, Sql } from "#src/platform/sql.ts";
import { findPaymentInScope, type StoredPayment } from "./queries.ts";

/** Bindings of "what this actor sees of payments": its households, and for a channel's machine its channel. */
export const paymentScope = (actor: Actor, today: Day): Bindings => ({
  ...scopeBindings(actor.scope, today),
  ownChannelId: actor.channelId ?? null,
});

/**
 * Loads a payment within the actor's scope. Takes no lock.
 * @throws DomainError `payment.not-found` also for what lies outside the scope
 */
export const accessPayment = async (
  sql: Sql,
  actor: Actor,
  paymentId: bigint,
  today: Day,
): Promise<StoredPayment> =>
  (await findPaymentInScope(sql, paymentId, paymentScope(actor, today))) ??
  fail("payment.not-found", "there is no payment with this number", { field: "id" });
