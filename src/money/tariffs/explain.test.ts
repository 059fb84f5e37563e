import { expect, test } from "vitest";
import { parseAreaM2 } from "#src/kernel/area.ts";
import { parsePriceYuan } from "#src/kernel/rate.ts";
import { type ChargeInputs, explainCharge } from "./explain.ts";

const inputs = (overrides: Partial<ChargeInputs> = {}): ChargeInputs => ({
  seasonId: 2026,
  heatClass: "residential",
  loopType: "independent",
  areaMilliM2: parseAreaM2("88.37"),
  areaRule: "inner",
  areaDocument: "房权证 12-3456",
  innerAreaMilliM2: parseAreaM2("88.37"),
  grossAreaMilliM2: parseAreaM2("98.19"),
  priceMicroYuan: parsePriceYuan("0.19"),
  priceBasis: "area-day",
  priceDocument: "郑价工[2008]24号",
  days: 120,
  daysDocument: "郑价商函[2012]9号",
  daysApprovedBy: "郑州市物价局",
  shareBasisPoints: 10_000n,
  ...overrides,
});

test("the worked example: 88.37 × 0.19 × 120 is 2,014.84, rounded once", () => {
  const { amountFen, formula, sentences } = explainCharge(inputs());
  expect([amountFen, formula]).toEqual([201_484n, "88.37 × 0.19 × 120 = 2,014.84"]);
  expect(sentences["zh-CN"]).toEqual([
    "居民、分户循环：88.37 × 0.19 × 120 = 2,014.84 元，四舍五入到分，只在最后舍入一次。",
    "计费面积 88.37 ㎡：产权证载明的套内建筑面积（依据：房权证 12-3456）。",
    "单价：居民每平方米每天 0.19 元（郑价工[2008]24号）。",
    "计费天数：2026–2027 采暖季批准为 120 天（郑价商函[2012]9号，批准人：郑州市物价局），不按日历天数推算。",
  ]);
  expect(sentences.en[1]).toBe(
    "Billing area 88.37 m²: the inner area printed on the certificate (document: 房权证 12-3456).",
  );
});

test("90% of a gross area keeps three decimals, and the sentence names the gross area", () => {
  const { amountFen, sentences } = explainCharge(
    inputs({ areaMilliM2: parseAreaM2("88.371"), areaRule: "share-of-gross", innerAreaMilliM2: null }),
  );
  expect(amountFen).toBe(201_486n);
  expect(sentences.en[1]).toContain("90% of the gross area of 98.19 m²");
  expect(sentences["zh-CN"][1]).toContain("按建筑面积 98.19 ㎡的 90% 计");
});

test("a share and a price per season are part of the formula", () => {
  const half = explainCharge(inputs({ shareBasisPoints: 5050n }));
  expect(half.formula).toBe("88.37 × 0.19 × 120 × 50.5% = 1,017.49");
  expect(half.sentences.en.at(-1)).toBe("This charge point is charged 50.5% of the standard.");
  const perSeason = explainCharge(
    inputs({ priceBasis: "area-season", priceMicroYuan: parsePriceYuan("24.00"), days: 1 }),
  );
  expect([perSeason.formula, perSeason.amountFen]).toEqual(["88.37 × 24.00 = 2,120.88", 212_088n]);
  expect(perSeason.sentences.en[3]).toBe("The season 2026–2027 is charged as a whole, not by days.");
});
