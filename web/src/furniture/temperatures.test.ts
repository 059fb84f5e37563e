import { expect, test } from "vitest";
import { degreesOf, tenthsOf } from "./temperatures.ts";

test.each([
  ["17.5", 175],
  ["18", 180],
  [" -3.2 ", -32],
  ["１８．５", 185],
  ["18。5", 185],
  ["105", 1050],
  ["", undefined],
  ["18.55", undefined],
  ["18度", undefined],
])("%j is %j tenths", (typed, tenths) => {
  expect(tenthsOf(typed)).toBe(tenths);
});

test("degrees go out as they were typed", () => {
  expect([175, 180, -32].map(degreesOf)).toEqual([17.5, 18, -3.2]);
});
