/** Today's tests of a building, for whoever takes its calls: the screen pop, the menu. */
import { addDays, type Day, instantOfDay } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import { type BuildingTest, findTestsOfBuilding } from "./queries.ts";
import { formatTestNo, formatWindow } from "./schema.ts";

export type TestToday = {
  readonly testId: bigint;
  readonly testNo: string;
  readonly kind: BuildingTest["kind"];
  readonly state: BuildingTest["state"];
  /** '' while nobody knows when: it was to be today and is put off or called off. */
  readonly window: string;
  readonly contactName: string;
  readonly contactNumber: string;
};

/** What is or was to be tested in the building on a day, the moved and the called off too: people ask about just these. */
export const testsOfBuilding = async (sql: Sql, buildingId: bigint, day: Day): Promise<TestToday[]> => {
  const found = await findTestsOfBuilding(sql, {
    buildingId,
    from: instantOfDay(day),
    until: instantOfDay(addDays(day, 1)),
  });
  return found.map((test) => ({
    testId: test.id,
    testNo: formatTestNo(test.id),
    kind: test.kind,
    state: test.state,
    window: test.state === "cancelled" ? "" : formatWindow(test.startsAt, test.endsAt),
    contactName: test.contactName,
    contactNumber: test.contactNumber,
  }));
};
