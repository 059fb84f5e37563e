import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { fen, parseYuan } from "#src/kernel/money.ts";
import { chineseCapitalAmount } from "./chinese-capitals.ts";

/** Reads capitals back, by a method that shares nothing with the writer. */
const readCapitals = (text: string): bigint => {
  const digits = "零壹贰叁肆伍陆柒捌玖";
  const places: Record<string, bigint> = { 拾: 10n, 佰: 100n, 仟: 1000n };
  const [, sign, body = ""] = /^人民币(负?)(.*)$/.exec(text) ?? [];
  let settled = 0n;
  let group = 0n;
  let digit = 0n;
  for (const character of body) {
    const value = digits.indexOf(character);
    if (value >= 0) digit = BigInt(value);
    else if (character in places) {
      group += digit * (places[character] ?? 0n);
      digit = 0n;
    } else if (character === "万") {
      settled += (group + digit) * 1_000_000n;
      [group, digit] = [0n, 0n];
    } else if (character === "亿") {
      settled = (settled + (group + digit) * 100n) * 100_000_000n;
      [group, digit] = [0n, 0n];
    } else if (character === "元") {
      settled += (group + digit) * 100n;
      [group, digit] = [0n, 0n];
    } else if (character === "角" || character === "分") {
      settled += digit * (character === "角" ? 10n : 1n);
      digit = 0n;
    }
  }
  return sign === "负" ? -settled : settled;
};

describe("chineseCapitalAmount", () => {
  it.each([
    ["0", "人民币零元整"],
    ["0.01", "人民币壹分"],
    ["0.10", "人民币壹角整"],
    ["0.99", "人民币玖角玖分"],
    ["1", "人民币壹元整"],
    ["10", "人民币壹拾元整"],
    ["10.05", "人民币壹拾元零伍分"],
    ["10.50", "人民币壹拾元伍角整"],
    ["20.15", "人民币贰拾元壹角伍分"],
    ["100", "人民币壹佰元整"],
    ["1001.10", "人民币壹仟零壹元壹角整"],
    ["1010", "人民币壹仟零壹拾元整"],
    ["2014.84", "人民币贰仟零壹拾肆元捌角肆分"],
    ["2052", "人民币贰仟零伍拾贰元整"],
    ["16409.02", "人民币壹万陆仟肆佰零玖元零贰分"],
    ["100000", "人民币壹拾万元整"],
    ["100001", "人民币壹拾万零壹元整"],
    ["105000", "人民币壹拾万伍仟元整"],
    ["1000500.00", "人民币壹佰万零伍佰元整"],
    ["123456789.00", "人民币壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元整"],
    ["100000001", "人民币壹亿零壹元整"],
    ["100010000", "人民币壹亿零壹万元整"],
    ["1000000000000", "人民币壹万亿元整"],
    ["1000100000000", "人民币壹万零壹亿元整"],
    ["-76.84", "人民币负柒拾陆元捌角肆分"],
  ])("writes %s yuan as %s", (yuan, capitals) => {
    expect(chineseCapitalAmount(parseYuan(yuan))).toBe(capitals);
  });

  it("refuses 10^16 yuan and more", () => {
    expect(chineseCapitalAmount(fen(10n ** 18n - 1n))).toMatch(/^人民币玖仟玖佰/);
    expect(() => chineseCapitalAmount(fen(10n ** 18n))).toThrow(
      expect.objectContaining({ code: "document.amount-too-large" }),
    );
  });

  it("can be read back exactly, whatever the amount", () => {
    const amounts = fc.oneof(
      fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n }),
      fc.bigInt({ min: 0n, max: 10_000_000n }),
      // Many zeros, where the rules about 零 bite.
      fc
        .array(fc.constantFrom("0", "0", "0", "1", "9"), { minLength: 1, maxLength: 18 })
        .map((digits) => BigInt(digits.join(""))),
    );
    fc.assert(
      fc.property(amounts, (amount) => {
        const written = chineseCapitalAmount(fen(amount));
        expect(readCapitals(written)).toBe(amount);
      }),
      { numRuns: 5000 },
    );
  });

  it("never writes 零 twice in a row, before a unit, or at the end of yuan, and ends in 整 or 分", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 18n - 1n }), (amount) => {
        const written = chineseCapitalAmount(fen(amount));
        expect(written).not.toMatch(/零零|零[拾佰仟万亿元角分整]/);
        expect(written).toMatch(amount % 10n === 0n ? /整$/ : /分$/);
      }),
      { numRuns: 5000 },
    );
  });
});
