/** The commands of a test keep the table of its states: every pair of state and command, on the database. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DomainError } from "#src/kernel/errors.ts";
import {
  announceRound,
  beginTest,
  cancelTest,
  failTest,
  moveToWindow,
  passTest,
  postponeTest,
  retestTest,
} from "#src/service/pressure-tests/index.ts";
import {
  TEST_COMMANDS,
  TEST_STATES,
  TEST_TRANSITIONS,
  type TestCommand,
  type TestState,
} from "#src/service/pressure-tests/states.ts";
import { createTestDatabase } from "#tests/support/database.ts";
import { createTestTown, homeId, type TestTown } from "#tests/support/test-town.ts";

/** The expected end of every pair, written by hand: a change of the table must be made here too. All others are refused. */
const EXPECTED: Readonly<Record<string, TestState>> = {
  "planned announce": "announced",
  "planned move": "planned",
  "planned postpone": "postponed",
  "planned cancel": "cancelled",
  "announced announce": "announced",
  "announced begin": "running",
  "announced move": "planned",
  "announced postpone": "postponed",
  "announced cancel": "cancelled",
  "running pass": "passed",
  "running fail": "failed",
  "running move": "planned",
  "running postpone": "postponed",
  "failed retest": "retesting",
  "postponed move": "planned",
  "postponed cancel": "cancelled",
};
const PAIRS = TEST_STATES.flatMap((from) => TEST_COMMANDS.map((command) => ({ from, command })));

let town: TestTown;
let building = 0;
beforeAll(async () => {
  const db = await createTestDatabase("2026-10-20T10:00:00+08:00");
  town = await createTestTown(db, { buildings: PAIRS.length, stairwells: 1, homes: 1 });
});
afterAll(() => town.db.drop());

const AHEAD = {
  startsAt: new Date("2026-11-05T09:00:00+08:00"),
  endsAt: new Date("2026-11-05T18:00:00+08:00"),
};

/** A test in a state, as the owner of the database puts it there: the commands are what is tested. Its guards hold. */
const testIn = async (state: TestState, command: TestCommand) => {
  building += 1;
  const { roundId, tests } = await town.plan({ stationId: undefined, buildingIds: [BigInt(building)] });
  const id = tests[0]?.id ?? 0n;
  const { sql } = town.db.owner;
  const now = town.db.clock.now();
  const isNow = command === "begin" || command === "pass" || command === "fail";
  await sql.run(
    `update pressure_tests set state = :state, begun_at = case when :isNow or :state = 'running' then :now::timestamptz - interval '1 hour' end,
       starts_at = case when :state = 'postponed' then null when :isNow then :now::timestamptz - interval '2 hours' else starts_at end,
       ends_at = case when :state = 'postponed' then null when :isNow then :now::timestamptz + interval '6 hours' else ends_at end
     where id = :id`,
    { id, state, isNow, now },
  );
  await sql.run(
    `insert into pressure_readings (test_id, ordinal, measured_at, start_kpa, hold_minutes, end_kpa, gauge_no, measurer_name,
       witness_name, witness_of, recorded_at)
     values (:id, 1, :now, 820, 30, 815, 'P-1', '钱师傅', '物业孙某', 'property-firm', :now)`,
    { id, now },
  );
  await sql.run(
    `insert into pressure_doors (test_id, window_no, premises_id, paper, outcome, at, by_name)
     values (:id, 1, :home, 'notice', 'told', :now, 'test')`,
    { id, home: homeId(building, 1, 1), now },
  );
  return { id, roundId };
};

const give = (command: TestCommand, id: bigint, roundId: bigint): Promise<unknown> =>
  town.run(async (context) => {
    const reason = "a reason in words";
    switch (command) {
      case "announce":
        return announceRound(context, roundId, "week-before");
      case "begin":
        return beginTest(context, { id });
      case "pass":
        return passTest(context, { id });
      case "fail":
        return failTest(context, { id, reason });
      case "retest":
        return retestTest(context, { id, window: AHEAD });
      case "move":
        return moveToWindow(context, { id, window: AHEAD, reason });
      case "postpone":
        return postponeTest(context, { id, reason });
      case "cancel":
        return cancelTest(context, { id, reason });
    }
  });

const rowOf = async (id: bigint) =>
  (
    await town.rows<{ state: string; version: number; windowNo: number; windows: bigint }>(
      `select state, version, window_no as "windowNo",
         (select count(*) from pressure_windows where test_id = test.id) as windows
       from pressure_tests test where id = :id`,
      { id },
    )
  )[0];

/** The state after a command, or the code of its refusal. */
const outcomeOf = async (command: TestCommand, id: bigint, roundId: bigint): Promise<string> => {
  try {
    await give(command, id, roundId);
    return (await rowOf(id))?.state ?? "gone";
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
};

describe("the table of transitions", () => {
  test("lists every pair once", () => {
    const keys = TEST_TRANSITIONS.map((row) => `${row.from} ${row.command}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
  });

  test.each(PAIRS)("$from takes $command as the table says", async ({ from, command }) => {
    const { id, roundId } = await testIn(from, command);
    const before = await rowOf(id);
    const expected = EXPECTED[`${from} ${command}`];
    // A round is told of what it may be told of; a test that takes no announcement is none of it.
    const refusal = command === "announce" ? "pressure-test.nothing-to-tell" : "pressure-test.refused";
    expect(await outcomeOf(command, id, roundId)).toBe(expected ?? refusal);
    const isMoved = command === "move" && expected !== undefined;
    expect(await rowOf(id)).toEqual(
      expected === undefined
        ? before
        : {
            state: expected,
            version: (before?.version ?? 0) + 1,
            windowNo: isMoved ? 2 : 1,
            windows: isMoved ? 2n : 1n,
          },
    );
  });
});
