/** The door to a work order. Every load on a person's behalf goes through it. */
import type { Day } from "#src/kernel/day.ts";
import { assert, fail } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import {
  findOrderInScope,
  lockOrderInScope,
  moveOrder,
  type OrderPatch,
  type OrderRow,
} from "./order-queries.ts";
import { nextOrderState, type OrderCommand, type OrderState } from "./order-states.ts";

const notFound = (): never =>
  fail("work-order.not-found", "there is no work order with this number", { field: "id" });

/** @throws DomainError `work-order.not-found` also for what lies outside the scope: it does not exist for this actor */
export const accessOrder = async (sql: Sql, actor: Actor, id: bigint, day: Day): Promise<OrderRow> =>
  (await findOrderInScope(sql, id, scopeBindings(actor.scope, day))) ?? notFound();

/**
 * Loads an order to change it, under its row's lock, as it is now.
 * @throws DomainError `work-order.not-found`, `version.stale` with what the other has made of it
 */
export const beginOrderChange = async (
  context: CommandContext,
  id: bigint,
  version: number | undefined,
): Promise<OrderRow> => {
  const { sql, actor, today } = context;
  const order = (await lockOrderInScope(sql, id, scopeBindings(actor.scope, today))) ?? notFound();
  if (version !== undefined && order.version !== version) {
    fail("version.stale", "somebody changed this work order meanwhile", {
      field: "If-Match",
      remedy: "read it again and repeat the change if it still makes sense",
      facts: { expected: version, version: order.version, state: order.state },
    });
  }
  return order;
};

/** Carries a locked order over by one row of the table. The audit row is the caller's, who knows why. */
export const changeState = async (
  context: CommandContext,
  order: OrderRow,
  command: OrderCommand,
  patch: OrderPatch,
): Promise<OrderState> => {
  const to = nextOrderState(order.state, command);
  const moved = await moveOrder(
    context.sql,
    { id: order.id, version: order.version, from: order.state, to },
    patch,
  );
  assert(moved, "the locked order is the one that was read");
  return to;
};
