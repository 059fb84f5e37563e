/** Who knows of a test, over HTTP: by stairwell, by door, and the doors to knock on. */
import { z } from "zod";
import { today } from "#src/platform/clock.ts";
import { defineRoute, type Route } from "#src/platform/route.ts";
import { accessTest } from "./access-test.ts";
import { gapsOfTest, homesOfTest, reachByStairwell } from "./reach.ts";
import { WAYS } from "./reach-queries.ts";
import { windowOfPaper } from "./record.ts";
import { DOOR_OUTCOMES, GAP_REASONS, paperQuery, TAG as tag, testParams } from "./schema.ts";

const reach = defineRoute({
  method: "get",
  path: "/pressure-tests/{id}/reach",
  permission: "pressure-test.read",
  tag,
  summary: "How many homes know, by stairwell: text message delivered, paper with photo, told at the door",
  params: testParams,
  query: paperQuery,
  response: z.object({
    stairwells: z.array(
      z.object({
        unitId: z.string(),
        name: z.string(),
        homes: z.int(),
        delivered: z.int(),
        pending: z.int(),
        failed: z.int(),
        postedAt: z.string().nullable(),
        toldAtDoor: z.int(),
        reachedBefore: z.int(),
        reached: z.int(),
        unnamed: z.int(),
      }),
    ),
  }),
  handle: async ({ platform, actor, params, query }) => {
    const { sql } = platform.database;
    const test = await accessTest(sql, actor, params.id, today(platform.clock));
    const rows = await reachByStairwell(sql, test.id, windowOfPaper(test, query.paper), query.paper);
    return {
      body: {
        stairwells: rows.map(({ testId: _testId, ...row }) => ({
          ...row,
          unitId: String(row.unitId),
          postedAt: row.postedAt?.toISOString() ?? null,
        })),
      },
    };
  },
});

const gaps = defineRoute({
  method: "get",
  path: "/pressure-tests/{id}/gaps",
  permission: "pressure-test.read",
  tag,
  summary:
    "The doors to knock on, in the order in which one walks, each with the reason and what became of it",
  params: testParams,
  query: paperQuery,
  response: z.object({
    items: z.array(
      z.object({
        premisesId: z.string(),
        stairwell: z.string(),
        floor: z.string(),
        door: z.string(),
        label: z.string(),
        reason: z.enum(GAP_REASONS),
        knock: z.enum(DOOR_OUTCOMES).nullable(),
        knowsFormer: z.boolean(),
      }),
    ),
  }),
  handle: async ({ platform, actor, params, query }) => {
    const { sql } = platform.database;
    const test = await accessTest(sql, actor, params.id, today(platform.clock));
    const rows = await gapsOfTest(sql, test.id, windowOfPaper(test, query.paper), query.paper);
    return {
      body: {
        items: rows.map((row) => ({ ...row, premisesId: String(row.premisesId) })),
      },
    };
  },
});

const homes = defineRoute({
  method: "get",
  path: "/pressure-tests/{id}/homes",
  permission: "pressure-test.read",
  tag,
  summary: "Every door of the building with what reached it: a message, the paper of its stairwell, a knock",
  params: testParams,
  query: paperQuery,
  response: z.object({
    items: z.array(
      z.object({
        premisesId: z.string(),
        unitId: z.string(),
        floor: z.string(),
        door: z.string(),
        label: z.string(),
        way: z.enum(WAYS),
        pending: z.boolean(),
        knock: z.enum(DOOR_OUTCOMES).nullable(),
      }),
    ),
  }),
  handle: async ({ platform, actor, params, query }) => {
    const { sql } = platform.database;
    const test = await accessTest(sql, actor, params.id, today(platform.clock));
    const rows = await homesOfTest(sql, test.id, windowOfPaper(test, query.paper), query.paper);
    return {
      body: {
        items: rows.map((row) => ({
          ...row,
          premisesId: String(row.premisesId),
          unitId: String(row.unitId),
        })),
      },
    };
  },
});

export const reachRoutes: readonly Route[] = [reach, gaps, homes];
