/** Doors are named so that somebody finds them, and whoever knows a wrong hour is somebody's to tell. */
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  gapsOfTest,
  moveToWindow,
  postponeTest,
  pressureChangeSubscriber,
} from "#src/service/pressure-tests/index.ts";
import { printPostingList } from "#src/service/pressure-tests/print-test.ts";
import { handleEvents } from "#tests/support/handle-events.ts";
import { createTestDesk, fateOf, SHARED, SILENT, type TestDesk, windowOf } from "#tests/support/test-desk.ts";
import { homeId, numberOf } from "#tests/support/test-town.ts";

/** As an old compound has them: the same door on each floor, floors with and without 层, one that says its floor, and a shop. */
const DOORS = [
  [homeId(1, 1, 1), "3", "东户"],
  [homeId(1, 1, 2), "1层", "西户"],
  [homeId(1, 1, 3), "10", "东户"],
  [homeId(1, 1, 4), "2", "201"],
  [homeId(1, 2, 1), "2", "东户"],
  [homeId(1, 2, 2), "3", "东户"],
  [homeId(1, 2, 3), "1", "附1号"],
  [homeId(1, 2, 4), "-1", "西户"],
] as const;

let town: TestDesk;
let roundId: bigint;
let one: bigint;
beforeEach(async () => {
  town = await createTestDesk();
  for (const [id, floor, door] of DOORS) {
    await town.db.owner.sql.run("update premises set floor = :floor, door = :door where id = :id", {
      id,
      floor,
      door,
    });
  }
  const planned = await town.plan();
  roundId = planned.roundId;
  one = planned.tests[0]?.id ?? 0n;
});
afterEach(() => town.db.drop());

test("a door is named with its floor, on paper and in messages, in the order in which one walks", async () => {
  const gaps = await gapsOfTest(town.sql, one, 1, "notice");
  expect(gaps.map((gap) => [gap.stairwell, gap.label])).toEqual([
    ["1单元", "1层西户"],
    ["1单元", "201"],
    ["1单元", "3层东户"],
    ["1单元", "10层东户"],
    ["2单元", "附1号"],
    ["2单元", "-1层西户"],
    ["2单元", "2层东户"],
    ["2单元", "3层东户"],
  ]);
  const list = await town.run((context) => printPostingList(context, one));
  expect(list).toMatchObject({ gaps: gaps.map((gap) => ({ door: gap.label })) });
  await town.tellAll(roundId);
  expect(town.sent.find((order) => order.to === numberOf(SHARED[0]))?.text).toContain(
    "春晖苑1号楼2单元2层东户、春晖苑1号楼2单元3层东户定于",
  );
});

test("who did not hear that it was moved stands in the list with the old hour, is somebody's task, and hears of the next move", async () => {
  await town.tellAll(roundId);
  await town.approveTexts("test-moved");
  town.clockTo("10-24T15:00:00");
  const move = (day: string) =>
    town.run((context) => moveToWindow(context, { id: one, window: windowOf(day), reason: "检修" }));
  const lost = homeId(1, 1, 4);
  await move("2026-11-03");
  await town.carry((number) => (number === numberOf(lost) ? "undelivered" : fateOf(number)));
  await handleEvents(town.db, [pressureChangeSubscriber]);
  await handleEvents(town.db, [pressureChangeSubscriber]);
  expect(await town.tasksOf("pressure-knock")).toMatchObject([
    { state: "open", areaId: 1n, source: `pressure-test:${one}:1:knock` },
  ]);
  const wrong = async (windowNo: number) =>
    (await gapsOfTest(town.sql, one, windowNo, "notice"))
      .filter((gap) => gap.knowsFormer)
      .map((gap) => gap.premisesId);
  // 103 has given no receipt of either: it may know the old hour as well.
  expect(await wrong(2)).toEqual([lost, homeId(1, 1, 3)]);
  const list = await town.run((context) => printPostingList(context, one));
  expect(list).toMatchObject({
    gaps: [
      { door: "1层西户", knowsFormer: false },
      { door: "201", knowsFormer: true },
      { door: "3层东户", knowsFormer: false },
      { door: "10层东户", knowsFormer: true },
    ],
  });
  await move("2026-11-04");
  const second = (await town.toldAt(one, "moved"))[1]?.noticeId ?? 0n;
  await town.carry();
  const audience = await town.audienceOf(second);
  expect(audience).toContain(lost);
  expect(audience).not.toContain(SILENT);
  expect((await town.messagesOf(second)).find((message) => message.account === lost)).toMatchObject({
    state: "delivered",
  });
  expect(await wrong(3)).toEqual([]);
});

test("who was told at the door alone, and has no number, is told of a change by somebody", async () => {
  await town.tellAll(roundId);
  await town.approveTexts("test-postponed");
  await town.knock(one, SILENT, "told");
  await town.run((context) => postponeTest(context, { id: one, reason: "停水" }));
  expect(await town.tasksOf("pressure-knock")).toMatchObject([
    { state: "open", source: `pressure-test:${one}:1:knock` },
  ]);
});

test("a home with a mail address alone is told by mail, of a change as well, and is no gap; a mail that comes back makes it one", async () => {
  await town.db.owner.sql.run(
    `insert into person_mails (person_id, address, source, recorded_at) values (:id, 'silent@example.com', 'test', now())`,
    { id: SILENT },
  );
  await town.tellAll(roundId);
  await town.approveTexts("test-moved");
  expect(town.mails.map(({ to, subject }) => [to, subject])).toEqual([
    ["silent@example.com", "注水试压通知：10月30日09:00-18:00"],
  ]);
  const gaps = async () => (await gapsOfTest(town.sql, one, 1, "notice")).map((gap) => gap.premisesId);
  expect(await gaps()).not.toContain(SILENT);
  town.clockTo("10-24T15:00:00");
  await town.run((context) =>
    moveToWindow(context, { id: one, window: windowOf("2026-11-03"), reason: "检修" }),
  );
  await town.carry(fateOf);
  expect(town.mails.at(-1)).toMatchObject({
    to: "silent@example.com",
    subject: "注水试压改期：11月3日09:00-18:00",
  });
  await town.db.owner.sql.run(
    `update messages set state = 'undelivered' where recipient = 'mailto:silent@example.com'`,
  );
  expect(await gaps()).toContain(SILENT);
});
