/** Incidents over HTTP: reading them, and what a person does to one. */
import { z } from "zod";
import { today } from "#src/platform/clock.ts";
import { withNames } from "#src/platform/people.ts";
import {
  defineRoute,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Platform,
  type Route,
  type RouteRequest,
  rowIdIn,
} from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { accessBuilding, accessTicket, reachOf } from "#src/service/tickets/index.ts";
import { buildingRoutes } from "./building-routes.ts";
import { changeRoutes } from "./change-routes.ts";
import { incidentJson, incidentOut } from "./incident-json.ts";
import { joinIncident, leaveIncident } from "./join-incident.ts";
import { findPlaces } from "./look-queries.ts";
import { lookRoutes, placeShape } from "./look-routes.ts";
import { countIncident, listMembers } from "./member-queries.ts";
import { incidentForBuilding, openIncident } from "./open-incident.ts";
import { findUpdates, listIncidentRows } from "./queries.ts";
import { ruleRoutes } from "./rule-routes.ts";
import { INCIDENT_STATES, UPDATE_KINDS } from "./schema.ts";
import { accessIncident } from "./update-incident.ts";

const tag = "Incidents 事件";
const idParams = z.strictObject({ id: rowIdIn });
const text = z.string().trim().min(1).max(1000);

const reader = (platform: Platform, actor: RouteRequest<unknown, unknown, unknown>["actor"]) => ({
  sql: platform.database.sql,
  actor,
  today: today(platform.clock),
});

const list = defineRoute({
  method: "get",
  path: "/incidents",
  permission: "incident.read",
  tag,
  summary: "Incidents that touch the caller's buildings, the latest first",
  query: pageIn.extend({ state: z.enum(["all", "standing", ...INCIDENT_STATES]).default("standing") }),
  response: pageOf(incidentOut),
  handle: async ({ platform, actor, query }) => {
    const rows = await listIncidentRows(platform.database.sql, {
      ...scopeBindings(actor.scope, today(platform.clock)),
      beforeId: idOfCursor(query.cursor),
      states:
        query.state === "all" ? null : query.state === "standing" ? ["open", "restored"] : [query.state],
      limit: query.limit + 1,
    });
    const places = await findPlaces(
      platform.database.sql,
      rows.map(({ id }) => id),
    );
    const now = platform.clock.now();
    return {
      body: pageFrom(
        rows,
        query.limit,
        (row) => [String(row.id)],
        (row) => incidentJson(row, places.get(row.id) ?? "", now),
      ),
    };
  },
});

const show = defineRoute({
  method: "get",
  path: "/incidents/{id}",
  permission: "incident.read",
  tag,
  summary: "An incident: what was said, and how many it touches now",
  params: idParams,
  response: incidentOut.extend({
    counts: z.object({
      tickets: z.int(),
      ticketsOpen: z.int(),
      calls: z.int(),
      buildings: z.int(),
      buildingsEver: z.int(),
      homes: z.int(),
      homesSupplied: z.int(),
    }),
    updates: z.array(
      withNames(
        z.object({
          id: z.string(),
          kind: z.enum(UPDATE_KINDS),
          text: z.string(),
          expectedBackAt: z.string().nullable(),
          buildings: z.int(),
          at: z.string(),
          by: z.string(),
        }),
        "by",
      ),
    ),
  }),
  handle: async ({ platform, actor, params }) => {
    const reading = reader(platform, actor);
    const incident = await accessIncident(reading, params.id);
    const at = platform.clock.now();
    const counts = await countIncident(reading.sql, { incidentId: incident.id, at, day: reading.today });
    const updates = await findUpdates(reading.sql, incident.id);
    const places = await findPlaces(reading.sql, [incident.id]);
    return {
      headers: { ETag: `"${incident.version}"` },
      body: {
        ...incidentJson(incident, places.get(incident.id) ?? "", at),
        counts,
        updates: updates.map((said) => ({
          id: String(said.id),
          kind: said.kind,
          text: said.text,
          expectedBackAt: said.expectedBackAt?.toISOString() ?? null,
          buildings: said.buildings,
          at: said.at.toISOString(),
          by: said.byName,
        })),
      },
    };
  },
});

const members = defineRoute({
  method: "get",
  path: "/incidents/{id}/tickets",
  permission: "incident.read",
  tag,
  summary: "The cases under an incident that the caller may see",
  params: idParams,
  query: pageIn,
  response: pageOf(
    z.object({
      ticketNo: z.string(),
      category: z.string(),
      state: z.string(),
      buildingId: z.string().nullable(),
      how: z.string(),
      joinedAt: z.string(),
    }),
  ),
  handle: async ({ platform, actor, params, query }) => {
    const reading = reader(platform, actor);
    const incident = await accessIncident(reading, params.id);
    const rows = await listMembers(reading.sql, {
      ...reachOf(actor, reading.today),
      incidentId: incident.id,
      after: idOfCursor(query.cursor) ?? -1n,
      limit: query.limit + 1,
    });
    return {
      body: pageFrom(
        rows,
        query.limit,
        (row) => [String(row.id)],
        (row) => ({
          ticketNo: row.ticketNo,
          category: row.category,
          state: row.state,
          buildingId: row.buildingId === null ? null : String(row.buildingId),
          how: row.how,
          joinedAt: row.joinedAt.toISOString(),
        }),
      ),
    };
  },
});

const ofBuilding = defineRoute({
  method: "get",
  path: "/building-incidents/{buildingId}",
  permission: "incident.read",
  tag,
  summary: "What to say to a caller from this building, if an incident holds it now",
  params: z.strictObject({ buildingId: rowIdIn }),
  response: z.object({
    incident: z
      .object({
        id: z.string(),
        kind: z.string(),
        title: z.string(),
        script: z.string(),
        scriptEn: z.string(),
        startsAt: z.string(),
        expectedBackAt: z.string().nullable(),
      })
      .nullable(),
  }),
  handle: async ({ platform, actor, params }) => {
    const { sql } = platform.database;
    const now = platform.clock.now();
    await accessBuilding(sql, actor, params.buildingId, today(platform.clock));
    const found = await incidentForBuilding(sql, params.buildingId, now);
    if (found === null) return { body: { incident: null } };
    const { incidentId, startsAt, expectedBackAt, ...said } = found;
    return {
      body: {
        incident: {
          ...said,
          id: String(incidentId),
          startsAt: startsAt.toISOString(),
          expectedBackAt: expectedBackAt?.toISOString() ?? null,
        },
      },
    };
  },
});

const open = defineRoute({
  method: "post",
  path: "/incidents",
  permission: "incident.write",
  tag,
  summary: "Open an incident over a source, a station, a loop or some buildings",
  body: z.strictObject({
    ...placeShape,
    title: z.string().trim().min(1).max(200).optional(),
    note: z.string().trim().max(1000).optional(),
  }),
  response: z.object({ id: z.string(), opened: z.boolean() }),
  status: 201,
  idempotency: "optional",
  handle: async ({ platform, actor, body, requestId, idempotency }) => {
    const { kind, heatSourceId, stationId, loopId, buildingIds, startsAt, ...rest } = body;
    const { result } = await platform.commands.run(
      { name: "incident.open", actor, requestId, ...(idempotency && { idempotency }) },
      async (context) => {
        const opened = await openIncident(context, {
          ...rest,
          kind,
          affected: { heatSourceId, stationId, loopId, buildingIds },
          startsAt: startsAt ?? context.now,
        });
        return { id: String(opened.incidentId), opened: opened.opened };
      },
    );
    return { body: result };
  },
});

const ticketNoIn = z.string().regex(/^\d{2,20}$/, "the number of a case");

const join = defineRoute({
  method: "post",
  path: "/incidents/{id}/tickets",
  permission: "incident.write",
  tag,
  summary: "Hang a case under an incident",
  params: idParams,
  body: z.strictObject({ ticketNo: ticketNoIn }),
  response: z.object({ ticketNo: z.string(), joined: z.boolean() }),
  handle: async ({ platform, actor, requestId, params, body }) => {
    const { result } = await platform.commands.run(
      { name: "incident.join", actor, requestId },
      async (context) => {
        await accessIncident(context, params.id);
        const ticket = await accessTicket(context.sql, actor, body.ticketNo, context.today);
        return joinIncident(context, params.id, { ticketId: ticket.id });
      },
    );
    return { body: { ticketNo: body.ticketNo, joined: result } };
  },
});

const leave = defineRoute({
  method: "post",
  path: "/incidents/{id}/leave",
  permission: "incident.write",
  tag,
  summary: "Take a case out of an incident: it was about something else",
  params: idParams,
  body: z.strictObject({ ticketNo: ticketNoIn, reason: text }),
  response: z.object({ ticketNo: z.string() }),
  handle: async ({ platform, actor, requestId, params, body }) => {
    await platform.commands.run({ name: "incident.leave", actor, requestId }, async (context) => {
      await accessIncident(context, params.id);
      const ticket = await accessTicket(context.sql, actor, body.ticketNo, context.today);
      await leaveIncident(context, params.id, ticket.id, body.reason);
    });
    return { body: { ticketNo: body.ticketNo } };
  },
});

export const incidentRoutes: readonly Route[] = [
  list,
  show,
  members,
  ...buildingRoutes,
  ofBuilding,
  ...lookRoutes,
  open,
  ...changeRoutes,
  join,
  leave,
  ...ruleRoutes,
];
