/** Crews of stations and capacities over HTTP. */
import { z } from "zod";
import { day } from "#src/kernel/day.ts";
import { today } from "#src/platform/clock.ts";
import { dayIn, defineRoute, type Route, rowIdIn } from "#src/platform/route.ts";
import { joinStationCrew, leaveStationCrew, setDutyCapacity, setStaffCapacity } from "./capacities.ts";
import {
  CAPACITY_DUTIES,
  findDutyCapacities,
  findStaffCapacities,
  findStationCrews,
} from "./capacity-queries.ts";

const tag = "Network 管网";
const openLimitIn = z.int().min(0).max(10_000);
const MOST_MEMBERS = 2000;

export const capacityRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/network/stations/{stationId}/crew",
    permission: "network.write",
    tag,
    summary: "Add a person to the crew of a station from a day on",
    params: z.strictObject({ stationId: rowIdIn }),
    body: z.strictObject({ staffId: rowIdIn, from: dayIn }),
    response: z.object({ id: z.string() }),
    status: 201,
    idempotency: "optional",
    handle: async ({ platform, actor, params, body, idempotency, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "station.join-crew", actor, requestId, ...(idempotency && { idempotency }) },
        async (context) => ({
          id: String(
            await joinStationCrew(context, { ...params, staffId: body.staffId, from: day(body.from) }),
          ),
        }),
      );
      return { body: result };
    },
  }),
  defineRoute({
    method: "post",
    path: "/network/stations/{stationId}/crew/{staffId}/end",
    permission: "network.write",
    tag,
    summary: "Take a person out of the crew of a station from a day on",
    params: z.strictObject({ stationId: rowIdIn, staffId: rowIdIn }),
    body: z.strictObject({ from: dayIn }),
    response: z.object({ ended: z.literal(true) }),
    handle: async ({ platform, actor, params, body, requestId }) => {
      await platform.commands.run({ name: "station.leave-crew", actor, requestId }, (context) =>
        leaveStationCrew(context, { ...params, until: day(body.from) }),
      );
      return { body: { ended: true as const } };
    },
  }),
  defineRoute({
    method: "get",
    path: "/network/station-crews",
    permission: "routing.read",
    tag,
    summary: "Who is in the crews of stations today",
    response: z.object({
      items: z.array(
        z.object({
          stationId: z.string(),
          station: z.string(),
          staffId: z.string(),
          login: z.string(),
          name: z.string(),
          from: z.string(),
        }),
      ),
    }),
    handle: async ({ platform }) => {
      const found = await findStationCrews(platform.database.sql, {
        day: today(platform.clock),
        limit: MOST_MEMBERS,
      });
      return {
        body: {
          items: found.map((member) => ({
            ...member,
            stationId: String(member.stationId),
            staffId: String(member.staffId),
          })),
        },
      };
    },
  }),
  defineRoute({
    method: "get",
    path: "/network/capacities",
    permission: "routing.read",
    tag,
    summary: "How many open cases one person takes, by duty, and whose own figure is another",
    response: z.object({
      duties: z.array(z.object({ duty: z.enum(CAPACITY_DUTIES), openLimit: z.int() })),
      people: z.array(
        z.object({ staffId: z.string(), login: z.string(), name: z.string(), openLimit: z.int() }),
      ),
    }),
    handle: async ({ platform }) => {
      const { sql } = platform.database;
      return {
        body: {
          duties: await findDutyCapacities(sql),
          people: (await findStaffCapacities(sql, today(platform.clock))).map((person) => ({
            ...person,
            staffId: String(person.staffId),
          })),
        },
      };
    },
  }),
  defineRoute({
    method: "put",
    path: "/network/capacities/duties/{duty}",
    permission: "routing.settings",
    tag,
    summary: "Set how many open cases whoever is on a duty takes",
    params: z.strictObject({ duty: z.enum(CAPACITY_DUTIES) }),
    body: z.strictObject({ openLimit: openLimitIn }),
    response: z.object({ duty: z.enum(CAPACITY_DUTIES), openLimit: z.int() }),
    handle: async ({ platform, actor, params, body, requestId }) => {
      await platform.commands.run({ name: "capacity.set-duty", actor, requestId }, (context) =>
        setDutyCapacity(context, { ...params, ...body }),
      );
      return { body: { ...params, ...body } };
    },
  }),
  defineRoute({
    method: "put",
    path: "/network/capacities/people/{staffId}",
    permission: "routing.settings",
    tag,
    summary: "Set how many open cases one person takes from a day on; null: as the duty says",
    params: z.strictObject({ staffId: rowIdIn }),
    body: z.strictObject({ openLimit: openLimitIn.nullable(), from: dayIn }),
    response: z.object({ staffId: z.string(), openLimit: z.int().nullable() }),
    handle: async ({ platform, actor, params, body, requestId }) => {
      await platform.commands.run({ name: "capacity.set-person", actor, requestId }, (context) =>
        setStaffCapacity(context, { ...params, openLimit: body.openLimit, from: day(body.from) }),
      );
      return { body: { staffId: String(params.staffId), openLimit: body.openLimit } };
    },
  }),
];
