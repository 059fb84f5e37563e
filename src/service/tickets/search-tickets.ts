/** The search box's share of this room: the case whose number was typed (工单号). */
import type { Day } from "#src/kernel/day.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { Sql } from "#src/platform/sql.ts";
import { reachOf } from "./access-ticket.ts";
import { findNamedTicket, type NamedTicket } from "./queries.ts";
import { parseTicketNo } from "./ticket-number.ts";

/** None for a text that is no number of a case, and for a case outside the actor's scope on `day`. Reads only. */
export const searchTickets = async (
  sql: Sql,
  actor: Actor,
  day: Day,
  text: string,
): Promise<readonly NamedTicket[]> => {
  const ticketId = parseTicketNo(text);
  if (ticketId === null) return [];
  const found = await findNamedTicket(sql, { ...reachOf(actor, day), ticketId });
  return found === null ? [] : [found];
};
