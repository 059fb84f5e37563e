import { expect, test } from "vitest";
import { fenOfText, percent, yuan, yuanOfMilliFen } from "./amounts.ts";

test("yuan to fen and back, as people type it", () => {
  const cases = [
    ["1,234.50", 123_450],
    ["88", 8_800],
    ["０.5", 50],
    ["¥1 234.5元", 123_450],
    ["1,234,567", 123_456_700],
    ["¥ 88. 元", 8_800],
    ["1,5", null],
    ["1,37,3.02", null],
    ["1234,567", null],
    ["1 5", null],
    ["元", null],
    [".5", null],
    ["1.234", null],
    ["-5", null],
    ["", null],
  ] as const;
  for (const [typed, fen] of cases) expect([typed, fenOfText(typed)]).toEqual([typed, fen]);
  expect([yuan(123_450), yuan(-5), yuan(100_000_000)]).toEqual(["1,234.50", "-0.05", "1,000,000.00"]);
});

test("the price of one message keeps the parts of its fen", () => {
  const cases = [4500, 9000, 13_500, 100_000, 123_456_789, 5, 0].map(yuanOfMilliFen);
  expect(cases).toEqual(["0.045", "0.09", "0.135", "1.00", "1,234.56789", "0.00005", "0.00"]);
});

test("a share says 100 % only when nothing is missing", () => {
  expect([percent(1786, 1787), percent(1787, 1787), percent(0, 5), percent(0, 0)]).toEqual([
    "99.94%",
    "100.00%",
    "0.00%",
    "–",
  ]);
});
