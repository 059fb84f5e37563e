/** Tests over HTTP: the list, one of them with all that is known, and its commands. */
import { z } from "zod";
import { day as dayOf, instantOfDay, addDays } from "#src/kernel/day.ts";
import type { VerbOf } from "#src/platform/actions.ts";
import { today } from "#src/platform/clock.ts";
import type { CommandContext } from "#src/platform/command.ts";
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
import { accessTest } from "./access-test.ts";
import {
  beginTest,
  cancelTest,
  failTest,
  moveToWindow,
  passTest,
  postponeTest,
  retestTest,
  type TestChanged,
  type Wanted,
} from "./change-test.ts";
import { listTests } from "./queries.ts";
import {
  changedOut,
  filledIn,
  formatTestNo,
  instantIn,
  TAG as tag,
  testJson,
  testOut,
  testParams,
  textIn,
} from "./schema.ts";
import { TEST_KINDS, TEST_STATES } from "./states.ts";
import { testViewOut, viewTest } from "./view-test.ts";

const list = defineRoute({
  method: "get",
  path: "/pressure-tests",
  permission: "pressure-test.read",
  tag,
  summary: "Tests in the caller's areas, by day, state, kind, round or building",
  query: pageIn.extend({
    day: dayIn.optional(),
    state: z.enum(TEST_STATES).optional(),
    kind: z.enum(TEST_KINDS).optional(),
    roundId: rowIdIn.optional(),
    buildingId: rowIdIn.optional(),
  }),
  response: pageOf(testOut),
  handle: async ({ platform, actor, query }) => {
    const rows = await listTests(platform.database.sql, {
      ...scopeBindings(actor.scope, today(platform.clock)),
      afterId: idOfCursor(query.cursor),
      from: query.day === undefined ? null : instantOfDay(dayOf(query.day)),
      until: query.day === undefined ? null : instantOfDay(addDays(dayOf(query.day), 1)),
      states: query.state === undefined ? null : [query.state],
      kind: query.kind ?? null,
      roundId: query.roundId ?? null,
      buildingId: query.buildingId ?? null,
      limit: query.limit + 1,
    });
    return { body: pageFrom(rows, query.limit, (row) => [String(row.id)], testJson) };
  },
});

const show = defineRoute({
  method: "get",
  path: "/pressure-tests/{id}",
  permission: "pressure-test.read",
  tag,
  summary: "A test: its windows, what was told, papers, readings, leaks and who will be away",
  params: testParams,
  response: testViewOut,
  handle: async ({ platform, actor, params }) => {
    const day = today(platform.clock);
    const test = await accessTest(platform.database.sql, actor, params.id, day);
    return {
      headers: { etag: `"${test.version}"` },
      body: await viewTest(platform.database.sql, test, day),
    };
  },
});

const changedJson = (changed: TestChanged): z.input<typeof changedOut> => ({
  id: String(changed.id),
  testNo: formatTestNo(changed.id),
  state: changed.state,
  version: changed.version,
});

/** A command that people give to a test that they have seen. */
const command = <B extends z.ZodType>(
  word: VerbOf<"pressure-test">,
  summary: string,
  body: B,
  give: (context: CommandContext, wanted: Wanted, body: z.output<B>) => Promise<TestChanged>,
): Route =>
  defineRoute({
    method: "post",
    path: `/pressure-tests/{id}/${word}`,
    permission: "pressure-test.write",
    tag,
    summary,
    params: testParams,
    body,
    ifMatch: true,
    response: changedOut,
    handle: async ({ platform, actor, params, body: given, ifMatch, requestId }) => {
      const { result } = await platform.commands.run(
        { name: `pressure-test.${word}`, actor, requestId },
        (context) => give(context, { id: params.id, version: ifMatch }, given),
      );
      return { headers: { etag: `"${result.version}"` }, body: changedJson(result) };
    },
  });

const reason = z.strictObject({ reason: filledIn(500) });
const window = { startsAt: instantIn, endsAt: instantIn };

const commands: readonly Route[] = [
  command(
    "begin",
    "Water comes in: every home knows, or its gap is named",
    z.strictObject({}),
    (context, wanted) => beginTest(context, wanted),
  ),
  command(
    "pass",
    "It held: every household and the property firm are told",
    z.strictObject({ note: textIn(1000).optional() }),
    (context, wanted, { note }) => passTest(context, { ...wanted, note }),
  ),
  command(
    "fail",
    "It did not hold: every household and the property firm are told",
    reason,
    (context, wanted, body) => failTest(context, { ...wanted, ...body }),
  ),
  command(
    "move",
    "Another window: just those who know of the old one are told",
    reason.extend(window),
    (context, wanted, { startsAt, endsAt, ...rest }) =>
      moveToWindow(context, { ...wanted, ...rest, window: { startsAt, endsAt } }),
  ),
  command(
    "postpone",
    "Put off until somebody knows when: just those who know are told",
    reason,
    (context, wanted, body) => postponeTest(context, { ...wanted, ...body }),
  ),
  command("cancel", "Called off: just those who know are told", reason, (context, wanted, body) =>
    cancelTest(context, { ...wanted, ...body }),
  ),
];

const retest = defineRoute({
  method: "post",
  path: "/pressure-tests/{id}/retest",
  permission: "pressure-test.write",
  tag,
  summary: "Plan the re-test of a failed one",
  params: testParams,
  body: z.strictObject(window),
  ifMatch: true,
  response: changedOut.extend({ retestId: z.string(), retestNo: z.string() }),
  handle: async ({ platform, actor, params, body, ifMatch, requestId }) => {
    const { result } = await platform.commands.run(
      { name: "pressure-test.retest", actor, requestId },
      (context) => retestTest(context, { id: params.id, version: ifMatch, window: body }),
    );
    return {
      headers: { etag: `"${result.version}"` },
      body: {
        ...changedJson(result),
        retestId: String(result.retestId),
        retestNo: formatTestNo(result.retestId),
      },
    };
  },
});

export const testRoutes: readonly Route[] = [list, show, ...commands, retest];
