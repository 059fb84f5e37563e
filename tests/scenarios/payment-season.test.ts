/**
 * A season of payment notices in a house of twenty homes, by the calendar: bills on 1 September, a gentle word on 20 October, the
 * last days from 8 November, the valve notice on 15 November, the letter on 5 December. Every morning the timetable looks once.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { addDays, type Day } from "#src/kernel/day.ts";
import { makeClosingList, reminderProofs, stageOf } from "#src/money/reminders/index.ts";
import { runProofs } from "#src/money/ledger/index.ts";
import { runIfDue } from "#src/platform/scheduled-runs.ts";
import { advanceReminders } from "#workers/reminders.ts";
import { createOwingTown, on, type OwingTown, toldAtStage } from "#tests/support/reminders.ts";

const HOMES = 20;
const JOB = { name: "reminders", at: "06:30", leaseMs: 60_000, run: advanceReminders };

let town: OwingTown;
beforeAll(async () => {
  town = await createOwingTown(HOMES);
  // Homes 19 and 20 hang on a series loop: their unpaid bill becomes a debt with the season.
  await town.db.owner.sql.run(
    "update charge_point_terms set loop_type = 'series' where charge_point_id in (19, 20)",
  );
});
afterAll(() => town.db.drop());

/** What people do on a day, before the morning's pass of the next one. */
const PAYERS: Readonly<Record<string, readonly number[]>> = {
  "2026-09-03": [1, 2, 3],
  "2026-10-19": [4, 5, 6, 7],
  "2026-10-25": [8],
  "2026-11-08": [9, 10],
  "2026-11-10": [11, 12],
  "2026-11-14": [13],
  "2026-11-20": [14],
};

test("the season", async () => {
  const entered: Record<string, number> = {};
  const days: string[] = [];
  let today: Day = on("2026-09-01");
  while (today <= "2026-12-31") {
    town.at(today);
    // The worker was down for a week in October: one look makes up for it, and the stage of that week is not told late.
    const isDown = today >= "2026-10-18" && today <= "2026-10-22";
    if (!isDown) {
      const done = await runIfDue(town.db.database, JOB, town, town.db.clock.now());
      const outcome = done?.outcome as { stage: string; entered: number };
      days.push(done?.businessDate ?? "none");
      entered[outcome.stage] = (entered[outcome.stage] ?? 0) + outcome.entered;
      const again = await runIfDue(town.db.database, JOB, town, town.db.clock.now());
      if (again !== null) throw new Error(`${today} was run twice`);
    }
    if (today === "2026-10-21") await town.hold(15, "mourning", today, on("2026-11-15"));
    if (today === "2026-11-15") {
      await town.db.owner.sql.run("update bills set state = 'due' where account_id in (19, 20)");
    }
    for (const home of PAYERS[today] ?? []) await town.pay(home);
    today = addDays(today, 1);
  }
  expect(days).toHaveLength(122 - 5);
  expect(new Set(days).size).toBe(days.length);
  expect(entered).toEqual({
    // On 1 September everybody.
    "bill-open": 20,
    // 23 October: without those who have paid (1 to 7) and the mourning one.
    gentle: 12,
    // 8 November: 8 has paid.
    "last-days": 11,
    // 15 November: 9 to 13 have paid, 19 and 20 are no valves; the hold of 15 is over on the 16th.
    "valve-notice": 5,
    "demand-letter": 2,
  });
  expect(await town.stages(1)).toEqual(["bill-open"]);
  expect(await town.stages(14)).toEqual(["bill-open", "gentle", "last-days", "valve-notice"]);
  expect(await town.stages(15)).toEqual(["bill-open", "valve-notice"]);
  expect(await town.stages(19)).toEqual(["bill-open", "gentle", "last-days", "demand-letter"]);
  const standing = await stageOf(town.db.database.sql, { accountId: 19n, day: on("2026-12-31") });
  expect(standing).toMatchObject({ reason: "reached", stage: { code: "demand-letter" }, next: null });
  town.at("2026-12-31");
  const { list } = await town.run((context) => makeClosingList(context, on("2026-12-30"), toldAtStage));
  // 15 to 18; 14 has paid after the notice.
  expect(list).toMatchObject({ rowCount: 4, openFen: 4n * 205_200n });
  expect(await runProofs(town.db.database, reminderProofs)).toEqual([]);
});
