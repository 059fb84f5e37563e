import { describe, expect, test } from "vitest";
import { type Day, day, wallTimeOfInstant } from "#src/kernel/day.ts";
import { holidays2026 } from "./holidays-2026.ts";
import { zhengzhouSeason } from "./seasons.ts";
import {
  addWorkingMs,
  type Block,
  type DayKind,
  formatBlock,
  type Hours,
  isOpen,
  nextOpening,
  parseBlock,
  workingMsBetween,
  workingTime,
} from "./working-time.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const at = (wall: string): Date => new Date(`${wall.replace(" ", "T")}:00+08:00`);
const on = (kinds: readonly DayKind[], ...blocks: string[]): Hours =>
  Object.fromEntries(kinds.map((kind) => [kind, blocks.map(parseBlock)]));
const everyDay: readonly DayKind[] = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const week: readonly DayKind[] = [1, 2, 3, 4, 5, 9];

const calendarOf = (heating: Hours, other: Hours, name = "service") =>
  workingTime({
    name,
    heating,
    other,
    seasons: [2025, 2026].map(zhengzhouSeason),
    exceptions: new Map<Day, boolean>(holidays2026.days.map((entry) => [entry.day, entry.working])),
  });
const service = calendarOf(on(everyDay, "00:00-24:00"), on(week, "08:30-12:00", "14:00-18:00"));

describe("due times", () => {
  test.each([
    ["the lunch break does not count", "2026-09-01 11:45", 30, "2026-09-01 14:15"],
    [
      "what ends with a block ends there, not at the next opening",
      "2026-09-01 17:00",
      60,
      "2026-09-01 18:00",
    ],
    ["a call after hours begins to count in the morning", "2026-09-01 20:10", 30, "2026-09-02 09:00"],
    ["over a weekend", "2026-09-04 17:45", 30, "2026-09-07 08:45"],
    ["over the golden week to a Thursday", "2026-09-30 17:45", 30, "2026-10-08 08:45"],
    ["a make-up Saturday is worked", "2026-10-09 17:45", 30, "2026-10-10 08:45"],
    ["in the season the night counts, with no hole at midnight", "2026-11-20 23:50", 30, "2026-11-21 00:20"],
    ["in the season a holiday counts too", "2026-02-17 03:00", 120, "2026-02-17 05:00"],
    ["the last evening before the season waits for midnight", "2026-11-13 17:30", 60, "2026-11-15 00:30"],
    ["the season ends at midnight in the middle of a count", "2026-03-14 23:30", 60, "2026-03-16 09:00"],
  ])("%s", (_sentence, from, minutes, due) => {
    expect(wallTimeOfInstant(addWorkingMs(service, at(from), minutes * MINUTE))).toBe(due);
  });

  test("a block past midnight belongs to the day on which it begins", () => {
    const night = calendarOf(on([5], "20:00-08:00"), on([5], "20:00-08:00"));
    expect(wallTimeOfInstant(addWorkingMs(night, at("2026-09-04 19:00"), 12 * HOUR))).toBe(
      "2026-09-05 08:00",
    );
    expect(isOpen(night, at("2026-09-05 07:59"))).toBe(true);
    expect(isOpen(night, at("2026-09-05 08:00"))).toBe(false);
    expect(isOpen(night, at("2026-09-04 07:00"))).toBe(false);
  });

  test("working time between two instants, and backwards negative", () => {
    const [from, until] = [at("2026-09-01 11:00"), at("2026-09-02 09:00")];
    expect(workingMsBetween(service, from, until)).toBe(5.5 * HOUR);
    expect(workingMsBetween(service, until, from)).toBe(-5.5 * HOUR);
  });

  test("the next opening is now, or when the doors open", () => {
    expect(nextOpening(service, at("2026-09-01 09:00"))).toEqual(at("2026-09-01 09:00"));
    expect(nextOpening(service, at("2026-09-01 12:00"))).toEqual(at("2026-09-01 14:00"));
    expect(nextOpening(service, at("2026-10-01 12:00"))).toEqual(at("2026-10-08 08:30"));
  });
});

describe("what is refused", () => {
  const closed = calendarOf({}, {}, "closed");
  const code = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      return (error as { code?: string }).code ?? "no code";
    }
    return "nothing";
  };

  test("hours that never open are refused by name, not searched for ever", () => {
    expect(code(() => addWorkingMs(closed, at("2026-09-01 09:00"), 1))).toBe("calendar.never-opens");
    expect(code(() => nextOpening(closed, at("2026-09-01 09:00")))).toBe("calendar.never-opens");
    expect(workingMsBetween(closed, at("2026-09-01 09:00"), at("2026-12-01 09:00"))).toBe(0);
    expect(addWorkingMs(closed, at("2026-09-01 09:00"), 0)).toEqual(at("2026-09-01 09:00"));
  });

  test("a calendar for the season only is closed all summer and still opens", () => {
    const seasonal = calendarOf(on(everyDay, "00:00-24:00"), {});
    expect(nextOpening(seasonal, at("2026-03-15 00:00"))).toEqual(at("2026-11-15 00:00"));
    expect(code(() => nextOpening(seasonal, at("2027-03-15 00:00")))).toBe("calendar.never-opens");
  });

  test("a duration is a whole number of milliseconds up to a year", () => {
    for (const ms of [-1, 0.5, Number.NaN, 367 * 24 * HOUR]) {
      expect(code(() => addWorkingMs(service, at("2026-09-01 09:00"), ms))).toBe("calendar.duration");
    }
  });

  test.each(["8:30-12:00", "25:00-26:00", "08:30", "08:30-24:30", ""])("%j are no hours", (text) => {
    expect(code(() => parseBlock(text))).toBe("calendar.hours-unreadable");
  });
});

test("blocks are read as they are written", () => {
  for (const text of ["00:00-24:00", "08:30-12:00", "20:00-08:00", "08:00-08:00", "12:00-24:00"]) {
    expect(formatBlock(parseBlock(text))).toBe(text);
  }
  expect(parseBlock("20:00-08:00")).toEqual<Block>({ fromMinute: 1200, untilMinute: 1920 });
  expect(day("2026-11-15")).toBe("2026-11-15");
});
