/** Every answer that the intake gives has its words in both languages, with the variables that it is given and no others. */
import { readFileSync } from "node:fs";
import path from "node:path";
import Handlebars from "handlebars";
import { describe, expect, test } from "vitest";

const ANSWERS: Readonly<Record<string, Readonly<Record<string, string | number>>>> = {
  "case-opened": { ticketNo: "100014" },
  "case-opened-which-home": { ticketNo: "100014", homes: 2 },
  progress: { ticketNo: "100014", state: "处理中" },
  "progress-unknown": {},
  "keyword-answer": { text: "应缴 2052.00 元" },
  "consent-stopped": {},
  "consent-started": {},
};
const folder = path.resolve(import.meta.dirname, "../../../templates/sms");

describe.each(Object.entries(ANSWERS))("the answer %s", (name, variables) => {
  test.each(["zh-CN", "en"])("has its words in %s", (locale) => {
    const source = readFileSync(path.join(folder, locale, `${name}.hbs`), "utf8").trim();
    const text = Handlebars.compile(source, { strict: true, noEscape: true })(variables);
    for (const value of Object.values(variables)) expect(text).toContain(String(value));
    // Carriers refuse brackets of signatures and signs that turn to rubbish; debt collection is no word of ours.
    expect(text).not.toMatch(/[【】¥★_&√※]|催/);
    // With a signature of ten characters a Chinese text is one segment of 70.
    expect(text.length).toBeLessThanOrEqual(locale === "zh-CN" ? 60 : 150);
  });
});
