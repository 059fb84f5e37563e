import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { cleanLine, cleanText } from "./clean-text.ts";

describe("text from outside", () => {
  test.each([
    ["家里\u0000不热", "家里不热"],
    ["a\r\nb\rc", "a\nb\nc"],
    ["a\u202egnp.exe", "agnp.exe"],
    ["  x  \n\n\n\n\n\ny \t\n", "x\n\n\ny"],
    ["\ud800a", "\ufffda"],
    ["\ufeff不热", "不热"],
  ])("%j is kept as %j", (written, kept) => expect(cleanText(written, 100).text).toBe(kept));

  test("is cut between characters", () => {
    expect(cleanText("热𠮷", 2)).toEqual({ text: "热", cut: true });
    expect(cleanLine("a\n b\t c", 3)).toBe("a b");
  });

  test("whatever it was, it is well-formed, bounded, and holds no NUL", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), fc.nat(60), (written, longest) => {
        const { text } = cleanText(written, longest);
        expect(text.isWellFormed()).toBe(true);
        expect(text.length).toBeLessThanOrEqual(longest);
        expect(text.includes("\u0000")).toBe(false);
        expect(cleanLine(written, 20).length).toBeLessThanOrEqual(20);
      }),
    );
  });
});
