/** The door to a case. Every load on a person's or a machine's behalf goes through it. */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import { findOpen, findTicketById, findTicketInScope, type TicketReach } from "./queries.ts";
import { findFamilyIds } from "./relation-queries.ts";
import type { Ticket } from "./schema.ts";
import { parseTicketNo } from "./ticket-number.ts";

/** Bindings for `ticketScope`. */
export const reachOf = (actor: Actor, day: Day): TicketReach => ({
  ...scopeBindings(actor.scope, day),
  staffId: staffIdOf(actor),
});

/**
 * The case of a number, if it lies within the actor's scope on `day`: of a building of the actor's areas, or owned by the actor.
 * Takes no lock; checks no permission, that is the route's.
 * @throws DomainError `ticket.not-found` also for what lies outside the scope, and for a number whose check digit is wrong
 */
export const accessTicket = async (sql: Sql, actor: Actor, ticketNo: string, day: Day): Promise<Ticket> => {
  const ticketId = parseTicketNo(ticketNo);
  const ticket =
    ticketId === null ? null : await findTicketInScope(sql, { ...reachOf(actor, day), ticketId });
  return (
    ticket ??
    fail("ticket.not-found", "there is no case with this number", {
      field: "ticketNo",
      remedy: "read the number again; the last digit checks the others",
    })
  );
};

/**
 * A second case that a request about one names, within the same scope.
 * @throws DomainError `ticket.other-not-found`
 */
export const accessOtherTicket = async (
  sql: Sql,
  actor: Actor,
  ticketNo: string,
  day: Day,
  field: string,
): Promise<Ticket> => {
  const ticketId = parseTicketNo(ticketNo);
  const ticket =
    ticketId === null ? null : await findTicketInScope(sql, { ...reachOf(actor, day), ticketId });
  return ticket ?? fail("ticket.other-not-found", "there is no case with the other number", { field });
};

/** The case of an id that our own rows name: for subscribers and proofs, never for a person's input. */
export const ticketOfId = (sql: Sql, ticketId: bigint): Promise<Ticket | null> =>
  findTicketById(sql, ticketId);

/** Whether other cases were merged into this one, and stand and fall with it. */
export const hasMergedCases = async (sql: Sql, ticketId: bigint): Promise<boolean> =>
  (await findFamilyIds(sql, ticketId)).length > 1;

export type OpenTicketFilter = {
  readonly accountId?: bigint | undefined;
  readonly buildingId?: bigint | undefined;
  /** E.164. */
  readonly number?: string | undefined;
  /** Of either level: `heat` or `heat.not-hot`. */
  readonly category?: string | undefined;
};

/** Open cases of an account, a building or a caller's number, the youngest first, 50 at most. No scope: for rooms, not for people. */
export const findOpenTickets = (sql: Sql, filter: OpenTicketFilter): Promise<Ticket[]> =>
  findOpen(sql, {
    accountId: filter.accountId ?? null,
    buildingId: filter.buildingId ?? null,
    number: filter.number ?? null,
    category: filter.category ?? null,
    limit: 50,
  });
