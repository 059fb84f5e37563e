/** The figures of a day over HTTP. */
import { z } from "zod";
import { addDays, day as dayOf } from "#src/kernel/day.ts";
import { today } from "#src/platform/clock.ts";
import { dayIn, defineRoute, type Route } from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { figuresOfDay } from "./figures.ts";
import { TAG as tag } from "./schema.ts";
import { TEST_KINDS } from "./states.ts";

const count = z.int().min(0);

const figures = defineRoute({
  method: "get",
  path: "/pressure-figures",
  permission: "pressure-test.read",
  tag,
  summary:
    "A day's tests in figures: planned, passed, failed, moved, homes that knew, named gaps, leaks; yesterday by itself",
  query: z.strictObject({ day: dayIn.optional(), kind: z.enum(TEST_KINDS).default("pressure") }),
  response: z.object({
    day: z.string(),
    kind: z.enum(TEST_KINDS),
    planned: count,
    passed: count,
    failed: count,
    moved: count,
    postponed: count,
    cancelled: count,
    open: count,
    retests: count,
    homes: count,
    reachedBefore: count,
    reached: count,
    reachBefore: count,
    reach: count,
    namedGaps: count,
    unnamedGaps: count,
    leaks: count,
    leaksIsolated: count,
    told: z.record(z.string(), count),
  }),
  handle: async ({ platform, actor, query }) => {
    const now = today(platform.clock);
    const day = query.day === undefined ? addDays(now, -1) : dayOf(query.day);
    return {
      body: await figuresOfDay(platform.database.sql, scopeBindings(actor.scope, now), {
        day,
        kind: query.kind,
      }),
    };
  },
});

export const figureRoutes: readonly Route[] = [figures];
