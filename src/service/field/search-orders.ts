/** The search box's share of this room: the work order whose number was typed or read from its paper (派工单号). */
import type { Day } from "#src/kernel/day.ts";
import { toHalfWidth } from "#src/kernel/half-width.ts";
import type { Actor } from "#src/platform/actor.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import { findOrderInScope, type OrderRow } from "./order-queries.ts";

/** `W000123`, with or without its zeros: a number without the letter is somebody else's. */
const WRITTEN = /^(?:派工单|工单|开阀单)?号?[:：]?\s*W\s*([0-9]{1,15})$/i;

/** None for a text that is no number of an order, and for an order outside the actor's scope on `day`. Reads only. */
export const searchOrders = async (
  sql: Sql,
  actor: Actor,
  day: Day,
  text: string,
): Promise<readonly OrderRow[]> => {
  const [, digits] = WRITTEN.exec(toHalfWidth(text).trim()) ?? [];
  if (digits === undefined) return [];
  const found = await findOrderInScope(sql, BigInt(digits), scopeBindings(actor.scope, day));
  return found === null ? [] : [found];
};
