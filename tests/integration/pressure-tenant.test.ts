/** Whoever moves in between the approval of a notice and its hour is told, or stands by name in the list of doors to knock on. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { gapsOfTest } from "#src/service/pressure-tests/index.ts";
import { createTestDesk, fateOf, SHARED, type TestDesk } from "#tests/support/test-desk.ts";
import { homeId, numberOf } from "#tests/support/test-town.ts";

let town: TestDesk;
let roundId: bigint;
let one: bigint;
beforeEach(async () => {
  town = await createTestDesk();
  const planned = await town.plan();
  roundId = planned.roundId;
  one = planned.tests[0]?.id ?? 0n;
  await town.tellAll(roundId);
  town.clockTo("10-24T15:00:00");
});
afterEach(() => town.db.drop());

test("a tenant who moved in since the approval hears of the day before; where no message can go there the door stands in the list", async () => {
  const { noticeIds } = await town.announce(roundId, "day-before");
  const noticeId = noticeIds[0] ?? 0n;
  await town.approve(noticeId);
  // Queued, and put off to its hour.
  await town.carry(fateOf);
  const landlord = homeId(1, 2, 3);
  const tenants = [
    { id: 900_001n, home: landlord, number: "+8613966660001" },
    { id: 900_002n, home: SHARED[0], number: "+8613966660002" },
  ];
  for (const tenant of tenants) {
    await town.db.owner.sql.run(
      "insert into people (id, name, folded_name) values (:id, '租户', '租户')",
      tenant,
    );
    await town.db.owner.sql.run(
      `insert into person_phones (person_id, number, kind, as_written, confirmed) values (:id, :number, 'mobile', '', true)`,
      tenant,
    );
    await town.db.owner.sql.run(
      "insert into account_roles (account_id, person_id, role, valid) values (:home, :id, 'tenant', daterange('2026-10-25', null))",
      tenant,
    );
  }
  const before = town.sent.length;
  town.clockTo("10-29T09:00:00");
  await town.carry(fateOf);
  const sent = town.sent.slice(before);
  expect(sent.filter((order) => order.to === "+8613966660001").map((order) => order.text)).toEqual([
    expect.stringContaining("春晖苑1号楼2单元3将于10月30日"),
  ]);
  expect(sent.filter((order) => order.to === numberOf(landlord))).toEqual([]);
  // The phone of two homes: its owner hears of the other one alone.
  const shared = sent.filter((order) => order.to === numberOf(SHARED[0]));
  expect(shared).toHaveLength(1);
  expect(shared[0]?.text).toContain("春晖苑1号楼2单元2将于");
  expect(shared[0]?.text).not.toContain("春晖苑1号楼2单元1");
  const gaps = (await gapsOfTest(town.sql, one, 1, "notice")).map((gap) => gap.premisesId);
  expect(gaps).toContain(SHARED[0]);
  expect(gaps).not.toContain(SHARED[1]);
  expect(gaps).not.toContain(landlord);
});
