/** The rule of a pass, line by line. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { DomainError } from "#src/kernel/errors.ts";
import { isolateLeak, joinLeak, passTest, recordReading } from "#src/service/pressure-tests/index.ts";
import { createTestDatabase } from "#tests/support/database.ts";
import { createTestTown, homeId, type TestTown } from "#tests/support/test-town.ts";
import { openCase } from "#tests/support/tickets.ts";
import { readTextTable } from "./rows.ts";

const lines = readTextTable("pressure-held.txt", 4);
let town: TestTown;
beforeAll(async () => {
  const db = await createTestDatabase("2026-10-20T10:00:00+08:00");
  town = await createTestTown(db, { buildings: lines.length, stairwells: 1, homes: 1 });
});
afterAll(() => town.db.drop());

const running = async (building: number): Promise<bigint> => {
  const { tests } = await town.plan({ stationId: undefined, buildingIds: [BigInt(building)] });
  const id = tests[0]?.id ?? 0n;
  await town.db.owner.sql.run(
    `update pressure_tests set state = 'running', begun_at = :now::timestamptz - interval '4 hours' where id = :id`,
    { id, now: town.db.clock.now() },
  );
  return id;
};

test.each(lines.map((line, index) => ({ ...line, building: index + 1 })))(
  "$proves",
  async ({ cells, building }) => {
    const [readings = "", leak = "", outcome = ""] = cells;
    const id = await running(building);
    for (const reading of readings === "-" ? [] : readings.split(",")) {
      const [startKpa = 0, holdMinutes = 0, endKpa = 0] = reading.trim().split("/").map(Number);
      await town.run((context) =>
        recordReading(context, id, {
          measuredAt: context.now,
          startKpa,
          holdMinutes,
          endKpa,
          gaugeNo: "P-1",
          measurerName: "钱师傅",
          witnessName: "物业孙某",
          witnessOf: "property-firm",
          note: "",
        }),
      );
    }
    if (leak !== "none") {
      const { ticketNo } = await openCase(town.db, {
        category: "fault.leak",
        accountId: homeId(building, 1, 1),
        summary: "接口漏水",
      });
      await town.run((context) => joinLeak(context, id, ticketNo));
      if (leak === "isolated") await town.run((context) => isolateLeak(context, { testId: id, ticketNo }));
    }
    const found = await town
      .run((context) => passTest(context, { id }))
      .then(
        (changed) => changed.state,
        (error: unknown) => {
          if (error instanceof DomainError) return error.code;
          throw error;
        },
      );
    expect(found).toBe(outcome);
  },
);
