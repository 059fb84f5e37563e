import { expect, test } from "vitest";
import { withNumber } from "./plural.ts";

test("one case, several cases", () => {
  const text = "{{count}} [case|cases] here";
  expect([0, 1, 2, "1"].map((count) => withNumber(text, count))).toEqual([
    "{{count}} cases here",
    "{{count}} case here",
    "{{count}} cases here",
    "{{count}} case here",
  ]);
  expect(withNumber("[none]", 1)).toBe("[none]");
});
