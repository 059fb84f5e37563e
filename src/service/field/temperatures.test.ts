import { expect, test } from "vitest";
import { formatTenths } from "./temperatures.ts";

test.each([
  [168, "16.8"],
  [0, "0.0"],
  [-5, "-0.5"],
  [-123, "-12.3"],
  [200, "20.0"],
])("%i tenths are %s degrees", (tenths, text) => {
  expect(formatTenths(tenths)).toBe(text);
});
