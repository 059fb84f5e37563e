/** Service areas over HTTP: the tree with its coverage, and assignments by administrators. */
import { z } from "zod";
import { day } from "#src/kernel/day.ts";
import { today } from "#src/platform/clock.ts";
import { dayIn, defineRoute, rowIdIn, type Route } from "#src/platform/route.ts";
import { assignBuildings, assignDuty, createArea } from "./assign-areas.ts";
import { AREA_LEVELS, COVERAGE_KINDS, DUTIES, findAreas, findCoverage } from "./queries.ts";

const tag = "Network 管网";
const COVERAGE_LIMIT = 500;
const areaParams = z.strictObject({ areaId: rowIdIn });

const readAreas = defineRoute({
  method: "get",
  path: "/network/areas",
  permission: "network.read",
  tag,
  summary: "Service areas with who is on duty today, and what nobody serves",
  response: z.object({
    areas: z.array(
      z.object({
        id: z.string(),
        parentId: z.string().nullable(),
        code: z.string(),
        name: z.string(),
        level: z.enum(AREA_LEVELS),
        buildings: z.int(),
        manager: z.string().nullable(),
        deputy: z.string().nullable(),
        chief: z.string().nullable(),
      }),
    ),
    findings: z.array(
      z.object({
        kind: z.enum(COVERAGE_KINDS),
        id: z.string(),
        name: z.string(),
        duty: z.enum(DUTIES).nullable(),
      }),
    ),
  }),
  handle: async ({ platform }) => {
    const { sql } = platform.database;
    const now = today(platform.clock);
    const areas = await findAreas(sql, now);
    const findings = await findCoverage(sql, now, COVERAGE_LIMIT);
    return {
      body: {
        areas: areas.map((area) => ({
          ...area,
          id: String(area.id),
          parentId: area.parentId === null ? null : String(area.parentId),
        })),
        findings: findings.map((finding) => ({ ...finding, id: String(finding.id) })),
      },
    };
  },
});

const addArea = defineRoute({
  method: "post",
  path: "/network/areas",
  permission: "network.write",
  tag,
  summary: "Add a service area",
  body: z.strictObject({
    code: z.string().regex(/^[0-9A-Za-z._-]{1,32}$/, "1 to 32 letters, digits, dots or hyphens"),
    name: z.string().trim().min(1).max(100),
    level: z.enum(AREA_LEVELS),
    parentId: rowIdIn.nullable().default(null),
  }),
  response: z.object({ id: z.string() }),
  status: 201,
  idempotency: "optional",
  handle: async ({ platform, actor, body, idempotency, requestId }) => {
    const { result } = await platform.commands.run(
      { name: "area.add", actor, requestId, ...(idempotency && { idempotency }) },
      async (context) => ({ id: String(await createArea(context, body)) }),
    );
    return { body: result };
  },
});

const addBuildings = defineRoute({
  method: "post",
  path: "/network/areas/{areaId}/buildings",
  permission: "network.write",
  tag,
  summary: "Give buildings to a service area from a day on",
  params: areaParams,
  body: z.strictObject({ buildingIds: z.array(rowIdIn).min(1).max(1000), from: dayIn }),
  response: z.object({ assigned: z.int() }),
  idempotency: "optional",
  handle: async ({ platform, actor, params, body, idempotency, requestId }) => {
    const { result } = await platform.commands.run(
      { name: "area.assign-buildings", actor, requestId, ...(idempotency && { idempotency }) },
      async (context) => ({
        assigned: await assignBuildings(context, {
          areaId: params.areaId,
          buildingIds: body.buildingIds,
          from: day(body.from),
        }),
      }),
    );
    return { body: result };
  },
});

const addDuty = defineRoute({
  method: "post",
  path: "/network/areas/{areaId}/duties",
  permission: "network.write",
  tag,
  summary: "Put a person on a duty of a service area from a day on",
  params: areaParams,
  body: z.strictObject({ staffId: rowIdIn, duty: z.enum(DUTIES), from: dayIn }),
  response: z.object({ id: z.string() }),
  status: 201,
  idempotency: "optional",
  handle: async ({ platform, actor, params, body, idempotency, requestId }) => {
    const { result } = await platform.commands.run(
      { name: "area.assign-duty", actor, requestId, ...(idempotency && { idempotency }) },
      async (context) => ({
        id: String(
          await assignDuty(context, {
            areaId: params.areaId,
            staffId: body.staffId,
            duty: body.duty,
            from: day(body.from),
          }),
        ),
      }),
    );
    return { body: result };
  },
});

export const gridRoutes: readonly Route[] = [readAreas, addArea, addBuildings, addDuty];
