/** What the household is told about a visit, in both languages, within one segment. */
import { readFileSync } from "node:fs";
import path from "node:path";
import Handlebars from "handlebars";
import { describe, expect, test } from "vitest";
import { APPOINTMENT_TEXTS } from "./messages.ts";

const folder = path.resolve(import.meta.dirname, "../../../templates/sms");
const VALUES: Readonly<Record<string, string>> = { orderNo: "W004711", slot: "2026-11-15 09:00 - 11:00" };

describe.each(Object.entries(APPOINTMENT_TEXTS))("%s", (name, variables) => {
  test.each(["zh-CN", "en"])("has its words in %s", (locale) => {
    const source = readFileSync(path.join(folder, locale, `${name}.hbs`), "utf8").trim();
    const given = Object.fromEntries(variables.map((key) => [key, VALUES[key]]));
    const text = Handlebars.compile(source, { strict: true, noEscape: true })(given);
    for (const value of Object.values(given)) expect(text).toContain(value);
    // With a signature of ten characters a Chinese text is one segment of 70.
    expect(text.length).toBeLessThanOrEqual(locale === "zh-CN" ? 60 : 150);
    expect(text).not.toMatch(/[【】¥★_&√※]|催/);
  });
});
