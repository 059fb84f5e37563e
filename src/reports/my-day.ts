/** The area manager's day (我的片区今日) over HTTP: one answer, small enough to be kept on a phone without signal. */
import { z } from "zod";
import { dayOfInstant } from "#src/kernel/day.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import { defineRoute, type Route } from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { formatOrderNo } from "#src/service/field/index.ts";
import {
  buildingsOfDay,
  casesOfDay,
  type DayQuery,
  postingsOfDay,
  valvesOfDay,
  visitsOfDay,
} from "./my-day-queries.ts";

/** More than one person does in a day; the rest is in the lists. */
const MOST = 300;

const id = z.string();
const at = z.string();
const dayOut = z.object({
  asOf: at,
  cases: z.array(
    z.object({
      ticketNo: z.string(),
      category: z.string(),
      categoryName: z.string(),
      categoryNameEn: z.string(),
      severity: z.string(),
      state: z.string(),
      summary: z.string(),
      /** As it was written; `address` is that of the home where there is one. */
      addressText: z.string().nullable(),
      address: z.string().nullable(),
      accountNo: z.string().nullable(),
      buildingId: id.nullable(),
      /** There is a number to ask for. */
      hasNumber: z.boolean(),
      openedAt: at,
      /** Null while the clock stands still, and where there is none. */
      dueAt: at.nullable(),
      /** The clock stands still: for what, since when, and when it would have been due. */
      waits: z.object({ for: z.string(), forEn: z.string(), since: at, dueThen: at }).nullable(),
      mine: z.boolean(),
      version: z.int(),
    }),
  ),
  visits: z.array(
    z.object({
      id,
      orderNo: z.string(),
      kind: z.string(),
      state: z.string(),
      address: z.string(),
      summary: z.string(),
      accountNo: z.string().nullable(),
      buildingId: id.nullable(),
      slotFrom: at.nullable(),
      slotUntil: at.nullable(),
      version: z.int(),
    }),
  ),
  valves: z.array(z.object({ buildingId: id, doors: z.int(), oldest: at })),
  postings: z.array(z.object({ testId: id, unitId: id, unit: z.string(), buildingId: id, startsAt: at })),
  /** In the order in which one walks. */
  buildings: z.array(
    z.object({ id, name: z.string(), communityId: id, community: z.string(), district: z.string() }),
  ),
});

const idText = (value: bigint | null): string | null => (value === null ? null : String(value));

const myDay = defineRoute({
  method: "get",
  path: "/my-day",
  permission: "field.read",
  tag: "Field 外勤",
  summary:
    "What waits in the caller's areas today: cases by deadline, visits, valves, papers to post, and the buildings in walking order",
  response: dayOut,
  handle: async ({ platform, actor }) => {
    const { sql } = platform.database;
    const now = platform.clock.now();
    const query: DayQuery = {
      ...scopeBindings(actor.scope, dayOfInstant(now)),
      staffId: staffIdOf(actor),
      now,
      limit: MOST,
    };
    const [cases, visits, valves, postings] = await Promise.all([
      casesOfDay(sql, query),
      visitsOfDay(sql, query),
      valvesOfDay(sql, query),
      postingsOfDay(sql, query),
    ]);
    const named = [...cases, ...visits, ...valves, ...postings].flatMap(({ buildingId }) =>
      buildingId === null ? [] : [buildingId],
    );
    const buildings = await buildingsOfDay(sql, [...new Set(named)]);
    return {
      body: {
        asOf: now.toISOString(),
        cases: cases.map(({ waitsFor, waitsForEn, waitsSince, ...row }) => ({
          ...row,
          buildingId: idText(row.buildingId),
          openedAt: row.openedAt.toISOString(),
          dueAt: waitsSince === null ? (row.dueAt?.toISOString() ?? null) : null,
          waits:
            waitsSince === null || row.dueAt === null
              ? null
              : {
                  for: waitsFor ?? "",
                  forEn: waitsForEn ?? "",
                  since: waitsSince.toISOString(),
                  dueThen: row.dueAt.toISOString(),
                },
        })),
        visits: visits.map((row) => ({
          ...row,
          id: String(row.id),
          orderNo: formatOrderNo(row.id),
          buildingId: idText(row.buildingId),
          slotFrom: row.slotFrom?.toISOString() ?? null,
          slotUntil: row.slotUntil?.toISOString() ?? null,
        })),
        valves: valves.map((row) => ({
          buildingId: String(row.buildingId),
          doors: row.doors,
          oldest: row.oldest.toISOString(),
        })),
        postings: postings.map((row) => ({
          testId: String(row.testId),
          unitId: String(row.unitId),
          unit: row.unit,
          buildingId: String(row.buildingId),
          startsAt: row.startsAt.toISOString(),
        })),
        buildings: buildings.map((row) => ({
          ...row,
          id: String(row.id),
          communityId: String(row.communityId),
        })),
      },
    };
  },
});

export const myDayRoutes: readonly Route[] = [myDay];
