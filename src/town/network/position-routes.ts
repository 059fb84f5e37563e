/** The map over HTTP: whose tiles lie under it, and where places lie. */
import { z } from "zod";
import { readUpload } from "#src/office/documents/index.ts";
import { defineRoute, type Route, rowIdIn } from "#src/platform/route.ts";
import { TABLE_ENCODINGS } from "#src/platform/table-file.ts";
import { POSITION_COLUMNS, POSITION_REFUSALS } from "./position-list.ts";
import { findPositions, type PositionRow } from "./position-queries.ts";
import { placePositions } from "./positions.ts";
import { takePositionList } from "./take-position-list.ts";

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

const listOut = z.object({
  saved: z.boolean(),
  /** As which the bytes were read. */
  encoding: z.enum(["utf-8", "gb18030", "xlsx"]),
  columns: z.array(z.object({ heading: z.string(), column: z.enum(POSITION_COLUMNS).nullable() })),
  rows: z.int(),
  /** Places that lie elsewhere afterwards, and such that lie there already. */
  moved: z.int(),
  same: z.int(),
  refused: z.int(),
  /** The first rows as they were read. */
  head: z.array(
    z.object({
      rowNo: z.int(),
      communityCode: z.string(),
      community: z.string(),
      building: z.string(),
      latitude: z.string(),
      longitude: z.string(),
    }),
  ),
  refusals: z.array(
    z.object({
      rowNo: z.int(),
      refusal: z.enum(POSITION_REFUSALS),
      community: z.string(),
      building: z.string(),
    }),
  ),
});

const placeList = defineRoute({
  method: "post",
  path: "/network/position-lists",
  permission: "network.write",
  tag,
  summary:
    "A list of positions, pasted, CSV or XLSX: the body is the file; with `dry` it is looked at, else saved, all or nothing",
  consumes: "raw",
  query: z.strictObject({
    dry: z.enum(["true", "false"]).default("true"),
    /** As the file was written; left out: as its bytes say. */
    encoding: z.enum(TABLE_ENCODINGS).optional(),
  }),
  response: listOut,
  handle: async ({ platform, actor, query, requestId }, stream) => {
    const report = await takePositionList(platform, actor, {
      bytes: await readUpload(stream),
      encoding: query.encoding ?? null,
      isDry: query.dry === "true",
      requestId,
    });
    const { columns, head, refusals } = report;
    return { body: { ...report, columns: [...columns], head: [...head], refusals: [...refusals] } };
  },
});

export const positionRoutes: readonly Route[] = [readMap, place, placeList];
