import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exponentOf, formatMinor, parseMinor, rescaleMinor } from "./decimal.ts";

describe("parseMinor", () => {
  it.each([
    ["2052.00", 2, 205_200n],
    ["7", 2, 700n],
    ["0.1", 2, 10n],
    [".5", 2, 50n],
    ["5.", 2, 500n],
    ["-3.5", 2, -350n],
    ["+3.5", 2, 350n],
    ["8.850", 2, 885n],
    ["0012.10", 2, 1210n],
    ["5442.09000", 2, 544_209n],
    ["1500", 0, 1500n],
    ["1500.0", 0, 1500n],
    ["1.234", 3, 1234n],
    ["999999999999999.99", 2, 99_999_999_999_999_999n],
    ["12345678901234567890.12", 2, 1_234_567_890_123_456_789_012n],
  ])("reads %s at %i decimals", (text, exponent, minor) => {
    expect(parseMinor(text, exponent)).toEqual({ kind: "amount", minor });
  });

  it.each([
    "",
    ".",
    "-",
    "1e5",
    "0x1F",
    "1,000.00",
    "1 000",
    "12..34",
    "1.2.3",
    "NaN",
    "１２",
    "1.0a",
    "a",
    "--1",
  ])("refuses %j", (text) => {
    expect(parseMinor(text, 2).kind).toBe("unreadable");
  });

  it("names an amount that is finer than its currency instead of rounding it", () => {
    expect(parseMinor("0.005", 2).kind).toBe("too-precise");
    expect(parseMinor("100.0000000000005", 2).kind).toBe("too-precise");
    expect(parseMinor("1.5", 0).kind).toBe("too-precise");
  });

  it("is the inverse of formatMinor in every currency", () => {
    const amount = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
    fc.assert(
      fc.property(amount, fc.constantFrom("CNY", "JPY", "KWD", "CLF"), (minor, currency) => {
        const text = formatMinor(minor, currency);
        expect(parseMinor(text, exponentOf(currency))).toEqual({ kind: "amount", minor });
      }),
    );
  });
});

it("formatMinor writes each currency with its decimals", () => {
  expect(formatMinor(205_200n, "CNY")).toBe("2052.00");
  expect(formatMinor(-5n, "CNY")).toBe("-0.05");
  expect(formatMinor(2052n, "JPY")).toBe("2052");
  expect(formatMinor(1n, "KWD")).toBe("0.001");
});

it("rescaleMinor keeps the face value or says that it cannot", () => {
  expect(rescaleMinor(5n, "JPY", "CNY")).toBe(500n);
  expect(rescaleMinor(500n, "CNY", "JPY")).toBe(5n);
  expect(rescaleMinor(501n, "CNY", "JPY")).toBeNull();
});
