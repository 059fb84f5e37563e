import { expect, test } from "vitest";
import { tallyOf } from "./board-tally.ts";

test("a day is without a certificate whether its file came or not, and the latest day is counted for itself", () => {
  const cell = (day: string, state: "none" | "open" | "reconciled" | "certified", late = false) => ({
    day,
    state,
    late,
    openBreaks: state === "open" ? 2 : 0,
  });
  const cells = [
    cell("2026-11-26", "none", true),
    cell("2026-11-26", "none"),
    cell("2026-11-26", "certified"),
    cell("2026-11-25", "open"),
    cell("2026-11-25", "reconciled"),
    cell("2026-11-25", "certified"),
  ];
  expect(tallyOf(cells, "2026-11-26")).toEqual({
    late: 1,
    breaks: 2,
    certified: 2,
    uncertified: 4,
    uncertifiedLast: 2,
  });
  expect(tallyOf([], undefined)).toMatchObject({ uncertified: 0, uncertifiedLast: 0 });
});
