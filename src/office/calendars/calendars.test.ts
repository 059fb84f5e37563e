import { describe, expect, test } from "vitest";
import { addDays, day, daysBetween } from "#src/kernel/day.ts";
import { holidays2026 } from "./holidays-2026.ts";
import {
  billingSeasonOf,
  lastHeatingDay,
  seasonLike,
  seasonName,
  seasonOf,
  zhengzhouSeason,
} from "./seasons.ts";
import { weekdayOf, workingCalendar } from "./working-days.ts";

const seasons = [2025, 2026, 2027].map(zhengzhouSeason);

describe("seasons", () => {
  test.each([
    ["2026-11-14", null],
    ["2026-11-15", 2026],
    ["2027-03-14", 2026],
    ["2027-03-15", null],
    ["2027-11-15", 2027],
  ])("%s lies in season %s", (on, season) => {
    expect(seasonOf(seasons, day(on))?.id ?? null).toBe(season);
  });

  test.each([
    ["2025-08-31", null],
    ["2026-08-31", 2025],
    ["2026-09-01", 2026],
    ["2027-03-20", 2026],
  ])("on %s the bills of %s are current", (on, season) => {
    expect(billingSeasonOf(seasons.toReversed(), day(on))?.id ?? null).toBe(season);
  });

  test("a leap season has 121 calendar days, the others 120", () => {
    const lengths = [2013, 2022, 2023, 2026, 2027].map((id) => {
      const season = zhengzhouSeason(id);
      return daysBetween(season.startsOn, season.endsOn);
    });
    expect(lengths).toEqual([120, 120, 121, 120, 121]);
    expect(lastHeatingDay(zhengzhouSeason(2026))).toBe("2027-03-14");
    expect(seasonName(2026)).toBe("2026–2027");
  });
});

test("an old season has the calendar dates of the first one known, also without a 29 February", () => {
  expect(seasonLike(zhengzhouSeason(2025), 1998)).toEqual(zhengzhouSeason(1998));
  const leap = { ...zhengzhouSeason(2023), endsOn: day("2024-02-29") };
  expect(seasonLike(leap, 2021).endsOn).toBe("2022-02-28");
});

describe("working days", () => {
  const calendar = workingCalendar(holidays2026.days);

  test("weekdays are known before and after 1970", () => {
    expect(weekdayOf(day("1970-01-01"))).toBe(4);
    expect(weekdayOf(day("1969-12-28"))).toBe(7);
    expect(weekdayOf(day("2026-11-23"))).toBe(1);
  });

  test("a holiday on a weekday is off, a make-up Saturday is worked", () => {
    expect(calendar.isWorkingDay(day("2026-10-01"))).toBe(false);
    expect(calendar.isWorkingDay(day("2026-10-10"))).toBe(true);
    expect(calendar.isWorkingDay(day("2026-10-11"))).toBe(false);
    expect(calendar.workingDayFrom(day("2026-10-01"))).toBe("2026-10-08");
  });

  test("every make-up day is a weekend day, and every notice names at least one day off on a weekday", () => {
    const worked = holidays2026.days.filter((entry) => entry.working);
    expect(worked.filter((entry) => weekdayOf(entry.day) <= 5)).toEqual([]);
    expect(worked.length).toBeGreaterThan(3);
    const daysOff = holidays2026.days.filter((entry) => !entry.working);
    expect(new Set(daysOff.map((entry) => entry.day)).size).toBe(daysOff.length);
  });

  test("counting working days skips the golden week", () => {
    expect(calendar.addWorkingDays(day("2026-09-30"), 1)).toBe("2026-10-08");
    expect(calendar.addWorkingDays(day("2026-09-30"), 3)).toBe("2026-10-10");
    expect(calendar.addWorkingDays(day("2026-10-03"), 0)).toBe("2026-10-08");
  });

  test("a calendar without an open day is a defect, not an endless search", () => {
    const closed = Array.from({ length: 400 }, (_, offset) => ({
      day: addDays(day("2026-01-01"), offset),
      working: false,
    }));
    expect(() => workingCalendar(closed).workingDayFrom(day("2026-01-01"))).toThrow(/working day within/);
  });
});
