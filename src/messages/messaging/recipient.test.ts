import { describe, expect, test } from "vitest";
import { foldMailAddress, mailRecipient, maskRecipient, telRecipient } from "./recipient.ts";

describe("a recipient", () => {
  test.each([
    ["13812348000", "tel:+8613812348000"],
    ["+86 138 1234 8000", "tel:+8613812348000"],
    ["0371-63331234", "tel:+8637163331234"],
  ])("the number %s is %s", (written, expected) => expect(telRecipient(written)).toBe(expected));

  test.each([
    ["Zhang.San@Example.COM", "zhang.san@example.com"],
    [" li@b.cn ", "li@b.cn"],
    ["张三@例子.公司", "张三@例子.公司"],
    ["a@b@c", null],
    ["a b@c.cn", null],
    ["<a@b.cn>", null],
    ["a\u0000@b.cn", null],
    ["@b.cn", null],
    [`${"a".repeat(65)}@b.cn`, null],
    ["", null],
  ])("the address %j is %j", (written, expected) => expect(foldMailAddress(written)).toBe(expected));

  test("an unreadable address is refused by name", () => {
    expect(() => mailRecipient("nobody")).toThrow("not a mail address");
  });

  test("is shown masked", () => {
    expect(maskRecipient("tel:+8613812348000")).toBe("138****8000");
    expect(maskRecipient("mailto:zhang@example.com")).toBe("z***@example.com");
    expect(maskRecipient("person:12")).toBe("person 12");
    expect(maskRecipient("")).toBe("");
  });
});
