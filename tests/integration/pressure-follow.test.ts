/** What follows a test: answers of who will be away, leaks, the re-test; and the cold run as an event of its own. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { receiveSms } from "#src/messages/messaging/index.ts";
import { findNotice } from "#src/messages/notices/index.ts";
import { intakeSubscriber } from "#src/service/intake/index.ts";
import {
  beginTest,
  failTest,
  joinLeak,
  lookAfterUnused,
  moveToWindow,
  noteAbsence,
  passTest,
  postponeTest,
  pressureLeakSubscriber,
  pressureReplySubscriber,
  retestTest,
  testsOfBuilding,
} from "#src/service/pressure-tests/index.ts";
import { handleEvents } from "#tests/support/handle-events.ts";
import {
  codeOf,
  createPlannedDesk,
  fateOf,
  SHARED,
  type TestDesk,
  windowOf,
} from "#tests/support/test-desk.ts";
import { homeId, numberOf } from "#tests/support/test-town.ts";
import { openCase } from "#tests/support/tickets.ts";

let town: TestDesk;
let roundId: bigint;
let one: bigint;
let two: bigint;
let three: bigint;
beforeEach(async () => {
  ({ town, roundId, one, two, three } = await createPlannedDesk());
});
afterEach(() => town.db.drop());

test("an answer that nobody will be at home becomes a task to find the key, for each home of the phone", async () => {
  await town.tellAll(roundId);
  const write = (id: string, from: string) =>
    receiveSms(town.platform, {
      provider: "gateway",
      providerMessageId: id,
      from,
      to: "10690000",
      text: "不在家",
      raw: Buffer.from("{}"),
      rawHeaders: {},
    });
  const work = () =>
    handleEvents(town.db, [intakeSubscriber, pressureReplySubscriber, pressureLeakSubscriber]);
  await write("A-1", numberOf(SHARED[0]));
  await work();
  await write("A-2", numberOf(SHARED[0]));
  await work();
  expect((await town.tasksOf("key-holder")).map((task) => [task.accountId, task.areaId, task.state])).toEqual(
    [
      [SHARED[0], 1n, "open"],
      [SHARED[1], 1n, "open"],
    ],
  );
  await town.run((context) =>
    noteAbsence(context, [homeId(2, 1, 1)], { source: "counter", note: "钥匙在邻居" }),
  );
  await town.approveTexts("test-moved");
  await town.run((context) =>
    moveToWindow(context, { id: one, window: windowOf("2026-11-03"), reason: "检修" }),
  );
  expect((await town.tasksOf("key-holder")).map((task) => task.state)).toEqual([
    "recalled",
    "recalled",
    "open",
  ]);
});

test("leaks hang under the test while water is in, other cases do not; each case under one test", async () => {
  await town.tellAll(roundId);
  const open = async (category: string, home: bigint) => {
    const opened = await openCase(town.db, { category, accountId: home, summary: "漏水" });
    await handleEvents(town.db, [pressureLeakSubscriber]);
    return opened;
  };
  const hanging = () =>
    town.rows<{ test: bigint; ticket: bigint }>(
      `select test_id as test, ticket_id as ticket from pressure_leaks order by ticket_id`,
    );
  const early = await open("fault.leak", homeId(2, 1, 1));
  town.clockTo("10-30T09:00:00");
  await town.run((context) => beginTest(context, { id: two }));
  const during = await open("fault.leak", homeId(2, 1, 2));
  await open("heat.not-hot", homeId(2, 1, 3));
  town.clockTo("10-30T16:00:00");
  await town.run((context) => failTest(context, { id: two, reason: "管道破裂" }));
  town.clockTo("11-01T15:59:00");
  const after = await open("fault.leak", homeId(2, 2, 1));
  town.clockTo("11-01T16:01:00");
  await open("fault.leak", homeId(2, 2, 2));
  expect(await hanging()).toEqual([
    { test: two, ticket: during.ticketId },
    { test: two, ticket: after.ticketId },
  ]);
  // By hand, when somebody knows better.
  expect(await town.run((context) => joinLeak(context, two, early.ticketNo))).toBe(true);
  expect(await town.run((context) => joinLeak(context, two, early.ticketNo))).toBe(false);
  expect(await codeOf(town.run((context) => joinLeak(context, three, early.ticketNo)))).toBe(
    "pressure-test.leak-elsewhere",
  );
  const entries = await town.rows<{ ref: string }>(
    "select ref from ticket_entries where ticket_id = :id and ref is not null",
    { id: during.ticketId },
  );
  expect(entries.map((entry) => entry.ref)).toContain(`pressure-test:${two}`);
});

test("a failed one is made again as a test of its own; its announcement follows", async () => {
  await town.tellAll(roundId);
  await town.approveTexts("test-failed", "test-day-before");
  town.clockTo("10-30T09:00:00");
  await town.run((context) => beginTest(context, { id: two }));
  town.clockTo("10-30T15:00:00");
  await town.run((context) => failTest(context, { id: two, reason: "压降过大" }));
  await town.carry(fateOf);
  expect(await town.audienceOf((await town.toldAt(two, "failed"))[0]?.noticeId ?? 0n)).toHaveLength(8);
  const { retestId } = await town.run((context) =>
    retestTest(context, { id: two, window: windowOf("2026-11-02") }),
  );
  expect(
    await codeOf(town.run((context) => retestTest(context, { id: two, window: windowOf("2026-11-02") }))),
  ).toBe("pressure-test.refused");
  town.clockTo("11-01T08:30:00");
  expect(await town.morning()).toBe(1);
  const [telling] = await town.toldAt(retestId, "day-before");
  expect(await findNotice(town.sql, telling?.noticeId ?? 0n)).toMatchObject({
    state: "running",
  });
});

test("nothing is left lying: failed, put off or unused, a test is a task until it goes on", async () => {
  await town.tellAll(roundId);
  town.clockTo("10-30T09:00:00");
  await town.run((context) => beginTest(context, { id: two }));
  await town.run((context) => failTest(context, { id: two, reason: "压降过大" }));
  await town.run((context) => postponeTest(context, { id: three, reason: "停水" }));
  town.clockTo("10-31T08:30:00");
  expect(await lookAfterUnused(town.platform)).toBe(1);
  expect(await lookAfterUnused(town.platform)).toBe(0);
  const lying = async () => (await town.tasksOf("pressure-next")).map((task) => [task.source, task.state]);
  expect(await lying()).toEqual([
    [`pressure-test:${two}:1:failed`, "open"],
    [`pressure-test:${three}:1:postponed`, "open"],
    [`pressure-test:${one}:1:unused`, "open"],
  ]);
  for (const id of [one, three]) {
    await town.run((context) =>
      moveToWindow(context, { id, window: windowOf("2026-11-04"), reason: "补做" }),
    );
  }
  await town.run((context) => retestTest(context, { id: two, window: windowOf("2026-11-02") }));
  expect((await lying()).map(([, state]) => state)).toEqual(["recalled", "recalled", "recalled"]);
});

test("tests that wait for somebody hide no other of which nobody was told", async () => {
  await town.tellAll(roundId);
  town.clockTo("10-31T08:30:00");
  expect(await lookAfterUnused(town.platform, 1)).toBe(3);
  expect(await town.tasksOf("pressure-next")).toHaveLength(3);
});

test("a failed one whose building is planned anew is not repeated a second time", async () => {
  await town.tellAll(roundId);
  town.clockTo("10-30T09:00:00");
  await town.run((context) => beginTest(context, { id: two }));
  await town.run((context) => failTest(context, { id: two, reason: "压降过大" }));
  await town.plan({ stationId: undefined, buildingIds: [2n], window: windowOf("2026-11-01") });
  expect(
    await codeOf(town.run((context) => retestTest(context, { id: two, window: windowOf("2026-11-02") }))),
  ).toBe("pressure-test.building-planned");
});

test("a cold run has words of its own, ends without a reading, and is no pressure test", async () => {
  const cold = await town.plan({ kind: "cold-run", pressure: undefined, window: windowOf("2026-11-01") });
  const { noticeIds } = await town.announce(cold.roundId);
  await town.approve(noticeIds[0] ?? 0n);
  town.clockTo("10-25T09:00:00");
  await town.carry();
  expect(town.sent.at(-1)?.text).toContain("进行冷态运行，系统以常温水循环，不供热");
  const id = cold.tests[1]?.id ?? 0n;
  town.clockTo("11-01T09:00:00");
  await town.run((context) => beginTest(context, { id }));
  await town.run((context) => passTest(context, { id, note: "循环正常" }));
  expect(await town.stateOf(id)).toBe("passed");
  const today = await testsOfBuilding(town.sql, 2n, day("2026-11-01"));
  expect(today.map((each) => [each.kind, each.state, each.window])).toEqual([
    ["cold-run", "passed", "2026-11-01 09:00 - 18:00"],
  ]);
});
