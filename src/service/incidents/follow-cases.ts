/**
 * A new case meets the incidents: it hangs under the one that holds its building, if cases of its category belong there; else it
 * may be the one too many, and a threshold rule opens an incident over all of them, once.
 */
import type { CommandContext } from "#src/platform/command.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import { type Ticket, ticketOfId } from "#src/service/tickets/index.ts";
import { findMembership, type Membership } from "./belonging-queries.ts";
import { CORRECTED, isOwnCase, joinIncident, leaveIncident } from "./join-incident.ts";
import { type FiringRule, findFiringRule, findIncidentOfTicket, findTouchedCases } from "./member-queries.ts";
import { incidentForBuilding, openIncident } from "./open-incident.ts";

const MOVING = new Set(["categoryCode", "buildingId"]);

const affectedBy = ({ place, placeId }: FiringRule) => {
  if (place === "station") return { stationId: placeId };
  return place === "loop" ? { loopId: placeId } : { buildingIds: [placeId] };
};

const openByRule = async (context: CommandContext, rule: FiringRule): Promise<void> => {
  const { incidentId } = await openIncident(context, {
    kind: rule.kindCode,
    affected: affectedBy(rule),
    startsAt: rule.firstAt,
    note: `同类工单达到 ${rule.ticketIds.length} 件，自动建立事件 Opened by itself: ${rule.ticketIds.length} cases of one kind`,
    cause: { by: "rule", ruleId: rule.ruleId, place: `${rule.place}:${rule.placeId}` },
  });
  for (const ticketId of rule.ticketIds) {
    // Meanwhile another rule may have taken it.
    if ((await findIncidentOfTicket(context.sql, ticketId)) === null) {
      await joinIncident(context, incidentId, { ticketId }, "rule");
    }
  }
};

/** A person may hang another category or place under it and is not overruled, but for what is never anybody's incident. */
const staysIn = (ticket: Ticket, member: Membership): boolean =>
  member.how === "person" ? !isOwnCase(ticket) : member.isOfKind && member.isInside;

/**
 * What a new case, or one that is of another kind or elsewhere now, does to incidents. Repeating is safe: a case hangs under one
 * incident, a rule's place has one. What does not belong under its incident any more leaves it, and is looked at as a new one.
 * Answers whether it was the one too many.
 */
export const followCase = async (context: CommandContext, ticketId: bigint): Promise<boolean> => {
  const { sql, now } = context;
  const ticket = await ticketOfId(sql, ticketId);
  if (ticket === null || ["closed", "cancelled", "merged"].includes(ticket.state)) return false;
  const member = await findMembership(sql, ticketId);
  if (member !== null) {
    if (staysIn(ticket, member)) return false;
    const reason = member.isOfKind ? CORRECTED.place : CORRECTED.category;
    await leaveIncident(context, member.incidentId, ticketId, reason);
  }
  if (ticket.buildingId === null) return false;
  const standing = await incidentForBuilding(sql, ticket.buildingId, now, ticket.categoryCode);
  if (standing !== null) {
    await joinIncident(context, standing.incidentId, { ticketId }, "automatic");
    return false;
  }
  const rule = await findFiringRule(sql, {
    buildingId: ticket.buildingId,
    category: ticket.categoryCode,
    at: now,
  });
  if (rule === null) return false;
  await openByRule(context, rule);
  return true;
};

/**
 * The same for many new cases: one statement says which of them meet an incident or a rule, and only those are followed, in
 * the order of their ids. An incident that was opened on the way may touch more of them, so then it is asked again.
 */
const followCases = async (context: CommandContext, ticketIds: readonly bigint[]): Promise<void> => {
  let waiting = ticketIds;
  let opened: boolean;
  do {
    const touched = new Set(await findTouchedCases(context.sql, { ticketIds: waiting, at: context.now }));
    waiting = waiting.filter((ticketId) => !touched.has(ticketId));
    opened = false;
    for (const ticketId of touched) {
      if (await followCase(context, ticketId)) opened = true;
    }
  } while (opened && waiting.length > 0);
};

export const incidentJoinSubscriber: Subscriber = {
  name: "incident-join",
  handlers: {
    "ticket.opened": async (context, event) => {
      await followCase(context, event.payload.ticketId);
    },
    // A guessed category that a person puts right, or a place: now it may be one of many.
    "ticket.corrected": async (context, event) => {
      const { ticketId, changed } = event.payload;
      if (changed.some((name) => MOVING.has(name))) await followCase(context, ticketId);
    },
  },
  batches: {
    "ticket.opened": (context, events) =>
      followCases(
        context,
        events.map((event) => event.payload.ticketId),
      ),
  },
};
