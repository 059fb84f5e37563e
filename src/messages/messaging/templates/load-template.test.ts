import { describe, expect, test } from "vitest";
import { DomainError } from "#src/kernel/errors.ts";
import { loadTemplate } from "./load-template.ts";

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) return `${error.code} ${error.detail.field ?? ""}`.trim();
    throw error;
  }
  return "";
};

describe("a text message", () => {
  const made = loadTemplate("appointment-made", "sms", "zh-CN");

  test("is filled, and gives its values in their declared order", () => {
    expect(made.render({ orderNo: "W004711", slot: "2026-11-15 09:00 - 11:00", other: "left out" })).toEqual({
      subject: "",
      text: "供热上门预约：2026-11-15 09:00 - 11:00，单号 W004711，请留人在家",
      html: null,
      sentences: ["供热上门预约：2026-11-15 09:00 - 11:00，单号 W004711，请留人在家"],
      variables: { slot: "2026-11-15 09:00 - 11:00", orderNo: "W004711" },
    });
  });

  test.each<[string, string]>([
    ["【假签名】停热", "[假签名]停热"],
    ["￥100 & 1_2※", "100  12"],
    ["停热😀\u200b\u202e\n\t第二行", "停热 第二行"],
    ["{{orderNo}}", "{{orderNo}}"],
    ["#1*", "#1*"],
  ])("the value %j goes in as %j", (title, expected) => {
    const text = loadTemplate("incident-restored-caller", "sms", "zh-CN").render({ title }).text;
    expect(text).toContain(`（${expected}）`);
  });

  test("free text is cut, never inside a character; a value that is missing is refused by name", () => {
    const template = loadTemplate("incident-restored-caller", "sms", "zh-CN");
    expect(template.render({ title: "热".repeat(29) + "𠮷" }).variables).toEqual({ title: "热".repeat(29) });
    expect(codeOf(() => template.render({}))).toBe("template.value-missing title");
    expect(codeOf(() => template.render({ title: " \u0000 " }))).toBe("template.value-missing title");
  });

  test("what may be missing may", () => {
    const update = loadTemplate("incident-update", "sms", "zh-CN");
    expect(update.render({ title: "停热", ticketNo: "1" }).text).not.toContain("预计");
    expect(update.render({ title: "停热", ticketNo: "1", back: "22:30" }).text).toContain("预计22:30恢复");
  });

  test("longer than any carrier takes is refused", () => {
    const answer = loadTemplate("keyword-answer", "sms", "zh-CN");
    expect(codeOf(() => answer.render({ text: "热".repeat(501) }))).toBe("template.text-too-long");
  });
});

describe("a mail", () => {
  test("has its subject, and the same words in text and HTML, escaped there", () => {
    const filled = loadTemplate("keyword-answer", "email", "zh-CN").render({ text: "<b>应缴</b> & 更多" });
    expect(filled.subject).toBe("自助查询的答复");
    expect(filled.text).toBe("<b>应缴</b> & 更多");
    expect(filled.html).toContain("&lt;b&gt;应缴&lt;/b&gt; &amp; 更多");
    expect(filled.html).toContain('lang="zh-CN"');
  });
});

test.each([
  ["no-such", "template.not-found template"],
  ["../secret", "template.not-found template"],
  ["", "template.not-found template"],
])("the template %j: %s", (name, expected) => {
  expect(codeOf(() => loadTemplate(name, "sms", "zh-CN"))).toBe(expected);
});
