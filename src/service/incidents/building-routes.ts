/** The buildings of an incident over HTTP: for a map, and for whoever asks which houses are cold. */
import { z } from "zod";
import { today } from "#src/platform/clock.ts";
import { defineRoute, type Route, rowIdIn } from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { OPEN_STATES } from "#src/service/tickets/index.ts";
import { findIncidentBuildings } from "./building-queries.ts";
import { accessIncident } from "./update-incident.ts";

/** More than the town has: the figures of the incident say how many there are. */
const MOST_BUILDINGS = 20_000;

const buildings = defineRoute({
  method: "get",
  path: "/incidents/{id}/buildings",
  permission: "incident.read",
  tag: "Incidents 事件",
  summary:
    "Its buildings in the caller's areas: which it holds now, which are free again, and their open cases",
  params: z.strictObject({ id: rowIdIn }),
  response: z.object({
    items: z.array(
      z.object({
        buildingId: z.string(),
        building: z.string(),
        communityId: z.string(),
        community: z.string(),
        state: z.enum(["held", "ahead", "free"]),
        openTickets: z.int(),
      }),
    ),
  }),
  handle: async ({ platform, actor, params }) => {
    const { sql } = platform.database;
    const day = today(platform.clock);
    const incident = await accessIncident({ sql, actor, today: day }, params.id);
    const rows = await findIncidentBuildings(sql, {
      ...scopeBindings(actor.scope, day),
      incidentId: incident.id,
      at: platform.clock.now(),
      openStates: OPEN_STATES,
      limit: MOST_BUILDINGS,
    });
    return {
      body: {
        items: rows.map(({ stands, ahead, buildingId, communityId, ...row }) => ({
          ...row,
          buildingId: String(buildingId),
          communityId: String(communityId),
          state: stands ? ("held" as const) : ahead ? ("ahead" as const) : ("free" as const),
        })),
      },
    };
  },
});

export const buildingRoutes: readonly Route[] = [buildings];
