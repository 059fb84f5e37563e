/**
 * A new case meets the incidents: it hangs under the one that holds its building, if cases of its category belong there; else it
 * may be the one too many, and a threshold rule opens an incident over all of them, once.
 */
import type { CommandContext } from "#src/platform/command.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import { ticketOfId } from "#src/service/tickets/index.ts";
import { joinIncident } from "./join-incident.ts";
import { type FiringRule, findFiringRule, findIncidentOfTicket } from "./member-queries.ts";
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
    note: `同类工单达到 ${rule.ticketIds.length} 件，自动建立事件`,
    cause: { by: "rule", ruleId: rule.ruleId, place: `${rule.place}:${rule.placeId}` },
  });
  for (const ticketId of rule.ticketIds) {
    // Meanwhile another rule may have taken it.
    if ((await findIncidentOfTicket(context.sql, ticketId)) === null) {
      await joinIncident(context, incidentId, { ticketId }, "rule");
    }
  }
};

/** What a new case, or one that is of another kind or elsewhere now, does to incidents. Repeating is safe: a case hangs under one incident, a rule's place has one. */
export const followCase = async (context: CommandContext, ticketId: bigint): Promise<void> => {
  const { sql, now } = context;
  const ticket = await ticketOfId(sql, ticketId);
  if (ticket === null || ticket.buildingId === null) return;
  if (["closed", "cancelled", "merged"].includes(ticket.state)) return;
  if ((await findIncidentOfTicket(sql, ticketId)) !== null) return;
  const standing = await incidentForBuilding(sql, ticket.buildingId, now, ticket.categoryCode);
  if (standing !== null) {
    await joinIncident(context, standing.incidentId, { ticketId }, "automatic");
    return;
  }
  const rule = await findFiringRule(sql, {
    buildingId: ticket.buildingId,
    category: ticket.categoryCode,
    at: now,
  });
  if (rule !== null) await openByRule(context, rule);
};

export const incidentJoinSubscriber: Subscriber = {
  name: "incident-join",
  handlers: {
    "ticket.opened": (context, event) => followCase(context, event.payload.ticketId),
    // A guessed category that a person puts right, or a place: now it may be one of many.
    "ticket.corrected": async (context, event) => {
      const { ticketId, changed } = event.payload;
      if (changed.some((name) => MOVING.has(name))) await followCase(context, ticketId);
    },
  },
};
