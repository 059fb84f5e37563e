import { expect, test } from "vitest";
import { writtenPercent } from "./export-share.ts";

test.each([
  ["writing", 0, 260_000, 0],
  ["writing", 130_000, 260_000, 50],
  ["writing", 2599, 260_000, 0],
  // All rows are written and the file is not whole yet; some came since they were counted.
  ["writing", 260_000, 260_000, 99],
  ["writing", 260_007, 260_000, 99],
  // Not counted, or counted as none: no bar at all.
  ["writing", 40, null, null],
  ["writing", 0, 0, null],
  ["waiting", 0, 260_000, null],
  ["ready", 260_000, 260_000, null],
  ["cancelled", 40, 260_000, null],
] as const)("%s, %s rows of %s: %s", (state, rows, ofRows, percent) => {
  expect(writtenPercent({ state, rows, ofRows })).toBe(percent);
});
