/** Before an incident is opened: kinds and reach. Beside it: the papers that may show that it is over. */
import { z } from "zod";
import { today } from "#src/platform/clock.ts";
import { downloadHeaders, readStoredFile, readUpload, storeFile } from "#src/office/documents/index.ts";
import { defineRoute, type Route, rowIdIn } from "#src/platform/route.ts";
import { fail } from "#src/kernel/errors.ts";
import { affectedBuildings } from "#src/town/supply/index.ts";
import { reachOf } from "#src/service/tickets/index.ts";
import { countReach, findEvidence, findStandingOver, listKinds } from "./look-queries.ts";
import { refuseKind, refuseNobody, requireAllWithin, requireScript } from "./open-incident.ts";
import { findAssetName, findKind } from "./queries.ts";
import { renderScript } from "./script.ts";
import { accessIncident } from "./update-incident.ts";

const tag = "Incidents 事件";
const idParams = z.strictObject({ id: rowIdIn });
const instant = z.iso.datetime({ offset: true }).transform((value) => new Date(value));
export const scriptIn = z.string().trim().min(1).max(500);
/** What an incident is about; one of them at least. */
export const placeShape = {
  kind: z.string().regex(/^[a-z][a-z-]{1,30}$/, "the code of a kind"),
  heatSourceId: rowIdIn.optional(),
  stationId: rowIdIn.optional(),
  loopId: rowIdIn.optional(),
  buildingIds: z.array(rowIdIn).min(1).max(2000).optional(),
  startsAt: instant.optional(),
  expectedBackAt: instant.optional(),
  script: scriptIn.optional(),
  scriptEn: scriptIn.optional(),
};

const kinds = defineRoute({
  method: "get",
  path: "/incident-kinds",
  permission: "incident.read",
  tag,
  summary: "What may be wrong: what is said of each, and whose cases belong to it",
  response: z.object({
    items: z.array(
      z.object({
        code: z.string(),
        name: z.string(),
        nameEn: z.string(),
        script: z.string(),
        scriptEn: z.string(),
        categories: z.array(z.string()),
      }),
    ),
  }),
  handle: async ({ platform }) => ({
    body: {
      items: (await listKinds(platform.database.sql)).map(({ categories, ...kind }) => ({
        ...kind,
        categories: [...categories],
      })),
    },
  }),
});

/** As many as are read at a glance. */
const NAMED = 6;

const reach = defineRoute({
  method: "post",
  path: "/incident-reach",
  permission: "incident.write",
  tag,
  summary:
    "Before an incident is opened: whom it would touch and what would be said; refuses as the opening would, and writes nothing",
  body: z.strictObject(placeShape),
  response: z.object({
    place: z.string(),
    buildings: z.int(),
    names: z.array(z.string()),
    homes: z.int(),
    homesSupplied: z.int(),
    /** Open cases of its categories that hang under no incident yet. */
    tickets: z.int(),
    standing: z.array(z.object({ id: z.string(), title: z.string(), buildings: z.int() })),
    script: z.string(),
    scriptEn: z.string(),
  }),
  handle: async ({ platform, actor, body }) => {
    const { sql } = platform.database;
    const now = platform.clock.now();
    const day = today(platform.clock);
    const { startsAt = now, expectedBackAt = null } = body;
    const kind = (await findKind(sql, body.kind)) ?? (await refuseKind(sql));
    requireScript(body.script, body.scriptEn);
    const { heatSourceId = null, stationId = null, loopId = null, buildingIds: named = [] } = body;
    const affected = { heatSourceId, stationId, loopId, buildingIds: body.buildingIds };
    const buildingIds = await affectedBuildings(sql, affected, startsAt);
    if (buildingIds.length === 0) refuseNobody(affected);
    await requireAllWithin({ sql, actor, today: day }, buildingIds);
    const place = await findAssetName(sql, { heatSourceId, stationId, loopId, buildingIds: named });
    const counted = await countReach(sql, { buildingIds, kind: kind.code, day, named: NAMED });
    const standing = await findStandingOver(sql, { buildingIds, at: now });
    const facts = { place, startsAt, expectedBackAt, now };
    return {
      body: {
        ...counted,
        names: [...counted.names],
        place,
        buildings: buildingIds.length,
        standing: standing.map((one) => ({ ...one, id: String(one.id) })),
        script: renderScript(body.script ?? kind.script, facts, "zh-CN"),
        scriptEn: renderScript(body.scriptEn ?? kind.scriptEn, facts, "en"),
      },
    };
  },
});

const papers = defineRoute({
  method: "get",
  path: "/incidents/{id}/evidence",
  permission: "incident.read",
  tag,
  summary: "Papers of its cases that may show that it is over: files, finished orders, measured slips",
  params: idParams,
  response: z.object({
    items: z.array(
      z.object({
        ref: z.string(),
        kind: z.enum(["attachment", "order", "slip"]),
        about: z.string(),
        at: z.string(),
        ticketNo: z.string(),
      }),
    ),
  }),
  handle: async ({ platform, actor, params }) => {
    const { sql } = platform.database;
    const on = today(platform.clock);
    const incident = await accessIncident({ sql, actor, today: on }, params.id);
    const rows = await findEvidence(sql, { ...reachOf(actor, on), incidentId: incident.id, limit: 50 });
    return { body: { items: rows.map((row) => ({ ...row, at: row.at.toISOString() })) } };
  },
});

const keeping = defineRoute({
  method: "post",
  path: "/incidents/{id}/evidence-files",
  permission: "incident.write",
  tag,
  summary: "Keep a file that shows that it is over; the closing names it as file:ID",
  params: idParams,
  query: z.strictObject({ fileName: z.string().trim().min(1).max(200).default("file") }),
  consumes: "raw",
  response: z.object({ ref: z.string() }),
  status: 201,
  handle: async ({ platform, actor, params, query, headers, requestId }, stream) => {
    // The scope is asked before the bytes are read, and again with the transaction that stores them.
    await accessIncident({ sql: platform.database.sql, actor, today: today(platform.clock) }, params.id);
    const bytes = await readUpload(stream);
    const { result } = await platform.commands.run(
      { name: "incident.keep-evidence", actor, requestId },
      async (context) => {
        await accessIncident(context, params.id);
        const file = { bytes, fileName: query.fileName, mediaType: headers["content-type"] };
        const fileId = await storeFile(context, file);
        context.audit({ subject: `incident:${params.id}`, details: { evidenceKept: `file:${fileId}` } });
        return { ref: `file:${fileId}` };
      },
    );
    return { body: result };
  },
});

const reading = defineRoute({
  method: "get",
  path: "/incidents/{id}/evidence-file",
  permission: "incident.read",
  tag,
  summary: "The file with which an incident was closed, to save",
  params: idParams,
  response: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
  produces: "application/octet-stream",
  handle: async ({ platform, actor, params }) => {
    const { sql } = platform.database;
    const incident = await accessIncident({ sql, actor, today: today(platform.clock) }, params.id);
    const fileId = /^file:(\d+)$/.exec(incident.evidenceRef ?? "")?.[1];
    if (fileId === undefined) fail("incident.no-evidence-file", "this incident was not closed with a file");
    const file = await readStoredFile(sql, BigInt(fileId));
    return { headers: downloadHeaders(file), body: file.bytes };
  },
});

export const lookRoutes: readonly Route[] = [kinds, reach, papers, keeping, reading];
