import { expect, test } from "vitest";
import { DAY_KINDS, parseBlock, workingTime } from "#src/office/calendars/index.ts";
import { nextAttemptAt } from "./retry-windows.ts";

const POLICY = { pausesMinutes: [0, 30, 120] };
const open = (...blocks: readonly string[]) => {
  const hours = Object.fromEntries(DAY_KINDS.map((kind) => [kind, blocks.map(parseBlock)]));
  return workingTime({
    name: "contact-hours",
    heating: hours,
    other: hours,
    seasons: [],
    exceptions: new Map(),
  });
};
const CONTACT_HOURS = open("08:00-21:00");

const TABLE = `
  2026-11-15T10:20 | 0 | 2026-11-15T10:20 | the first attempt is due at once
  2026-11-15T10:20 | 1 | 2026-11-15T10:50 | then after half an hour
  2026-11-15T10:20 | 2 | 2026-11-15T12:20 | then after two hours
  2026-11-15T10:20 | 9 | 2026-11-15T12:20 | and the last pause repeats
  2026-11-15T20:59 | 0 | 2026-11-15T20:59 | a minute before the quiet hours is still day
  2026-11-15T21:00 | 0 | 2026-11-16T08:00 | whoever calls at nine in the evening is called at eight
  2026-11-15T20:45 | 1 | 2026-11-16T08:00 | a pause that ends in the night ends in the morning
  2026-11-16T00:10 | 0 | 2026-11-16T08:00 | after midnight it is this morning, not the next
  2026-11-16T07:59 | 0 | 2026-11-16T08:00 | not a minute earlier
  2026-12-31T23:30 | 0 | 2027-01-01T08:00 | also over the year
`;
const rows = TABLE.trim()
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .map(([now = "", attempts = "", due = "", why = ""]) => ({ now, attempts: Number(attempts), due, why }));

test.each(rows)("$why", ({ now, attempts, due }) => {
  const at = new Date(`${now}:00+08:00`);
  expect(nextAttemptAt(at, attempts, POLICY, CONTACT_HOURS)).toEqual(new Date(`${due}:00+08:00`));
});

test("a company may have quiet hours at noon", () => {
  const noon = open("00:00-12:00", "14:00-24:00");
  expect(nextAttemptAt(new Date("2026-11-15T12:30:00+08:00"), 0, POLICY, noon)).toEqual(
    new Date("2026-11-15T14:00:00+08:00"),
  );
  expect(nextAttemptAt(new Date("2026-11-15T23:30:00+08:00"), 0, POLICY, noon)).toEqual(
    new Date("2026-11-15T23:30:00+08:00"),
  );
});
