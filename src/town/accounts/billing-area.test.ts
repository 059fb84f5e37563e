import { describe, expect, test } from "vitest";
import { formatAreaM2, parseAreaM2 } from "#src/kernel/area.ts";
import { formatYuan } from "#src/kernel/money.ts";
import { chargeFen, parsePriceYuan } from "#src/kernel/rate.ts";
import { AREA_ROUNDINGS, decideBillingArea } from "./billing-area.ts";

const charge = (area: ReturnType<typeof decideBillingArea>) =>
  formatYuan(chargeFen(area.areaMilliM2, parsePriceYuan("0.19"), 120, 10_000n));

describe("the billing area of a resident", () => {
  test("is the inner area of the certificate: 88.37 m2 costs 2,014.84", () => {
    const decision = decideBillingArea({
      heatClass: "residential",
      innerArea: parseAreaM2("88.37"),
      grossArea: parseAreaM2("98.19"),
      rounding: "three-decimals",
    });
    expect(decision).toMatchObject({ rule: "inner", areaMilliM2: 88_370n });
    expect(charge(decision)).toBe("2014.84");
  });

  test.each([
    ["three-decimals", "88.371", "2014.86"],
    ["two-decimals-half-up", "88.37", "2014.84"],
    ["two-decimals-cut", "88.37", "2014.84"],
  ] as const)("is 90%% of 98.19 m2 gross without one (%s): %s m2, %s", (rounding, area, yuan) => {
    const decision = decideBillingArea({
      heatClass: "residential",
      grossArea: parseAreaM2("98.19"),
      rounding,
    });
    expect(decision.rule).toBe("share-of-gross");
    expect(formatAreaM2(decision.areaMilliM2)).toBe(area);
    expect(charge(decision)).toBe(yuan);
    expect(decision.explanation).toContain("98.19");
  });

  test("rounds half up or cuts where it matters", () => {
    const area = (rounding: (typeof AREA_ROUNDINGS)[number]) =>
      decideBillingArea({ heatClass: "residential", grossArea: parseAreaM2("100.55"), rounding }).areaMilliM2;
    expect(AREA_ROUNDINGS.map(area)).toEqual([90_495n, 90_500n, 90_490n]);
  });

  test("an inner area of 0 is none", () => {
    const decision = decideBillingArea({
      heatClass: "residential",
      innerArea: parseAreaM2("0"),
      grossArea: parseAreaM2("100"),
      rounding: "three-decimals",
    });
    expect(decision).toMatchObject({ rule: "share-of-gross", areaMilliM2: 90_000n });
  });
});

test("others are billed on the gross area, whatever the certificate says", () => {
  const decision = decideBillingArea({
    heatClass: "non-residential",
    innerArea: parseAreaM2("80"),
    grossArea: parseAreaM2("100.5"),
    rounding: "two-decimals-cut",
  });
  expect(decision).toMatchObject({ rule: "gross", areaMilliM2: 100_500n });
});

test.each(["residential", "non-residential"] as const)("no area, no decision (%s)", (heatClass) => {
  expect(() => decideBillingArea({ heatClass, rounding: "three-decimals" })).toThrow(
    expect.objectContaining({ code: "area.missing" }),
  );
});
