import { describe, expect, test } from "vitest";
import { householdPolicy } from "./policy.ts";
import { codesUsedUpUntil, type Past, waitForCode, waitForPaper } from "./waits.ts";

const policy = householdPolicy.standard;
const NOW = new Date("2026-11-20T10:00:00+08:00");
const ago = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000);
const tries = (source: string, ...minutes: readonly number[]): Past[] =>
  minutes.map((each) => ({ at: ago(each), source }));
const newest = (...all: readonly Past[][]): Past[] =>
  all.flat().toSorted((a, b) => b.at.getTime() - a.at.getTime());
/** Minutes from now; null: now. */
const inMinutes = (until: Date | null): number | null =>
  until === null ? null : (until.getTime() - NOW.getTime()) / 60_000;
const ME = { source: "me", isKnown: false };
const MY_BROWSER = { source: "mine", isKnown: true };
const paper = (past: readonly Past[], who = ME) => inMinutes(waitForPaper(past, who, NOW, policy));
const code = (past: readonly Past[], who = ME) => inMinutes(waitForCode(past, who, NOW, policy));

describe("wrong cards and receipts", () => {
  test.each([
    ["the first two cost nothing but the second", [], null],
    ["one", [0], null],
    ["two: a minute", [0, 0], 1],
    ["three: five", [0, 2, 2], 5],
    ["four: twenty-five", [0, 10, 20, 20], 25],
    ["five: the rest of a day from the first", [0, 30, 60, 90, 120], 24 * 60 - 120],
    ["a day later they are forgotten", [24 * 60, 24 * 60 + 1, 24 * 60 + 2], null],
  ] as const)("%s", (_, minutes, waits) => {
    // The reading gives a day only.
    expect(paper(tries("me", ...minutes.filter((each) => each < 24 * 60)))).toBe(waits);
  });

  test("one source uses half of what a home lets through, and locks out itself alone", () => {
    const stranger = tries("stranger", 1, 40, 80, 120, 160);
    expect(paper(stranger, { source: "stranger", isKnown: false })).toBe(24 * 60 - 160);
    expect(paper(stranger)).toBeNull();
  });

  test("many sources together end the day for strangers, not for a browser that proved the home before", () => {
    const all = newest(...Array.from({ length: 10 }, (_, n) => tries(`stranger-${n}`, 10 + n)));
    expect(paper(all)).toBe(24 * 60 - 19);
    expect(paper([], MY_BROWSER)).toBeNull();
    expect(paper(tries("mine", 0, 1), MY_BROWSER)).toBe(1);
  });
});

describe("codes", () => {
  test.each([
    ["none yet", [], null],
    ["a minute after the first", [0], 1],
    ["two after the second", [0, 3], 2],
    ["the third is the last of the hour", [0, 3, 10], 50],
    ["an hour later", [61, 64, 71], null],
    ["five in a day", [61, 200, 300, 400, 500], 24 * 60 - 500],
  ] as const)("of one source: %s", (_, minutes, waits) => {
    expect(code(tries("me", ...minutes))).toBe(waits);
  });

  test("a stranger's code holds others up for a minute, and no longer", () => {
    expect(code(tries("stranger", 0))).toBe(1);
    expect(code(tries("stranger", 1, 3, 10))).toBeNull();
  });

  test("of all strangers five an hour and ten a day; a known browser has its own", () => {
    const five = newest(...Array.from({ length: 5 }, (_, n) => tries(`s-${n}`, 2 + n)));
    expect(code(five)).toBe(54);
    const ten = newest(...Array.from({ length: 10 }, (_, n) => tries(`s-${n}`, 100 * (n + 1))));
    expect(code(ten)).toBe(24 * 60 - 1000);
    expect(code([], MY_BROWSER)).toBeNull();
    expect(code(tries("mine", 0), MY_BROWSER)).toBe(1);
  });
});

test("codes are used up by the hour and by the day, not by the minute between two", () => {
  const usedUp = (past: readonly Past[]) => inMinutes(codesUsedUpUntil(past, NOW, policy));
  expect(usedUp(tries("s", 0, 200, 400, 600, 800))).toBeNull();
  expect(usedUp(tries("s", 0, 10, 20, 30, 40))).toBe(20);
  expect(usedUp(tries("s", 0, 100, 200, 300, 400, 500, 600, 700, 800, 900))).toBe(24 * 60 - 900);
});
