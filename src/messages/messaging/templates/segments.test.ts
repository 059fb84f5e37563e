import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { segmentsOf, signed } from "./segments.ts";

const of = (text: string, signature = "暖阳供热"): string => {
  const { units, segments } = segmentsOf(text, signature);
  return `${units}/${segments}`;
};

describe("how many messages a text is", () => {
  test.each([
    ["", "6/1"],
    ["热".repeat(64), "70/1"],
    ["热".repeat(65), "71/2"],
    ["热".repeat(128), "134/2"],
    ["热".repeat(129), "135/3"],
    ["a".repeat(64), "70/1"],
    // two units each
    ["𠮷".repeat(32), "70/1"],
    ["𠮷".repeat(33), "72/2"],
  ])("%s", (text, expected) => expect(of(text)).toBe(expected));

  test("a character of two units is not torn: it begins the next part", () => {
    // 66 units before it leave room for one: it goes to the second part, which then holds 67 more only if they fit
    expect(segmentsOf(`${"热".repeat(60)}𠮷${"热".repeat(66)}`, "暖阳供热")).toEqual({
      units: 134,
      segments: 3,
    });
  });

  test("never fewer than units by 67, and never one more than the torn characters explain", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-composite", maxLength: 400 }), (text) => {
        const { units, segments } = segmentsOf(text, "暖阳");
        expect(units).toBe(signed(text, "暖阳").length);
        expect(segments).toBeGreaterThanOrEqual(units > 70 ? Math.ceil(units / 67) : 1);
        expect(segments).toBeLessThanOrEqual(Math.max(1, Math.ceil(units / 66)));
      }),
    );
  });
});
