/** Who is told of a test, by what, and who is not; what a change tells to whom. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { cancelNotice, findNotice } from "#src/messages/notices/index.ts";
import {
  announceDue,
  beginTest,
  cancelTest,
  gapsOfTest,
  moveToWindow,
  postponeTest,
  pressureFirmSubscriber,
  reachOfTest,
  reachOfTests,
  recordPosting,
  setPropertyFirm,
  sumReach,
} from "#src/service/pressure-tests/index.ts";
import { accessTest } from "#src/service/pressure-tests/access-test.ts";
import { viewTest } from "#src/service/pressure-tests/view-test.ts";
import { handleEvents } from "#tests/support/handle-events.ts";
import {
  codeOf,
  createPlannedDesk,
  fateOf,
  FIRM,
  SHARED,
  SILENT,
  type TestDesk,
  windowOf,
} from "#tests/support/test-desk.ts";
import { homeId, numberOf, stairwellId } from "#tests/support/test-town.ts";

let town: TestDesk;
let roundId: bigint;
let one: bigint;
let two: bigint;
let three: bigint;
beforeEach(async () => {
  ({ town, roundId, one, two, three } = await createPlannedDesk());
});
afterEach(() => town.db.drop());

test("everybody on the riser and the firm, once; a phone with two homes gets one message that names both", async () => {
  const noticeId = await town.tellAll(roundId);
  expect(await codeOf(town.announce(roundId))).toBe("pressure-test.nothing-to-tell");
  // Twenty-four homes, stopped and vacant ones too; one has no number.
  expect(await town.audienceOf(noticeId)).toHaveLength(24);
  expect(await town.messagesOf(noticeId)).toHaveLength(22);
  const shared = town.sent.filter((order) => order.to === numberOf(SHARED[0]));
  expect(shared).toHaveLength(1);
  expect(shared[0]?.text).toBe(
    "春晖苑1号楼2单元1、春晖苑1号楼2单元2定于10月30日09:00-18:00进行注水试压，报停和空置房屋也会注水，届时请家中留人，检查阀门和接口。家中无人请回复“不在家”。",
  );
  const firm = town.sent.filter((order) => order.to === FIRM);
  expect(firm.map((order) => order.text)).toEqual([
    "物业请知悉：春晖苑共3栋楼的注水试压（提前一周），时间：10月30日09:00-18:00。请协助张贴并转告业主。",
  ]);
  expect(await reachOfTest(town.sql, one, 1, "notice")).toMatchObject({
    homes: 8,
    delivered: 5,
    pending: 1,
    failed: 1,
    reached: 5,
    unnamed: 3,
  });
});

test("a firm that no message reaches is rung: not delivered, or a landline; the test shows what became of it", async () => {
  const { noticeIds } = await town.announce(roundId);
  await town.approve(noticeIds[0] ?? 0n);
  town.clockTo("10-23T09:00:00");
  await town.carry((number) => (number === FIRM ? "undelivered" : fateOf(number)));
  await handleEvents(town.db, [pressureFirmSubscriber]);
  await handleEvents(town.db, [pressureFirmSubscriber]);
  expect(await town.tasksOf("pressure-firm-call")).toMatchObject([
    { state: "open", areaId: 1n, source: `pressure-test:${one}:1:week-before` },
  ]);
  const firmOf = async (id: bigint) => {
    const found = await accessTest(town.sql, town.maker, id, day("2026-10-23"));
    return (await viewTest(town.sql, found, day("2026-10-23"))).propertyFirm;
  };
  // One message for the round: each of its tests shows it.
  expect(await firmOf(two)).toMatchObject({
    name: "春晖物业",
    number: "138****0009",
    told: [{ windowNo: 1, stage: "week-before", state: "undelivered" }],
  });
  expect(await firmOf(one)).toEqual(await firmOf(two));
  await town.run((context) =>
    setPropertyFirm(context, { communityId: 1n, name: "春晖物业", number: "0371-60000009" }),
  );
  await town.run((context) => cancelTest(context, { id: three, reason: "合并到下一批" }));
  expect(await town.tasksOf("pressure-firm-call")).toMatchObject([
    {},
    { state: "open", source: `pressure-test:${three}:1:cancelled` },
  ]);
});

test("a firm to which nothing went, because nothing could reach it, is rung too", async () => {
  const { noticeIds } = await town.announce(roundId);
  await town.approve(noticeIds[0] ?? 0n);
  const words = await town.rows<{ id: bigint }>(
    "update messages set state = 'skipped', reason = 'number-wrong' where template = 'test-property-firm' returning id",
  );
  expect(words).toHaveLength(1);
  await town.run(async (context) =>
    context.emit({
      type: "messages.failed",
      subject: `outgoing:${words[0]?.id}`,
      payload: { messageIds: words.map(({ id }) => String(id)) },
    }),
  );
  await handleEvents(town.db, [pressureFirmSubscriber]);
  expect(await town.tasksOf("pressure-firm-call")).toMatchObject([{ state: "open" }]);
});

test("a firm hears nothing of a window that none of its buildings keeps", async () => {
  await town.announce(roundId);
  const away = windowOf("2026-11-05");
  const move = (id: bigint) =>
    town.run((context) => moveToWindow(context, { id, window: away, reason: "检修" }));
  await move(one);
  await move(two);
  await move(three);
  town.clockTo("10-23T09:00:00");
  await town.carry();
  const words = await town.rows<{ step: string; state: string; reason: string }>(
    "select step, state, reason from messages where template = 'test-property-firm' order by id",
  );
  expect(words.map((word) => [word.step.split(":")[3], word.state, word.reason])).toEqual([
    ["week-before", "skipped", "test-window-gone"],
    ["moved", "delivered", ""],
    ["moved", "delivered", ""],
    ["moved", "delivered", ""],
  ]);
});

test("windows apart are notices apart; what was thrown away may be told anew", async () => {
  await town.run((context) =>
    moveToWindow(context, { id: three, window: windowOf("2026-10-31"), reason: "设备" }),
  );
  const { noticeIds } = await town.announce(roundId);
  expect(noticeIds).toHaveLength(2);
  await town.run((context) => cancelNotice(context, noticeIds[0] ?? 0n, null, "写错了"));
  const again = await town.announce(roundId);
  expect(again.testIds).toEqual([one, two]);
  expect(again.noticeIds).not.toContain(noticeIds[0]);
});

test("water comes in when each door knows or its gap is named, and only in its window", async () => {
  await town.tellAll(roundId);
  expect(await codeOf(town.run((context) => beginTest(context, { id: one })))).toBe(
    "pressure-test.outside-window",
  );
  town.clockTo("10-30T09:05:00");
  expect(await codeOf(town.run((context) => beginTest(context, { id: one })))).toBe(
    "pressure-test.gaps-unnamed",
  );
  const gaps = await gapsOfTest(town.sql, one, 1, "notice");
  expect(gaps.map((gap) => [gap.premisesId, gap.reason, gap.knock])).toEqual([
    [SILENT, "no-number", null],
    [homeId(1, 1, 2), "failed", null],
    [homeId(1, 1, 3), "no-receipt", null],
  ]);
  await town.knock(one, SILENT, "told");
  expect(await codeOf(town.knock(one, homeId(1, 1, 2), "nobody-home"))).toBe("pressure-test.note-needed");
  await town.knock(one, homeId(1, 1, 2), "nobody-home", "入户阀已在楼道关闭");
  expect(await codeOf(town.knock(one, homeId(2, 1, 1), "told"))).toBe("pressure-test.door-unknown");
  // A paper with its photo reaches the rest of the stairwell.
  await town.post(one, stairwellId(1, 1));
  expect(await codeOf(town.post(one, stairwellId(1, 1)))).toBe("pressure-test.posted-already");
  expect(await codeOf(town.post(one, stairwellId(2, 1)))).toBe("pressure-test.stairwell-unknown");
  expect(await reachOfTest(town.sql, one, 1, "notice")).toMatchObject({
    homes: 8,
    stairwells: 2,
    stairwellsPosted: 1,
    reachedBefore: 8,
    reached: 8,
    unnamed: 0,
  });
  expect(await codeOf(town.run((context) => beginTest(context, { id: one })))).toBe("done");
});

test("a photo is a picture", async () => {
  const text = town.run((context) =>
    recordPosting(context, {
      testId: one,
      unitId: stairwellId(1, 1),
      paper: "notice",
      bytes: Buffer.from("贴好了"),
      fileName: "note.txt",
    }),
  );
  expect(await codeOf(text)).toBe("pressure-test.photo-expected");
  expect(await town.rows("select 1 from pressure_postings")).toEqual([]);
});

test("a move tells just the homes that know, and the firm; the others hear of the new window alone", async () => {
  const first = await town.tellAll(roundId);
  await town.approveTexts("test-moved");
  // 101 learns it from a neighbour's paper: no. Stairwell 1 has none. 103 may know, 102 does not, 101 does not.
  town.clockTo("10-29T15:00:00");
  const before = town.sent.length;
  await town.run((context) =>
    moveToWindow(context, { id: one, window: windowOf("2026-11-03"), reason: "换热站检修" }),
  );
  await town.carry(fateOf);
  const [told] = await town.toldAt(one, "moved");
  const moved = told?.noticeId ?? 0n;
  expect(await town.audienceOf(moved)).toEqual([
    homeId(1, 1, 3),
    homeId(1, 1, 4),
    ...SHARED,
    homeId(1, 2, 3),
    homeId(1, 2, 4),
  ]);
  // Without another approval: it follows the first, and its words were approved.
  expect(await findNotice(town.sql, moved)).toMatchObject({
    followsId: first,
    state: "finished",
  });
  const sent = town.sent.slice(before);
  expect(sent.filter((order) => order.to === FIRM)).toHaveLength(1);
  expect(sent).toHaveLength(6);
  expect(sent.find((order) => order.to === numberOf(homeId(1, 1, 4)))?.text).toContain(
    "改到11月3日09:00-18:00",
  );
  expect(await town.stateOf(one)).toBe("planned");
  expect(await town.stateOf(two)).toBe("announced");
  // Any number in one statement, of whatever windows.
  const asked = [
    { testId: one, windowNo: 1 },
    { testId: one, windowNo: 2 },
    { testId: three, windowNo: 1 },
  ];
  const each = asked.map(({ testId, windowNo }) => reachOfTest(town.sql, testId, windowNo, "notice"));
  expect(await reachOfTests(town.sql, asked, "notice")).toEqual(sumReach(await Promise.all(each)));
  // Whoever was told of the move knows of the new window.
  expect(await reachOfTest(town.sql, one, 2, "notice")).toMatchObject({
    delivered: 5,
    unnamed: 3,
  });
});

test("what was told by paper is corrected by paper: a task, and the change counts when its photo is there", async () => {
  await town.tellAll(roundId);
  await town.post(one, stairwellId(1, 1));
  await town.approveTexts("test-postponed", "test-moved");
  town.clockTo("10-30T08:30:00");
  await town.run((context) => postponeTest(context, { id: one, reason: "停水" }));
  expect(await town.tasksOf("pressure-posting")).toMatchObject([{ state: "open", areaId: 1n }]);
  await town.carry(fateOf);
  expect(await town.audienceOf((await town.toldAt(one, "postponed"))[0]?.noticeId ?? 0n)).toHaveLength(8);
  expect(await reachOfTest(town.sql, one, 1, "change")).toMatchObject({ reached: 5 });
  await town.post(one, stairwellId(1, 1), "change");
  expect(await reachOfTest(town.sql, one, 1, "change")).toMatchObject({ reached: 8 });
  // Now somebody knows when: the same people hear it, of the window that they were told.
  await town.run((context) =>
    moveToWindow(context, { id: one, window: windowOf("2026-11-04"), reason: "来水" }),
  );
  expect((await town.toldAt(one, "moved")).map((telling) => telling.windowNo)).toEqual([1]);
});

test("nobody is told that something is off of which nobody knew", async () => {
  await town.run((context) => cancelTest(context, { id: one, reason: "合并到下一批" }));
  expect(await town.toldAt(one, "cancelled")).toEqual([]);
  await town.carry();
  expect(town.sent).toEqual([]);
});

test("a message that waits is not called when its window is gone", async () => {
  const { noticeIds } = await town.announce(roundId);
  const noticeId = noticeIds[0] ?? 0n;
  await town.approve(noticeId);
  // Fanned out and queued for the 23rd; on the 22nd building 1 is moved.
  await town.carry();
  town.clockTo("10-22T10:00:00");
  await town.run((context) =>
    moveToWindow(context, { id: one, window: windowOf("2026-11-03"), reason: "检修" }),
  );
  expect(await town.toldAt(one, "moved")).toEqual([]);
  town.clockTo("10-23T09:00:00");
  await town.carry();
  const states = await town.messagesOf(noticeId);
  const ofBuildingOne = states.filter((message) => message.account < 2000n);
  expect(ofBuildingOne.map((message) => [message.state, message.reason])).toEqual(
    ofBuildingOne.map(() => ["skipped", "test-window-gone"]),
  );
  expect(states.filter((message) => message.account > 2000n && message.state === "delivered")).toHaveLength(
    16,
  );
});

test("every morning: the day before follows the approved week before; what nobody announced asks for two people", async () => {
  await town.tellAll(roundId);
  await town.approveTexts("test-day-before");
  town.clockTo("10-28T08:30:00");
  expect(await town.morning()).toBe(0);
  town.clockTo("10-29T08:30:00");
  expect(await town.morning()).toBe(1);
  expect(await town.morning()).toBe(0);
  town.clockTo("10-29T09:00:00");
  await town.carry(fateOf);
  expect(town.sent.filter((order) => order.text.includes("将于10月30日"))).toHaveLength(22);
  const late = await town.plan({ kind: "cold-run", pressure: undefined, window: windowOf("2026-10-31") });
  town.clockTo("10-30T08:30:00");
  expect(await town.morning()).toBe(1);
  const [telling] = await town.toldAt(late.tests[0]?.id ?? 0n, "day-before");
  expect(await findNotice(town.sql, telling?.noticeId ?? 0n)).toMatchObject({ state: "draft" });
  expect(
    (await town.tasksOf("pressure-notice")).filter((task) => task.source === `notice:${telling?.noticeId}`),
  ).toHaveLength(1);
});

test("a round that cannot be told any more keeps no other from being told", async () => {
  const early = {
    startsAt: new Date("2026-10-30T06:00:00+08:00"),
    endsAt: new Date("2026-10-30T18:00:00+08:00"),
  };
  const cold = { kind: "cold-run", pressure: undefined } as const;
  const stuck = await town.plan({ ...cold, stationId: undefined, buildingIds: [1n], window: early });
  const other = await town.plan({
    ...cold,
    stationId: undefined,
    buildingIds: [2n],
    window: windowOf("2026-10-30"),
  });
  await town.tellAll(roundId);
  await town.tellAll(stuck.roundId);
  await town.approveTexts("cold-run-day-before");
  // Looked at so late that the next contact hour lies behind the first window.
  town.clockTo("10-29T22:00:00");
  expect(await codeOf(town.morning())).toBe("notice.expires-first");
  expect(await town.toldAt(stuck.tests[0]?.id ?? 0n, "day-before")).toEqual([]);
  expect(await town.toldAt(other.tests[0]?.id ?? 0n, "day-before")).toHaveLength(1);
});

test("what freezes an audience runs on the connections for long work", async () => {
  const { commands } = town.platform;
  const pools: (string | undefined)[] = [];
  const run: typeof commands.run = (options, work) => {
    pools.push(options.pool);
    return commands.run(options, work);
  };
  const platform = { ...town.platform, commands: { ...commands, run } };
  expect(await announceDue(platform, day("2026-10-20"))).toBe(1);
  expect(pools).toEqual(["bulk"]);
});

test("the notice of a week before is drafted in time for two people: its task is due when people are to read it", async () => {
  town.clockTo("10-19T08:30:00");
  expect(await town.morning()).toBe(0);
  town.clockTo("10-20T08:30:00");
  expect(await town.morning()).toBe(1);
  const [task] = await town.rows<{ dueAt: Date }>(
    `select due_at as "dueAt" from tasks where kind = 'pressure-notice'`,
  );
  expect(task?.dueAt).toEqual(new Date("2026-10-23T09:00:00+08:00"));
  const [telling] = await town.toldAt(one, "week-before");
  await town.approve(telling?.noticeId ?? 0n);
  await town.carry(fateOf);
  expect(town.sent.filter((order) => order.to !== "+8613700000000")).toEqual([]);
  town.clockTo("10-23T09:00:00");
  await town.carry(fateOf);
  expect(await town.messagesOf(telling?.noticeId ?? 0n)).toHaveLength(22);
});
