/** When a share of a clock's time is used up: what ladders, halfway marks and warnings go by. */
import { loadWorkingTimeVersion, MOST_WORKING_MS, type WorkingTime } from "#src/office/calendars/index.ts";
import type { Sql } from "#src/platform/sql.ts";
import { dueTimeOf, type Pause } from "./due-time.ts";
import { findPauses } from "./queries.ts";

export type SharedClock = {
  readonly clockId: bigint;
  readonly startedAt: Date;
  readonly dueAt: Date;
  /** Both null for a clock that an order from outside gave. */
  readonly calendarId: bigint | null;
  readonly targetMs: bigint | null;
};

const WHOLE = 10_000;

/**
 * The instant at which `shareBasisPoints` of a clock's time are used up: of its working time, pauses left out, where it is
 * counted in a calendar; of the time on the wall where an order gave it. The whole is the due time as it stands.
 * @throws DomainError `calendar.never-opens`
 */
export const shareTimeOf = (
  clock: SharedClock,
  shareBasisPoints: number,
  calendar: WorkingTime | null,
  pauses: readonly Pause[],
): Date => {
  const { startedAt, dueAt, targetMs } = clock;
  if (shareBasisPoints === WHOLE) return dueAt;
  if (calendar === null || targetMs === null) {
    const span = dueAt.getTime() - startedAt.getTime();
    return new Date(startedAt.getTime() + Math.trunc((span * shareBasisPoints) / WHOLE));
  }
  const ms = Math.trunc((Number(targetMs) * shareBasisPoints) / WHOLE);
  return dueTimeOf(calendar, { startedAt, targetMs: Math.min(ms, MOST_WORKING_MS), pauses });
};

/** Reads calendars and pauses of these clocks at once; the calendars are kept in `known` for the next. */
export const loadShareTimes = async (
  sql: Sql,
  clocks: readonly SharedClock[],
  known: Map<bigint, WorkingTime> = new Map(),
): Promise<(clock: SharedClock, shareBasisPoints: number) => Date> => {
  for (const { calendarId } of clocks) {
    if (calendarId === null || known.has(calendarId)) continue;
    const calendar = await loadWorkingTimeVersion(sql, calendarId);
    if (calendar !== null) known.set(calendarId, calendar);
  }
  const pausesOf = new Map<bigint, Pause[]>();
  for (const pause of await findPauses(sql, [...new Set(clocks.map((clock) => clock.clockId))])) {
    const mine = pausesOf.get(pause.clockId);
    if (mine === undefined) pausesOf.set(pause.clockId, [pause]);
    else mine.push(pause);
  }
  return (clock, shareBasisPoints) => {
    const calendar = clock.calendarId === null ? null : (known.get(clock.calendarId) ?? null);
    return shareTimeOf(clock, shareBasisPoints, calendar, pausesOf.get(clock.clockId) ?? []);
  };
};
