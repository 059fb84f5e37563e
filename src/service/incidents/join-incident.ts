/** Hanging cases and calls under an incident, and taking a case out again. */
import { both } from "#src/kernel/words.ts";
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { addEntry, type Ticket, ticketOfId } from "#src/service/tickets/index.ts";
import { endMembership, findIncidentOfTicket, insertCall, insertMember } from "./member-queries.ts";
import { shareIncidentRow } from "./queries.ts";
import type { Incident } from "./schema.ts";

/** A leak needs a crew of its own, whatever else is wrong in the house. */
const OWN_CASES = new Set(["fault.leak", "fault.network-leak", "damage.claim"]);
export const isOwnCase = (ticket: Pick<Ticket, "categoryCode">): boolean =>
  OWN_CASES.has(ticket.categoryCode);
/** Why a case leaves by itself: kept with the membership, in both languages at once. */
export const CORRECTED = {
  category: "诉求分类更正 The category was put right",
  place: "诉求地点更正 The place was put right",
} as const;
const OVER = new Set(["closed", "cancelled", "merged"]);

const requireStanding = async (context: CommandContext, incidentId: bigint): Promise<Incident> => {
  const incident =
    (await shareIncidentRow(context.sql, incidentId)) ??
    fail("incident.not-found", "there is no such incident", { field: "incidentId" });
  if (incident.closedAt !== null) {
    fail("incident.over", `this incident is ${incident.state}`, { facts: { state: incident.state } });
  }
  return incident;
};

const joinTicket = async (
  context: CommandContext,
  incident: Incident,
  ticket: Ticket,
  how: "person" | "automatic" | "rule",
): Promise<boolean> => {
  const { sql, now, actor } = context;
  if (isOwnCase(ticket)) {
    fail("incident.own-case", "a leak or a damage stays a case of its own", {
      facts: { category: ticket.categoryCode },
    });
  }
  if (OVER.has(ticket.state)) {
    fail("incident.ticket-over", `this case is ${ticket.state}`, { facts: { state: ticket.state } });
  }
  const row = { incidentId: incident.id, ticketId: ticket.id, how, now, by: staffIdOf(actor) };
  if ((await insertMember(sql, row)) === null) {
    const other = await findIncidentOfTicket(sql, ticket.id);
    if (other?.incidentId !== incident.id) {
      fail("incident.joined-elsewhere", "this case hangs under another incident", {
        remedy: "take it out there first",
        facts: { incidentId: other?.incidentId },
      });
    }
    return false;
  }
  await addEntry(context, ticket.id, {
    kind: "incident",
    text: both(`归入事件：${incident.title}`, `under the incident: ${incident.title}`),
    details: { incidentId: incident.id, how, joined: true },
    ref: `incident:${incident.id}`,
  });
  return true;
};

/**
 * Hangs a case or a call under a standing incident, which is not closed meanwhile. Repeating is safe; answers whether it is new. The timeline of the case says
 * so. A call needs no case: it was answered by the incident alone.
 * @throws DomainError `incident.not-found`, `incident.over`, `ticket.not-found`, `incident.own-case` (leaks and damages),
 * `incident.ticket-over`, `incident.joined-elsewhere`
 */
export const joinIncident = async (
  context: CommandContext,
  incidentId: bigint,
  member:
    | { readonly ticketId: bigint }
    | { readonly callId: bigint; readonly buildingId?: bigint | undefined },
  how: "person" | "automatic" | "rule" = "person",
): Promise<boolean> => {
  const incident = await requireStanding(context, incidentId);
  if ("callId" in member) {
    const added = await insertCall(context.sql, {
      callId: member.callId,
      incidentId,
      buildingId: member.buildingId ?? null,
      now: context.now,
      by: staffIdOf(context.actor),
    });
    if (added !== null) {
      context.audit({ subject: `incident:${incidentId}`, details: { joined: `call:${member.callId}` } });
    }
    return added !== null;
  }
  const ticket =
    (await ticketOfId(context.sql, member.ticketId)) ??
    fail("ticket.not-found", "there is no such case", { field: "ticketId" });
  const isNew = await joinTicket(context, incident, ticket, how);
  if (isNew) {
    context.audit({ subject: `incident:${incidentId}`, details: { joined: `ticket:${ticket.id}`, how } });
  }
  return isNew;
};

/**
 * Takes a case out of an incident: it was about something else. It goes on as a case of its own.
 * @throws DomainError `incident.not-a-member`
 */
export const leaveIncident = async (
  context: CommandContext,
  incidentId: bigint,
  ticketId: bigint,
  reason: string,
): Promise<void> => {
  const { sql, now, actor } = context;
  const ended = await endMembership(sql, { incidentId, ticketId, reason, now, by: staffIdOf(actor) });
  if (ended === null) fail("incident.not-a-member", "this case does not hang under this incident");
  await addEntry(context, ticketId, {
    kind: "incident",
    text: both(`移出事件：${reason}`, `out of the incident: ${reason}`),
    details: { incidentId, left: true },
    ref: `incident:${incidentId}`,
  });
  context.audit({ subject: `incident:${incidentId}`, details: { left: `ticket:${ticketId}` } });
};
