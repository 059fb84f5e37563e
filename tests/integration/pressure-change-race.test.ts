/** A test is moved while its words are being sent: nobody hears the old window without hearing of the new one. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { workOnNotice } from "#src/messages/notices/index.ts";
import { moveToWindow, windowStandsCheck } from "#src/service/pressure-tests/index.ts";
import { createTestDesk, SILENT, type TestDesk, windowOf } from "#tests/support/test-desk.ts";
import { until } from "#tests/support/until.ts";
import { homeId } from "#tests/support/test-town.ts";

/** Building 1 has eight homes, one without a number. */
const TOLD = [
  homeId(1, 1, 2),
  homeId(1, 1, 3),
  homeId(1, 1, 4),
  homeId(1, 2, 1),
  homeId(1, 2, 2),
  homeId(1, 2, 3),
  homeId(1, 2, 4),
];

let town: TestDesk;
let one: bigint;
let first: bigint;
beforeEach(async () => {
  town = await createTestDesk();
  const planned = await town.plan();
  one = planned.tests[0]?.id ?? 0n;
  const { noticeIds } = await town.announce(planned.roundId);
  first = noticeIds[0] ?? 0n;
  await town.approve(first);
  await town.approveTexts("test-moved");
  // The sample is gone by the hour of the notice, so that what happens meanwhile happens to the notice.
  await town.carry();
  town.clockTo("10-23T09:00:00");
});
afterEach(() => town.db.drop());

const move = () =>
  town.run((context) => moveToWindow(context, { id: one, window: windowOf("2026-11-03"), reason: "检修" }));
const moved = async (): Promise<bigint> => (await town.toldAt(one, "moved"))[0]?.noticeId ?? 0n;
const fates = async (noticeId: bigint): Promise<string[]> =>
  (await town.messagesOf(noticeId))
    .filter((message) => message.account < 2000n)
    .map(({ state, reason }) => `${state} ${reason}`.trim());

test("who is read again, and not yet called, when the test moves hears of the move", async () => {
  town.meanwhile(move);
  await town.carry();
  // They heard the old window: it stood when they were read again.
  expect(new Set(await fates(first))).toEqual(new Set(["delivered"]));
  expect(await town.audienceOf(await moved())).toEqual(TOLD);
  await town.carry();
  expect(await fates(await moved())).toHaveLength(6);
  expect(new Set(await fates(await moved()))).toEqual(new Set(["delivered"]));
  expect(TOLD).not.toContain(SILENT);
});

test("who was claimed then, and is not called after all, hears nothing of the move", async () => {
  await town.carry(() => "no-receipt");
  const claimed =
    "update messages set state = :state, called_at = null where regarding = 'notice:' || :first::bigint";
  await town.db.owner.sql.run(claimed, { state: "claimed", first });
  await move();
  await workOnNotice({ commands: town.db.commands }, await moved());
  expect(await town.audienceOf(await moved())).toEqual(TOLD);
  await town.db.owner.sql.run(
    `update messages set state = 'skipped', reason = 'test-window-gone' where regarding = 'notice:' || :first::bigint`,
    { first },
  );
  await town.carry();
  expect(new Set(await fates(await moved()))).toEqual(new Set(["skipped test-never-told"]));
});

test("who is read again while a move is under way waits for it", async () => {
  const [home] = TOLD;
  const asked = {
    messageId: 1n,
    purpose: "service-notice" as const,
    step: `notice:${first}`,
    regarding: `notice:${first}`,
    accountId: home ?? null,
    personId: null,
  };
  const check = () => windowStandsCheck.check(town.sql, [asked], town.db.clock.now());
  expect(await check()).toEqual([]);
  let answered: Promise<unknown> = Promise.resolve();
  let hasAnswered = false;
  await town.run(async (context) => {
    await moveToWindow(context, { id: one, window: windowOf("2026-11-03"), reason: "检修" });
    answered = check().then((verdicts) => {
      hasAnswered = true;
      return verdicts;
    });
    await until("the check waits for the move", async () => (await waiting()) > 0);
    expect(hasAnswered).toBe(false);
  });
  expect(await answered).toMatchObject([{ reason: "test-window-gone" }]);
});

const waiting = async (): Promise<number> =>
  Number(
    (
      await town.db.owner.sql.one<{ count: bigint }>(
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      )
    ).count,
  );
