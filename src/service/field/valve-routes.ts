/** The area manager's walk (开阀路线): stairwells with their doors, and one tap per valve. */
import { z } from "zod";
import { today } from "#src/platform/clock.ts";
import {
  dayIn,
  decodeCursor,
  defineRoute,
  encodeCursor,
  pageIn,
  refuseCursor,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { formatOrderNo } from "./order-kinds.ts";
import { dayBounds } from "./order-routes.ts";
import { ORDER_STATES } from "./order-states.ts";
import { reportRoutes } from "./report-routes.ts";
import { instantIn, scheduleBody, TAG, textIn } from "./schema.ts";
import { TAP_RESULTS, tapValves } from "./tap-valves.ts";
import { scheduleStairwell } from "./valve-orders.ts";
import { type Door, listDoors, listStairwells } from "./valve-queries.ts";

const doorOut = z.object({
  id: z.string(),
  orderNo: z.string(),
  floor: z.string(),
  door: z.string(),
  accountNo: z.string(),
  state: z.enum(ORDER_STATES),
  version: z.int(),
  valve: z.string(),
  slotFrom: z.string().nullable(),
  slotUntil: z.string().nullable(),
  /** How many cases wait for it. */
  cases: z.int(),
  waitingSince: z.string(),
});

const doorJson = (door: Door): z.input<typeof doorOut> => ({
  id: String(door.id),
  orderNo: formatOrderNo(door.id),
  floor: door.floor,
  door: door.door,
  accountNo: door.accountNo,
  state: door.state,
  version: door.version,
  valve: door.valve,
  slotFrom: door.slotFrom?.toISOString() ?? null,
  slotUntil: door.slotUntil?.toISOString() ?? null,
  cases: door.cases,
  waitingSince: door.openedAt.toISOString(),
});

const cursorKey = z.tuple([rowIdIn, rowIdIn, rowIdIn]);
const afterOf = (cursor: string | undefined) => {
  if (cursor === undefined) return { afterCommunity: 0n, afterBuilding: 0n, afterUnit: -1n };
  const parsed = cursorKey.safeParse(decodeCursor(cursor));
  if (!parsed.success) return refuseCursor();
  const [afterCommunity, afterBuilding, afterUnit] = parsed.data;
  return { afterCommunity, afterBuilding, afterUnit };
};

const rounds = defineRoute({
  method: "get",
  path: "/valve-rounds",
  permission: "field.read",
  summary: "Valve orders by stairwell, in the order in which one walks",
  tag: TAG,
  query: pageIn.extend({
    areaId: rowIdIn.optional(),
    crewId: rowIdIn.optional(),
    day: dayIn.optional(),
  }),
  response: z.object({
    items: z.array(
      z.object({
        unitId: z.string(),
        community: z.string(),
        building: z.string(),
        unit: z.string(),
        doors: z.array(doorOut),
      }),
    ),
    nextCursor: z.string().nullable(),
  }),
  handle: async ({ platform, actor, query }) => {
    const { sql } = platform.database;
    const scope = scopeBindings(actor.scope, today(platform.clock));
    const filter = {
      areaId: query.areaId ?? null,
      crewId: query.crewId ?? null,
      ...dayBounds(query.day),
    };
    const found = await listStairwells(sql, scope, {
      ...filter,
      ...afterOf(query.cursor),
      limit: query.limit + 1,
    });
    const shown = found.slice(0, query.limit);
    const last = shown.at(-1);
    const doors = await listDoors(
      sql,
      scope,
      filter,
      shown.map((stairwell) => stairwell.unitId),
    );
    return {
      body: {
        items: shown.map(({ unitId, community, building, unit }) => ({
          unitId: String(unitId),
          community,
          building,
          unit,
          doors: doors.filter((door) => door.unitId === unitId).map(doorJson),
        })),
        nextCursor:
          found.length > query.limit && last !== undefined
            ? encodeCursor([String(last.communityId), String(last.buildingId), String(last.unitId)])
            : null,
      },
    };
  },
});

const planning = defineRoute({
  method: "post",
  path: "/valve-rounds",
  permission: "field.write",
  summary: "One window for all doors of a stairwell that wait; each household is told once",
  tag: TAG,
  body: z.strictObject({ unitId: rowIdIn, ...scheduleBody.shape }),
  response: z.object({ scheduled: z.int() }),
  idempotency: "optional",
  handle: async ({ platform, actor, body, requestId, idempotency }) => {
    const { unitId, crewId, from, until } = body;
    const { result } = await platform.commands.run(
      { name: "valve-round.schedule", actor, requestId, ...(idempotency && { idempotency }) },
      async (context) => ({
        scheduled: await scheduleStairwell(context, { unitId, crewId, slot: { from, until } }),
      }),
    );
    return { body: result };
  },
});

const MOST_TAPS = 100;

const taps = defineRoute({
  method: "post",
  path: "/valve-taps",
  permission: "field.write",
  summary: "One tap per valve: each door has its own result, a conflict is one of its door",
  tag: TAG,
  body: z.strictObject({
    doors: z
      .array(
        z.strictObject({
          id: rowIdIn,
          version: z.int().min(1),
          outcome: z.enum(["opened", "already-open", "not-home"]),
          note: textIn(500).optional(),
          /** When the door was tapped, for what may have waited for signal; needs an Idempotency-Key. */
          madeAt: instantIn.optional(),
        }),
      )
      .min(1)
      .max(MOST_TAPS),
  }),
  response: z.object({
    doors: z.array(
      z.object({
        id: z.string(),
        result: z.enum(TAP_RESULTS),
        state: z.enum(ORDER_STATES).nullable(),
        version: z.int().nullable(),
        code: z.string().nullable(),
        message: z.string().nullable(),
        taskId: z.string().nullable(),
      }),
    ),
  }),
  idempotency: "optional",
  handle: async ({ platform, actor, body, requestId, idempotency }) => {
    const results = await tapValves(platform, actor, body.doors, { requestId, idempotency });
    return { body: { doors: results.map((result) => ({ ...result, id: String(result.id) })) } };
  },
});

export const valveRoutes: readonly Route[] = [rounds, planning, taps, ...reportRoutes];
