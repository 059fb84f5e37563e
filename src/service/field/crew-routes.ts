/** Crews and duty lists over HTTP. */
import { z } from "zod";
import { day as dayOf } from "#src/kernel/day.ts";
import type { Action } from "#src/platform/actions.ts";
import { today } from "#src/platform/clock.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { dayIn, defineRoute, type Route, type RouteRequest, rowIdIn } from "#src/platform/route.ts";
import { findCrews, findDutyPhones, findMembers } from "./crew-queries.ts";
import { addCrew, addCrewMember, clearDutyPhone, endCrewMember, setDutyPhone } from "./crews.ts";
import { numberSight } from "./number-sight.ts";
import { filledIn, TAG } from "./schema.ts";

const idOut = z.object({ id: z.string() });

const setting = async <T>(
  {
    platform,
    actor,
    requestId,
    idempotency,
  }: Pick<RouteRequest<unknown, unknown, unknown>, "platform" | "actor" | "requestId" | "idempotency">,
  name: Action,
  work: (context: CommandContext) => Promise<T>,
): Promise<{ body: T }> => {
  const { result } = await platform.commands.run(
    { name, actor, requestId, ...(idempotency && { idempotency }) },
    work,
  );
  return { body: result };
};

const crews = defineRoute({
  method: "get",
  path: "/crews",
  permission: "crew.read",
  summary:
    "Crews with their members of today and how many orders wait for each; numbers in clear for who may have to call",
  tag: TAG,
  response: z.object({
    items: z.array(
      z.object({
        id: z.string(),
        code: z.string(),
        name: z.string(),
        areaId: z.string().nullable(),
        area: z.string().nullable(),
        active: z.boolean(),
        waiting: z.int(),
        members: z.array(
          z.object({ id: z.string(), name: z.string(), number: z.string().nullable(), leads: z.boolean() }),
        ),
      }),
    ),
  }),
  handle: async ({ platform, actor }) => {
    const { sql } = platform.database;
    const found = await findCrews(sql);
    const seen = await numberSight(sql, actor, true);
    const members = await findMembers(sql, today(platform.clock));
    return {
      body: {
        items: found.map((crew) => ({
          id: String(crew.id),
          code: crew.code,
          name: crew.name,
          areaId: crew.areaId === null ? null : String(crew.areaId),
          area: crew.areaName,
          active: crew.active,
          waiting: crew.waiting,
          members: members
            .filter((member) => member.crewId === crew.id)
            .map(({ id, name, number, leads }) => ({
              id: String(id),
              name,
              number: number === null ? null : seen(crew.areaId, number),
              leads,
            })),
        })),
      },
    };
  },
});

const newCrew = defineRoute({
  method: "post",
  path: "/crews",
  permission: "field.settings",
  summary: "Add a crew of an area, a branch, or the whole company",
  tag: TAG,
  body: z.strictObject({
    code: z.string().regex(/^[0-9A-Za-z._-]{1,32}$/, "1 to 32 letters, digits, dots or hyphens"),
    name: filledIn(100),
    areaId: rowIdIn.nullable().default(null),
  }),
  response: idOut,
  status: 201,
  idempotency: "optional",
  handle: (request) =>
    setting(request, "crew.add", async (context) => ({ id: String(await addCrew(context, request.body)) })),
});

const newMember = defineRoute({
  method: "post",
  path: "/crews/{crewId}/members",
  permission: "field.settings",
  summary: "Put somebody into a crew from a day on",
  tag: TAG,
  params: z.strictObject({ crewId: rowIdIn }),
  body: z.strictObject({
    name: filledIn(60),
    number: filledIn(40).optional(),
    leads: z.boolean().default(false),
    from: dayIn,
  }),
  response: idOut,
  status: 201,
  idempotency: "optional",
  handle: (request) =>
    setting(request, "crew.add-member", async (context) => ({
      id: String(
        await addCrewMember(context, {
          ...request.body,
          crewId: request.params.crewId,
          from: dayOf(request.body.from),
        }),
      ),
    })),
});

const leaveCrew = defineRoute({
  method: "post",
  path: "/crews/{crewId}/members/{memberId}/end",
  permission: "field.settings",
  summary: "Somebody leaves a crew on a day",
  tag: TAG,
  params: z.strictObject({ crewId: rowIdIn, memberId: rowIdIn }),
  body: z.strictObject({ until: dayIn }),
  response: idOut,
  idempotency: "optional",
  handle: (request) =>
    setting(request, "crew.end-member", async (context) => {
      const { crewId, memberId } = request.params;
      await endCrewMember(context, { crewId, memberId, until: dayOf(request.body.until) });
      return { id: String(memberId) };
    }),
});

const dutyPhones = defineRoute({
  method: "get",
  path: "/duty-phones",
  permission: "crew.read",
  summary:
    "Whom an emergency calls today, by list and rank; no area is the company's list; in clear for who may have to call",
  tag: TAG,
  query: z.strictObject({ day: dayIn.optional() }),
  response: z.object({
    items: z.array(
      z.object({
        id: z.string(),
        areaId: z.string().nullable(),
        rank: z.int(),
        name: z.string(),
        number: z.string(),
      }),
    ),
  }),
  handle: async ({ platform, actor, query }) => {
    const { sql } = platform.database;
    const now = today(platform.clock);
    const on = query.day === undefined ? now : dayOf(query.day);
    const found = await findDutyPhones(sql, on);
    const seen = await numberSight(sql, actor, on === now);
    return {
      body: {
        items: found.map((phone) => ({
          ...phone,
          number: seen(phone.areaId, phone.number),
          id: String(phone.id),
          areaId: phone.areaId === null ? null : String(phone.areaId),
        })),
      },
    };
  },
});

const listKey = { areaId: rowIdIn.nullable().default(null), rank: z.int().min(1).max(99) };

const newDutyPhone = defineRoute({
  method: "post",
  path: "/duty-phones",
  permission: "field.settings",
  summary: "Put somebody on a rank of a duty list from a day on; whoever held it is relieved",
  tag: TAG,
  body: z.strictObject({ ...listKey, name: filledIn(60), number: filledIn(40), from: dayIn }),
  response: idOut,
  status: 201,
  idempotency: "optional",
  handle: (request) =>
    setting(request, "duty-phone.set", async (context) => ({
      id: String(await setDutyPhone(context, { ...request.body, from: dayOf(request.body.from) })),
    })),
});

const noDutyPhone = defineRoute({
  method: "post",
  path: "/duty-phones/end",
  permission: "field.settings",
  summary: "Nobody holds a rank of a duty list from a day on",
  tag: TAG,
  body: z.strictObject({ ...listKey, until: dayIn }),
  response: z.object({ ended: z.literal(true) }),
  idempotency: "optional",
  handle: (request) =>
    setting(request, "duty-phone.end", async (context) => {
      await clearDutyPhone(context, { ...request.body, until: dayOf(request.body.until) });
      return { ended: true as const };
    }),
});

export const crewRoutes: readonly Route[] = [
  crews,
  newCrew,
  newMember,
  leaveCrew,
  dutyPhones,
  newDutyPhone,
  noDutyPhone,
];
