import { expect, test } from "vitest";
import { axisMark, pointOf, sayPoint } from "./chart-points.ts";

test("a point is the number of the table, to the fen", () => {
  expect([3_526_891, 0, -50, null, "2026-11-24"].map(pointOf)).toEqual([3_526_891, 0, -50, null, null]);
  expect([3_526_891, 2_200_757, 311_368].map((fen) => sayPoint("fen", fen))).toEqual([
    "35,268.91",
    "22,007.57",
    "3,113.68",
  ]);
  expect([sayPoint("count", 12_345), sayPoint("fen", undefined)]).toEqual(["12,345", "–"]);
});

test("the axis counts in ten thousands, with as many decimals as a mark has", () => {
  expect([0, 5_000, 500_000, 2_500_000, 12_000_000_000].map((fen) => axisMark("fen", fen))).toEqual([
    "0",
    "0.005",
    "0.5",
    "2.5",
    "12,000",
  ]);
  expect(axisMark("count", 1_500)).toBe("1,500");
});
