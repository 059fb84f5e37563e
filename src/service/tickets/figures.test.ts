import fc from "fast-check";
import { expect, test } from "vitest";
import { percentDown } from "./figures.ts";

test.each([
  [1786n, 1787n, "99.94"],
  [999_999n, 1_000_000n, "99.99"],
  [1787n, 1787n, "100.00"],
  [0n, 5n, "0.00"],
  [1n, 3n, "33.33"],
  [0n, 0n, null],
])("%s of %s is %s", (met, counted, expected) => {
  expect(percentDown(met, counted)).toBe(expected);
});

test("only all of them are 100", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 10n ** 9n }),
      fc.bigInt({ min: 0n, max: 10n ** 9n }),
      (counted, less) => {
        const met = counted - (less % (counted + 1n));
        expect(percentDown(met, counted) === "100.00").toBe(met === counted);
      },
    ),
  );
});
