/** What a round would hold before it is planned: the buildings behind a station or loop, and which have such a test ahead. */
import { today } from "#src/platform/clock.ts";
import { z } from "zod";
import { defineRoute, type Route, rowIdIn } from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { affectedBuildings } from "#src/town/supply/index.ts";
import { findPlannable } from "./queries.ts";
import { formatTestNo, instantIn, TAG as tag } from "./schema.ts";
import { TEST_KINDS } from "./states.ts";

const preview = defineRoute({
  method: "post",
  path: "/pressure-round-previews",
  permission: "pressure-test.write",
  tag,
  summary:
    "The buildings that a round would hold, as the network is switched at its hour; nothing is planned",
  body: z.strictObject({
    kind: z.enum(TEST_KINDS),
    stationId: rowIdIn.optional(),
    loopId: rowIdIn.optional(),
    buildingIds: z.array(rowIdIn).max(500).optional(),
    startsAt: instantIn.optional(),
  }),
  response: z.object({
    buildings: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        communityId: z.string(),
        community: z.string(),
        /** Of the test that it has ahead: it would be refused. */
        aheadNo: z.string().nullable(),
      }),
    ),
    /** How many more lie outside the caller's areas: the round would be refused. */
    beyond: z.int(),
  }),
  handle: async ({ platform, actor, body }) => {
    const { sql } = platform.database;
    const { kind, startsAt, ...affected } = body;
    const ids = await affectedBuildings(sql, affected, startsAt ?? platform.clock.now());
    const scope = scopeBindings(actor.scope, today(platform.clock));
    const rows = await findPlannable(sql, { ...scope, kind, buildingIds: ids });
    return {
      body: {
        buildings: rows.map(({ id, communityId, aheadId, ...row }) => ({
          ...row,
          id: String(id),
          communityId: String(communityId),
          aheadNo: aheadId === null ? null : formatTestNo(aheadId),
        })),
        beyond: ids.length - rows.length,
      },
    };
  },
});

export const roundPreviewRoutes: readonly Route[] = [preview];
