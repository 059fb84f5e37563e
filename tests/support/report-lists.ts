/** The lists behind the numbers of reports, read whole by somebody who sees the whole company. */
import { expect } from "vitest";
import type { BankDayView } from "#src/bank/reconciliation/index.ts";
import type { Day } from "#src/kernel/day.ts";
import { systemActor } from "#src/platform/actor.ts";
import type { Sql } from "#src/platform/sql.ts";
import { type ListRow, readList, requireList, spanOf } from "#src/reports/index.ts";

export const listOfDay = async (
  sql: Sql,
  on: Day,
  [name, part]: readonly [string, string],
  channel?: string,
): Promise<readonly ListRow[]> => {
  const actor = systemActor("test");
  const days = { from: on, to: on, today: on, now: new Date(`${on}T23:00:00+08:00`) };
  const span = await spanOf(sql, actor, days, { channel });
  const { list } = requireList(actor, name, part);
  return readList(sql, list, { ...span, part, beforeId: null, limit: 10_000 });
};

/** Behind each part of a bank day's bridge stand rows that add up to it. */
export const holdBridge = async (sql: Sql, day: BankDayView): Promise<void> => {
  for (const [part, { fen }] of Object.entries({ ours: day.bridge.ours, ...day.bridge.differences })) {
    const rows = await listOfDay(sql, day.day, ["bridge", part], day.channel);
    const sum = rows.reduce((total, { cells }) => total + BigInt(cells["fen"] ?? 0), 0n);
    expect([part, sum]).toEqual([part, fen]);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  }
};

/** How many doors and buildings stand behind the figures of a day of pressure tests. */
export const testsByLists = async (sql: Sql, on: Day) => {
  const count = async (list: string, part: string) => (await listOfDay(sql, on, [list, part])).length;
  return {
    planned: await count("tests", "planned"),
    passed: await count("tests", "passed"),
    failed: await count("tests", "failed"),
    moved: await count("tests", "moved"),
    postponed: await count("tests", "postponed"),
    open: await count("tests", "open"),
    homes: await count("testDoors", "all"),
    reached: await count("testDoors", "reached"),
    namedGaps: await count("testDoors", "named"),
    unnamedGaps: await count("testDoors", "unnamed"),
  };
};
