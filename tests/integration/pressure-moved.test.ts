/** A window that was moved: the word of the move and the announcement of the new window are together for every home, once. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { cancelNotice, findNotice, stopNotice } from "#src/messages/notices/index.ts";
import { gapsOfTest, moveToWindow, setPropertyFirm } from "#src/service/pressure-tests/index.ts";
import {
  codeOf,
  createTestDesk,
  fateOf,
  FIRM,
  SILENT,
  type TestDesk,
  windowOf,
} from "#tests/support/test-desk.ts";
import { homeId } from "#tests/support/test-town.ts";

let town: TestDesk;
let roundId: bigint;
let one: bigint;
beforeEach(async () => {
  town = await createTestDesk();
  await town.run((context) => setPropertyFirm(context, { communityId: 1n, name: "春晖物业", number: FIRM }));
  const planned = await town.plan();
  roundId = planned.roundId;
  one = planned.tests[0]?.id ?? 0n;
  await town.tellAll(roundId);
  town.clockTo("10-24T15:00:00");
});
afterEach(() => town.db.drop());

const move = async (date = "2026-11-03"): Promise<bigint> => {
  await town.run((context) => moveToWindow(context, { id: one, window: windowOf(date), reason: "检修" }));
  return (await town.toldAt(one, "moved")).at(-1)?.noticeId ?? 0n;
};
const toFirm = () => town.sent.filter((order) => order.to === FIRM).map((order) => order.text);

test("homes that never heard of the old window are told of the new one, also while the move waits for its approval", async () => {
  const moved = await move();
  expect(await findNotice(town.sql, moved)).toMatchObject({ state: "draft" });
  const { noticeIds, testIds } = await town.announce(roundId);
  expect(testIds).toEqual([one]);
  // What was told at this stage is not told again, by no person and by no morning.
  expect(await codeOf(town.announce(roundId))).toBe("pressure-test.nothing-to-tell");
  expect(await town.morning()).toBe(0);
  await town.approve(noticeIds[0] ?? 0n);
  await town.approve(moved);
  await town.carry(fateOf);
  // 101 has no number, 102 did not get the first; the other six hear that it was moved.
  expect(await town.audienceOf(noticeIds[0] ?? 0n)).toEqual([SILENT, homeId(1, 1, 2)]);
  expect(await town.audienceOf(moved)).toHaveLength(6);
  // Of the round, and of the move: the announcement says nothing new to the firm.
  expect(toFirm()).toHaveLength(2);
});

test("with the word of the move thrown away every home is announced the new window", async () => {
  const moved = await move();
  await town.run((context) => cancelNotice(context, moved, null, "直接公告新时间"));
  const { noticeIds } = await town.announce(roundId);
  await town.approve(noticeIds[0] ?? 0n);
  expect(await town.audienceOf(noticeIds[0] ?? 0n)).toHaveLength(8);
});

test("moved back before anybody heard of another window: homes that have the very words are reached by them, and get them once", async () => {
  await town.approveTexts("test-moved");
  await move();
  await town.carry(fateOf);
  const reached = (await gapsOfTest(town.sql, one, 2, "notice")).map((gap) => gap.premisesId);
  const other = await move("2026-11-05");
  await town.run((context) => stopNotice(context, other, "改回"));
  const back = await move();
  await town.carry(fateOf);
  // What arrived is not said again; 103 gave no receipt and has it as well as anybody knows.
  expect(await town.messagesOf(back)).toEqual([]);
  expect(await findNotice(town.sql, back)).toMatchObject({ households: 6, reachable: 0 });
  expect((await gapsOfTest(town.sql, one, 4, "notice")).map((gap) => [gap.premisesId, gap.reason])).toEqual([
    [SILENT, "not-sent"],
    [homeId(1, 1, 2), "not-sent"],
    [homeId(1, 1, 3), "no-receipt"],
  ]);
  expect(reached).toEqual([SILENT, homeId(1, 1, 2), homeId(1, 1, 3)]);
});

test("the firm hears of every change of a window that it knows, and of two that wait for the morning the last alone", async () => {
  await move();
  await town.carry(fateOf);
  // Nobody announced the window that ends here: the firm knows it from the first change.
  await move("2026-11-05");
  await town.carry(fateOf);
  expect(toFirm().map((text) => text.match(/\d+月\d+日/u)?.[0])).toEqual(["10月30日", "11月3日", "11月5日"]);
  town.clockTo("10-24T23:00:00");
  await move("2026-11-06");
  await move("2026-11-07");
  await town.carry(fateOf);
  expect(toFirm()).toHaveLength(3);
  town.clockTo("10-25T09:00:00");
  await town.carry(fateOf);
  expect(toFirm().slice(3)).toEqual([expect.stringContaining("11月7日")]);
});
