/** Clocks that are written together with the commit of the command that opens their case. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { must } from "#src/kernel/errors.ts";
import { wallTimeOfInstant } from "#src/kernel/day.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { findClocks, setRule, startClocksAtEnd } from "#src/service/clocks/index.ts";
import { at, type ClockTown, createClockTown, plantTicket } from "#tests/support/clocks.ts";

let town: ClockTown;
beforeAll(async () => {
  town = await createClockTown();
});
afterAll(() => town.db.drop());

const run = async <T>(work: (context: CommandContext) => Promise<T>): Promise<T> =>
  (await town.db.commands.run({ name: "test.clocks", actor: town.db.actor }, work)).result;

const dueOf = async (ticketId: bigint, kind: string): Promise<string> => {
  const clocks = await findClocks(town.db.database.sql, ticketId, town.db.clock.now());
  return wallTimeOfInstant(
    must(
      clocks.find((clock) => clock.kind === kind),
      kind,
    ).dueAt,
  );
};

test("clocks that are written with the commit are counted by the rule that was changed before them", async () => {
  const openLast = async (): Promise<bigint> => {
    town.db.clock.set(at("2026-11-20 09:00").toISOString());
    const ticketId = await plantTicket(town.db, at("2026-11-20 09:00"));
    await run((context) =>
      startClocksAtEnd(context, {
        ticketId,
        category: "praise.praise",
        severity: "ordinary",
        stationId: null,
        openedAt: context.now,
      }),
    );
    return ticketId;
  };
  const before = await openLast();
  await run((context) =>
    setRule(context, {
      kind: "solution",
      category: "praise",
      severity: null,
      stationOwner: null,
      stationId: null,
      season: null,
      targetMinutes: 90,
      calendar: "service",
      warnPercent: 50,
      source: "服务承诺 2026",
    }),
  );
  // The rules that this process keeps are those of before: the statement refuses them, and the next attempt reads them anew.
  const after = await openLast();
  expect(await dueOf(before, "solution")).not.toBe("2026-11-20 10:30");
  expect(await dueOf(after, "solution")).toBe("2026-11-20 10:30");
});
