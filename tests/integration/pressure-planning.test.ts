/** Planning a round of pressure tests: whose buildings, which windows, and what is refused. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { moveToWindow, planRound } from "#src/service/pressure-tests/index.ts";
import { codeOf, createTestDesk, type TestDesk, windowOf } from "#tests/support/test-desk.ts";

let town: TestDesk;

describe("planning", () => {
  beforeAll(async () => {
    town = await createTestDesk();
  });
  afterAll(() => town.db.drop());

  test("one test for each building of the station, in a window of its own where one is given", async () => {
    const { roundId, tests } = await town.plan({
      windows: [{ buildingId: 3n, ...windowOf("2026-10-31") }],
      title: "东区第一批",
    });
    expect(tests.map((one) => one.buildingId)).toEqual([1n, 2n, 3n]);
    const rows = await town.rows<{ starts: string }>(
      `select to_char(starts_at at time zone 'Asia/Shanghai', 'MM-DD HH24:MI') as starts from pressure_tests
       where round_id = :roundId order by id`,
      { roundId },
    );
    expect(rows.map((row) => row.starts)).toEqual(["10-30 09:00", "10-30 09:00", "10-31 09:00"]);
    expect(await town.rows("select 1 from messages")).toEqual([]);
  });

  test("a building has one test of a kind ahead; a cold run beside it is another event", async () => {
    expect(await codeOf(town.plan({ buildingIds: [1n], stationId: undefined }))).toBe(
      "pressure-test.building-planned",
    );
    const cold = await town.plan({
      kind: "cold-run",
      pressure: undefined,
      window: {
        startsAt: new Date("2026-11-01T08:00:00+08:00"),
        endsAt: new Date("2026-11-05T08:00:00+08:00"),
      },
    });
    expect(cold.tests).toHaveLength(3);
  });

  test.each([
    ["nothing named", { stationId: undefined }, "supply.nothing-named"],
    ["a window that is past", { window: windowOf("2026-10-19") }, "pressure-test.window-refused"],
    [
      "a pressure test of two days",
      { window: { startsAt: windowOf("2026-11-01").startsAt, endsAt: windowOf("2026-11-03").endsAt } },
      "pressure-test.window-refused",
    ],
    ["a pressure test that holds nothing", { pressure: undefined }, "pressure-test.pressure-refused"],
    ["a cold run that holds something", { kind: "cold-run" }, "pressure-test.pressure-refused"],
    [
      "a window for a stranger",
      { buildingIds: [1n], stationId: undefined, windows: [{ buildingId: 2n, ...windowOf("2026-11-01") }] },
      "pressure-test.building-unknown",
    ],
    ["a word for a number", { contactNumber: "abc" }, "phone.unreadable"],
    ["the police for the number to ring", { contactNumber: "110" }, "phone.unreadable"],
  ] as const)("%s is refused", async (_name, round, code) => {
    expect(await codeOf(town.plan(round))).toBe(code);
  });

  test("whoever is bound to an area plans there and nowhere else", async () => {
    const plan = (buildingIds: bigint[], manager = town.eastManager) =>
      town.run(
        (context) =>
          planRound(context, {
            kind: "pressure",
            buildingIds,
            window: windowOf("2026-11-20"),
            contactName: "赵师傅",
            contactNumber: "0371-60000000",
            pressure: { requiredKpa: 800, holdMinutes: 30, allowedDropKpa: 20 },
          }),
        manager,
      );
    await town.db.owner.sql.run("update pressure_tests set state = 'cancelled'");
    expect(await codeOf(plan([1n, 3n]))).toBe("pressure-test.beyond-scope");
    expect(await codeOf(plan([1n, 2n]))).toBe("done");
    const own = await town.rows<{ id: bigint }>(
      "select id from pressure_tests where state = 'planned' and building_id = 1",
    );
    const move = (actor: typeof town.eastManager) =>
      town.run(
        (context) =>
          moveToWindow(context, { id: own[0]?.id ?? 0n, window: windowOf("2026-11-21"), reason: "人员不足" }),
        actor,
      );
    expect(await codeOf(move(town.westManager))).toBe("pressure-test.not-found");
    expect(await codeOf(move(town.eastManager))).toBe("done");
  });
});
