/**
 * The figures of a day (供热阀门日报, before the season): buildings planned, passed, failed and moved, how many homes knew, and the gaps
 * that have a name. Counted from the windows of the day whenever they are asked for; nothing is kept, so nothing can drift.
 */
import { addDays, type Day, instantOfDay } from "#src/kernel/day.ts";
import type { Bindings, Sql } from "#src/platform/sql.ts";
import { countLeaks, countTold, type DayWindow, findWindowsOfDay } from "./figure-queries.ts";
import { basisPoints, reachOfTests } from "./reach.ts";
import type { TestKind, TestState } from "./states.ts";

export type TestFigures = {
  readonly day: Day;
  readonly kind: TestKind;
  /** Buildings with a window that stood when the day began; the next five and `open` add up to it. */
  readonly planned: number;
  readonly passed: number;
  readonly failed: number;
  readonly moved: number;
  readonly postponed: number;
  readonly cancelled: number;
  /** Not over, or nobody has written down how it ended. */
  readonly open: number;
  /** Of the planned ones those that repeat a failed test. */
  readonly retests: number;
  readonly homes: number;
  /** By message or paper, before anybody knocked, and with the doors that answered. */
  readonly reachedBefore: number;
  readonly reached: number;
  /** Hundredths of a per cent; never 100.00 while a home is missing. */
  readonly reachBefore: number;
  readonly reach: number;
  /** Homes that nothing reached: with a word on what was done, and without one. */
  readonly namedGaps: number;
  readonly unnamedGaps: number;
  readonly leaks: number;
  readonly leaksIsolated: number;
  /** Homes told of it, by stage. */
  readonly told: Readonly<Record<string, number>>;
};

const ENDED: Readonly<Partial<Record<TestState, "passed" | "failed">>> = {
  passed: "passed",
  failed: "failed",
  retesting: "failed",
};
const ENDED_BY = { move: "moved", postpone: "postponed", cancel: "cancelled" } as const;

const endOf = (window: DayWindow) =>
  window.endedBy === null ? (ENDED[window.state] ?? "open") : ENDED_BY[window.endedBy];

/** @param scope of the actor, by `scopeBindings`: what lies outside is not counted */
export const figuresOfDay = async (
  sql: Sql,
  scope: Bindings,
  { day, kind }: { readonly day: Day; readonly kind: TestKind },
): Promise<TestFigures> => {
  const windows = await findWindowsOfDay(sql, {
    ...scope,
    kind,
    from: instantOfDay(day),
    until: instantOfDay(addDays(day, 1)),
  });
  const ends = { passed: 0, failed: 0, moved: 0, postponed: 0, cancelled: 0, open: 0 };
  for (const window of windows) ends[endOf(window)] += 1;
  const reach = await reachOfTests(sql, windows, "notice");
  const testIds = windows.map((window) => window.testId);
  const told = await countTold(sql, { testIds, windowNos: windows.map((window) => window.windowNo) });
  const { leaks, isolated } = await countLeaks(sql, testIds);
  return {
    day,
    kind,
    planned: windows.length,
    ...ends,
    retests: windows.filter((window) => window.isRetest).length,
    homes: reach.homes,
    reachedBefore: reach.reachedBefore,
    reached: reach.reached,
    reachBefore: basisPoints(reach.reachedBefore, reach.homes),
    reach: basisPoints(reach.reached, reach.homes),
    namedGaps: reach.homes - reach.reached - reach.unnamed,
    unnamedGaps: reach.unnamed,
    leaks,
    leaksIsolated: isolated,
    told: Object.fromEntries(told.map(({ stage, homes }) => [stage, homes])),
  };
};
