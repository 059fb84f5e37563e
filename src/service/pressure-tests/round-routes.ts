/** Rounds over HTTP: planning, telling people, the firms; and the calendar of all tests. */
import { z } from "zod";
import { addDays, type Day, day as dayOf, dayOfInstant, daysBetween, instantOfDay } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { today } from "#src/platform/clock.ts";
import {
  dayIn,
  defineRoute,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { accessRound } from "./access-test.ts";
import { announcedJson, announceRound } from "./announce.ts";
import { planRound } from "./plan-round.ts";
import { findTestsOfRound, listRounds, listTests } from "./queries.ts";
import { basisPoints, NOBODY, reachOfEach, sumReach } from "./reach.ts";
import { setPropertyFirm } from "./record.ts";
import { roundPreviewRoutes } from "./round-preview.ts";
import {
  filledIn,
  formatTestNo,
  formatWindow,
  instantIn,
  roundJson,
  roundOut,
  roundParams,
  TAG as tag,
  type Test,
  testJson,
  testOut,
  textIn,
} from "./schema.ts";
import { TEST_KINDS, TEST_STATES } from "./states.ts";

const window = { startsAt: instantIn, endsAt: instantIn };

const plan = defineRoute({
  method: "post",
  path: "/pressure-rounds",
  permission: "pressure-test.write",
  tag,
  summary: "Plan pressure tests or a cold run by station, loop or buildings: one test for each building",
  body: z.strictObject({
    kind: z.enum(TEST_KINDS),
    stationId: rowIdIn.optional(),
    loopId: rowIdIn.optional(),
    buildingIds: z.array(rowIdIn).min(1).max(500).optional(),
    ...window,
    windows: z
      .array(z.strictObject({ buildingId: rowIdIn, ...window }))
      .max(500)
      .optional(),
    // Printed as it is.
    contactName: filledIn(60).regex(/^[\p{L}\p{N} ·.,，、()（）-]+$/u, "a name, without signs"),
    contactNumber: filledIn(20),
    pressure: z
      .strictObject({
        requiredKpa: z.int().min(50).max(4000),
        holdMinutes: z.int().min(1).max(1440),
        allowedDropKpa: z.int().min(0).max(1000),
      })
      .optional(),
    title: filledIn(200).optional(),
    note: textIn(500).optional(),
  }),
  response: z.object({
    id: z.string(),
    tests: z.array(z.object({ id: z.string(), testNo: z.string(), buildingId: z.string() })),
  }),
  status: 201,
  idempotency: "optional",
  handle: async ({ platform, actor, body, requestId, idempotency }) => {
    const { startsAt, endsAt, ...rest } = body;
    const { result } = await platform.commands.run(
      { name: "pressure-round.plan", actor, requestId, ...(idempotency && { idempotency }) },
      async (context) => {
        const planned = await planRound(context, { ...rest, window: { startsAt, endsAt } });
        return {
          id: String(planned.roundId),
          tests: planned.tests.map((test) => ({
            id: String(test.id),
            testNo: formatTestNo(test.id),
            buildingId: String(test.buildingId),
          })),
        };
      },
    );
    return { body: result };
  },
});

const list = defineRoute({
  method: "get",
  path: "/pressure-rounds",
  permission: "pressure-test.read",
  tag,
  summary: "Rounds that touch the caller's areas, the youngest first",
  query: pageIn,
  response: pageOf(roundOut),
  handle: async ({ platform, actor, query }) => {
    const rows = await listRounds(platform.database.sql, {
      ...scopeBindings(actor.scope, today(platform.clock)),
      beforeId: idOfCursor(query.cursor),
      limit: query.limit + 1,
    });
    return { body: pageFrom(rows, query.limit, (row) => [String(row.id)], roundJson) };
  },
});

const reachOut = z.object({
  homes: z.int(),
  delivered: z.int(),
  pending: z.int(),
  failed: z.int(),
  stairwells: z.int(),
  stairwellsPosted: z.int(),
  toldAtDoor: z.int(),
  reachedBefore: z.int(),
  reached: z.int(),
  unnamed: z.int(),
  /** Hundredths of a per cent, before knocking and after. */
  reachBefore: z.int(),
  reach: z.int(),
});

const show = defineRoute({
  method: "get",
  path: "/pressure-rounds/{id}",
  permission: "pressure-test.read",
  tag,
  summary: "A round with its tests in the caller's areas, and how many homes know of them",
  params: roundParams,
  response: roundOut.extend({
    /** Each with its homes, those that know of its window, and those of which nobody wrote down why they do not. */
    tests: z.array(testOut.extend({ homes: z.int(), reached: z.int(), unnamed: z.int() })),
    reach: reachOut,
  }),
  handle: async ({ platform, actor, params }) => {
    const { sql } = platform.database;
    const now = today(platform.clock);
    const round = await accessRound(sql, actor, params.id, now);
    const tests = await findTestsOfRound(sql, round.id, scopeBindings(actor.scope, now));
    const asked = tests.map((test) => ({ testId: test.id, windowNo: test.windowNo }));
    const each = await reachOfEach(sql, asked, "notice");
    const reach = sumReach([...each.values()]);
    return {
      body: {
        ...roundJson(round),
        tests: tests.map((test) => {
          const { homes, reached, unnamed } = each.get(test.id) ?? NOBODY;
          return { ...testJson(test), homes, reached, unnamed };
        }),
        reach: {
          ...reach,
          reachBefore: basisPoints(reach.reachedBefore, reach.homes),
          reach: basisPoints(reach.reached, reach.homes),
        },
      },
    };
  },
});

const announce = defineRoute({
  method: "post",
  path: "/pressure-rounds/{id}/announce",
  permission: "pressure-test.write",
  tag,
  summary: "Tell of the windows ahead: a notice for each, to be approved by a second person",
  params: roundParams,
  body: z.strictObject({ stage: z.enum(["week-before", "day-before"]) }),
  response: z.object({ noticeIds: z.array(z.string()), testNos: z.array(z.string()) }),
  status: 201,
  handle: async ({ platform, actor, params, body, requestId }) => {
    const { result } = await platform.commands.run(
      { name: "pressure-round.announce", actor, requestId, pool: "bulk" },
      (context) => announceRound(context, params.id, body.stage),
    );
    return { body: announcedJson(result) };
  },
});

const firm = defineRoute({
  method: "put",
  path: "/network/communities/{id}/property-firm",
  permission: "pressure-test.write",
  tag,
  summary: "Who looks after a community, and is told of each test in it",
  params: roundParams,
  body: z.strictObject({ name: filledIn(100), number: filledIn(20) }),
  response: z.object({ communityId: z.string() }),
  handle: async ({ platform, actor, params, body, requestId }) => {
    await platform.commands.run({ name: "community.set-property-firm", actor, requestId }, (context) =>
      setPropertyFirm(context, { communityId: params.id, ...body }),
    );
    return { body: { communityId: String(params.id) } };
  },
});

const LONGEST_CALENDAR_DAYS = 62;
const MOST_TESTS = 5000;

const daysOf = (test: Test, from: Day, until: Day): Day[] => {
  if (test.startsAt === null || test.endsAt === null) return [];
  const first = dayOfInstant(test.startsAt);
  const last = dayOfInstant(new Date(test.endsAt.getTime() - 1));
  return Array.from({ length: daysBetween(first, last) + 1 }, (_, index) => addDays(first, index)).filter(
    (day) => day >= from && day < until,
  );
};

const calendar = defineRoute({
  method: "get",
  path: "/pressure-calendar",
  permission: "pressure-test.read",
  tag,
  summary: "All tests and cold runs in the caller's areas by day; one of several days stands in each of them",
  query: z.strictObject({
    from: dayIn.optional(),
    days: z.coerce.number().int().min(1).max(LONGEST_CALENDAR_DAYS).default(31),
  }),
  response: z.object({
    days: z.array(
      z.object({
        day: z.string(),
        tests: z.array(
          z.object({
            testNo: z.string(),
            id: z.string(),
            kind: z.enum(TEST_KINDS),
            state: z.enum(TEST_STATES),
            building: z.string(),
            window: z.string(),
          }),
        ),
      }),
    ),
  }),
  handle: async ({ platform, actor, query }) => {
    const now = today(platform.clock);
    const from = query.from === undefined ? now : dayOf(query.from);
    const until = addDays(from, query.days);
    const tests = await listTests(platform.database.sql, {
      ...scopeBindings(actor.scope, now),
      afterId: null,
      from: instantOfDay(from),
      until: instantOfDay(until),
      states: null,
      kind: null,
      roundId: null,
      buildingId: null,
      limit: MOST_TESTS + 1,
    });
    if (tests.length > MOST_TESTS) {
      fail("pressure-test.calendar-too-long", "more tests than a calendar shows", {
        field: "days",
        remedy: "ask for fewer days",
      });
    }
    const byDay = new Map<Day, Test[]>();
    for (const test of tests) {
      for (const one of daysOf(test, from, until)) byDay.set(one, [...(byDay.get(one) ?? []), test]);
    }
    return {
      body: {
        days: [...byDay]
          .toSorted(([one], [other]) => (one < other ? -1 : 1))
          .map(([one, ofDay]) => ({
            day: one,
            tests: ofDay.map((test) => ({
              testNo: formatTestNo(test.id),
              id: String(test.id),
              kind: test.kind,
              state: test.state,
              building: `${test.community}${test.building}`,
              window: formatWindow(test.startsAt, test.endsAt),
            })),
          })),
      },
    };
  },
});

export const roundRoutes: readonly Route[] = [
  plan,
  list,
  show,
  announce,
  firm,
  calendar,
  ...roundPreviewRoutes,
];
