import { expect, test } from "vitest";
import { DAY_KINDS, parseBlock, workingTime } from "#src/office/calendars/index.ts";
import { type SharedClock, shareTimeOf } from "./share-time.ts";

const hours = Object.fromEntries(
  DAY_KINDS.map((kind) => [kind, kind < 6 ? ["08:30-12:00", "14:00-18:00"].map(parseBlock) : []]),
);
const OFFICE = workingTime({
  name: "office",
  heating: hours,
  other: hours,
  seasons: [],
  exceptions: new Map(),
});
const at = (time: string): Date => new Date(`2026-06-${time.replace(" ", "T")}:00+08:00`);
const HOUR = 3_600_000n;

/** started | hours | due | share in percent | used up at | why. Monday is the 15th. */
const ROWS = [
  [
    "15 17:00",
    4n,
    "16 11:30",
    50,
    "16 09:30",
    "the night does not count: half of it is not at two in the morning",
  ],
  ["15 08:30", 8n, "16 09:00", 50, "15 14:30", "nor does it delay: half of it is not in the evening"],
  ["15 08:30", 8n, "16 09:00", 80, "15 16:54", "four fifths, over the pause at noon"],
  ["19 17:00", 2n, "22 09:30", 50, "19 18:00", "what ends with Friday's hours ends there"],
  ["19 17:00", 2n, "22 09:30", 75, "22 09:00", "a weekend in between"],
  ["15 17:00", 4n, "16 12:00", 100, "16 12:00", "the whole is the due time, also when it was moved"],
  ["15 17:00", 4n, "16 11:30", 0, "15 17:00", "nothing is used up at the start"],
  ["15 17:00", 4n, "16 11:30", 200, "16 17:30", "twice the time goes on in working hours"],
] as const;

test.each(ROWS)("%s + %s h due %s: %i %% at %s: %s", (started, target, due, percent, expected) => {
  const clock: SharedClock = {
    clockId: 1n,
    startedAt: at(started),
    dueAt: at(due),
    calendarId: 1n,
    targetMs: target * HOUR,
  };
  expect(shareTimeOf(clock, percent * 100, OFFICE, [])).toEqual(at(expected));
});

test("a pause counts for no share; what an order gave counts on the wall", () => {
  const counted = {
    clockId: 1n,
    startedAt: at("15 08:30"),
    dueAt: at("15 17:30"),
    calendarId: 1n,
    targetMs: 4n * HOUR,
  };
  const pauses = [{ pausedAt: at("15 09:30"), resumedAt: at("15 14:30") }];
  expect(shareTimeOf(counted, 5000, OFFICE, pauses)).toEqual(at("15 15:30"));
  const given = {
    clockId: 2n,
    startedAt: at("15 17:00"),
    dueAt: at("16 17:00"),
    calendarId: null,
    targetMs: null,
  };
  expect(shareTimeOf(given, 5000, null, [])).toEqual(at("16 05:00"));
});
