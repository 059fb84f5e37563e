import { addDays, type Day, day, daysBetween } from "#src/kernel/day.ts";
import { assert } from "#src/kernel/errors.ts";

/** A day that differs from "Monday to Friday are worked": a public holiday, or a weekend day worked instead (调休). */
export type CalendarException = { readonly day: Day; readonly working: boolean };

export type WorkingCalendar = {
  isWorkingDay(on: Day): boolean;
  /** The day itself when it is worked, else the next one that is. */
  workingDayFrom(on: Day): Day;
  /** The `count`-th working day after `on`; `on` itself is not counted. `count` 0 is `workingDayFrom(on)`. */
  addWorkingDays(on: Day, count: number): Day;
};

const EPOCH_THURSDAY = day("1970-01-01");

/** 1 = Monday to 7 = Sunday. */
export const weekdayOf = (on: Day): number => {
  const days = daysBetween(EPOCH_THURSDAY, on);
  return ((((days + 3) % 7) + 7) % 7) + 1;
};

/** Longer closures than this do not exist; a calendar that has one is a defect, not a reason to search for ever. */
const LONGEST_CLOSURE_DAYS = 60;

/** Working days as Monday to Friday, corrected by the exceptions (company and bank calendars differ in these only). */
export const workingCalendar = (exceptions: Iterable<CalendarException>): WorkingCalendar => {
  const byDay = new Map<Day, boolean>();
  for (const exception of exceptions) byDay.set(exception.day, exception.working);
  const isWorkingDay = (on: Day): boolean => byDay.get(on) ?? weekdayOf(on) <= 5;
  const workingDayFrom = (on: Day): Day => {
    for (let ahead = 0; ahead <= LONGEST_CLOSURE_DAYS; ahead += 1) {
      const candidate = addDays(on, ahead);
      if (isWorkingDay(candidate)) return candidate;
    }
    assert(false, `a working day within ${LONGEST_CLOSURE_DAYS} days of ${on}`);
  };
  const addWorkingDays = (on: Day, count: number): Day => {
    assert(Number.isInteger(count) && count >= 0, "a whole number of working days, 0 or more");
    if (count === 0) return workingDayFrom(on);
    let reached = on;
    for (let left = count; left > 0; left -= 1) reached = workingDayFrom(addDays(reached, 1));
    return reached;
  };
  return { isWorkingDay, workingDayFrom, addWorkingDays };
};
