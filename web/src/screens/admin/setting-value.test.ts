import { describe, expect, test } from "vitest";
import { type Field, numberOfText, textOfNumber, typedOf, valueOfTyped, wrongsOf } from "./setting-value.ts";

const plain = {
  label: { "zh-CN": "项", en: "part" },
  unit: "",
  decimals: 0,
  least: null,
  most: null,
  fewestItems: 0,
  mostItems: null,
  mostLength: null,
  choices: [],
} as const;
const whole = (name: string, more: Partial<Field> = {}): Field => ({
  ...plain,
  name,
  sort: "whole",
  choices: [],
  ...more,
});

test("a price in yuan is a whole number of its smallest part, and no float", () => {
  expect([4500, 100_000, 1, 0].map((stored) => textOfNumber(stored, 5))).toEqual([
    "0.045",
    "1",
    "0.00001",
    "0",
  ]);
  expect(["0.045", "1", "０．０４５", "0.0450000"].map((text) => numberOfText(text, 5))).toEqual([
    4500, 100_000, 4500, 4500,
  ]);
  expect(["0.0000001", "", "1,5", "abc", "1e3"].map((text) => numberOfText(text, 5))).toEqual([
    null,
    null,
    null,
    null,
    null,
  ]);
});

describe("what stands in the fields is what is saved", () => {
  test.each([
    [[whole("")], 15, { "": "15" }],
    [[whole("warnAt"), whole("stopAt")], { warnAt: 60, stopAt: 200 }, { warnAt: "60", stopAt: "200" }],
    [[whole("", { sort: "whole-list" })], [24, 4], { "": "24、4" }],
    [[whole("", { sort: "text-list" })], ["微信", "营业厅"], { "": "微信\n营业厅" }],
    [[whole("", { sort: "yes-no" })], false, { "": "false" }],
  ] as const)("%#", (fields, value, typed) => {
    expect(typedOf(fields, value)).toEqual(typed);
    expect(valueOfTyped(fields, typed)).toEqual({ value });
  });
});

test("what does not fit is said of the field that it is in", () => {
  const bounded = [whole("warnAt", { least: 1, most: 10 }), whole("stopAt")];
  expect(valueOfTyped(bounded, { warnAt: "11", stopAt: "" })).toEqual({
    wrongs: {
      warnAt: { why: "wrong.between", values: { least: "1", most: "10" } },
      stopAt: { why: "wrong.empty", values: {} },
    },
  });
  const list = [whole("", { sort: "whole-list", most: 240, least: 1, mostItems: 2 })];
  expect(valueOfTyped(list, { "": "24, 4, 2" })).toMatchObject({ wrongs: { "": { why: "wrong.items" } } });
  expect(valueOfTyped(list, { "": "24 soon" })).toMatchObject({ wrongs: { "": { why: "wrong.whole" } } });
});

test("a wrong value is marked as soon as it stands there; what nobody touched only when it shall be kept", () => {
  const fields = [
    whole("perHour", { least: 2, most: 30 }),
    whole("perDay", { least: 2, most: 30 }),
    whole("old"),
  ];
  const typed = { perHour: "-1", perDay: "abc", old: "" };
  const stored = { perHour: "5", perDay: "10", old: "" };
  expect(wrongsOf(fields, typed, stored)).toEqual({
    perHour: { why: "wrong.between", values: { least: "2", most: "30" } },
    perDay: { why: "wrong.whole", values: { decimals: 0 } },
  });
  expect(Object.keys(wrongsOf(fields, typed, {}))).toEqual(["perHour", "perDay", "old"]);
  expect(wrongsOf(fields, { perHour: "5", perDay: "10", old: "1" }, stored)).toEqual({});
});
