/** The map over HTTP: whose tiles lie under it, and where places lie. */
import { z } from "zod";
import { defineRoute, type Route, rowIdIn } from "#src/platform/route.ts";
import { findPositions, type PositionRow } from "./position-queries.ts";
import { placePositions } from "./positions.ts";

const tag = "Network 管网";
const positionOut = z.object({ id: z.string(), latitude: z.number(), longitude: z.number() });

const degrees = (microDegrees: number): number => microDegrees / 1_000_000;
const positionJson = (id: bigint, row: PositionRow): z.input<typeof positionOut> => ({
  id: String(id),
  latitude: degrees(row.latitudeMicroDegrees),
  longitude: degrees(row.longitudeMicroDegrees),
});

const readMap = defineRoute({
  method: "get",
  path: "/network/map",
  permission: "network.read",
  tag,
  summary:
    "Whose tiles lie under the map, and where communities and buildings lie; without tiles nothing of either",
  response: z.object({
    /** Null: the map is a schematic grid. */
    tiles: z.object({ url: z.string(), credit: z.string() }).nullable(),
    communities: z.array(positionOut),
    buildings: z.array(positionOut),
  }),
  handle: async ({ platform }) => {
    const { mapTiles } = platform;
    const rows = mapTiles === undefined ? [] : await findPositions(platform.database.sql);
    return {
      body: {
        tiles: mapTiles === undefined ? null : { url: mapTiles.url, credit: mapTiles.credit },
        communities: rows.flatMap((row) =>
          row.communityId === null ? [] : [positionJson(row.communityId, row)],
        ),
        buildings: rows.flatMap((row) =>
          row.buildingId === null ? [] : [positionJson(row.buildingId, row)],
        ),
      },
    };
  },
});

const positionIn = z
  .strictObject({
    communityId: rowIdIn.optional(),
    buildingId: rowIdIn.optional(),
    latitude: z.number().min(-85.05).max(85.05),
    longitude: z.number().min(-180).max(180),
  })
  .refine(({ communityId, buildingId }) => (communityId === undefined) !== (buildingId === undefined), {
    error: "either a community or a building",
    params: { rule: "community-or-building" },
  });

const place = defineRoute({
  method: "put",
  path: "/network/positions",
  permission: "network.write",
  tag,
  summary:
    "Say where communities and buildings lie, as the owner of the tiles counts; over what was said before",
  body: z.strictObject({ positions: z.array(positionIn).min(1).max(2000) }),
  response: z.object({ placed: z.int() }),
  handle: async ({ platform, actor, body, requestId }) => {
    await platform.commands.run({ name: "network.place", actor, requestId }, (context) =>
      placePositions(context, body.positions),
    );
    return { body: { placed: body.positions.length } };
  },
});

export const positionRoutes: readonly Route[] = [readMap, place];
