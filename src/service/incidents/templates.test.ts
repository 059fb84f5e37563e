/** The text messages of this room say what they are given, in both languages, and nothing else. */
import { readFileSync } from "node:fs";
import path from "node:path";
import Handlebars from "handlebars";
import { expect, test } from "vitest";
import { hourText, isScript, renderScript } from "./script.ts";

const folder = path.resolve(import.meta.dirname, "../../../templates/sms");
const fill = (locale: string, name: string, variables: object): string =>
  Handlebars.compile(readFileSync(path.join(folder, locale, `${name}.hbs`), "utf8"), {
    strict: true,
    noEscape: true,
  })(variables);

test.each([
  ["zh-CN", "incident-update"],
  ["en", "incident-update"],
  ["zh-CN", "incident-restored"],
  ["en", "incident-restored"],
])("%s %s", (locale, name) => {
  const variables = { title: "一号站 停热", ticketNo: "100017", back: "" };
  const text = fill(locale, name, variables);
  expect(text).toContain("一号站 停热");
  expect(text).toContain("100017");
  expect(text).not.toMatch(/undefined|\{\{|预计|expected/);
  const withHour = fill(locale, name, { ...variables, back: "22:30" });
  expect(withHour.includes("22:30")).toBe(name === "incident-update");
});

test.each(["zh-CN", "en"])("%s incident-restored-caller, to who has no case", (locale) => {
  expect(fill(locale, "incident-restored-caller", { title: "一号站 停热" })).toContain("一号站 停热");
});

const now = new Date("2027-01-20T20:00:00+08:00");
test.each([
  ["2027-01-20T19:30:00+08:00", "zh-CN", "19:30"],
  ["2027-01-21T01:30:00+08:00", "zh-CN", "1月21日01:30"],
  ["2027-01-21T01:30:00+08:00", "en", "01:30 on 21 January"],
] as const)("%s is spoken in %s as %s", (instant, locale, text) => {
  expect(hourText(new Date(instant), now, locale)).toBe(text);
});

test("a script reaches its three words and nothing behind them", () => {
  const facts = { place: "春晖苑1号楼", startsAt: now, expectedBackAt: null, now };
  expect(renderScript("{{place}}{{#if back}}{{back}}{{/if}}", facts, "zh-CN")).toBe("春晖苑1号楼");
  expect(renderScript("{{constructor}}{{place.constructor}}{{__proto__}}", facts, "zh-CN")).toBe("");
  expect(isScript("{{#if back}}")).toBe(false);
  expect(isScript("{{lookup place 'constructor'}} {{#each this}}{{@key}}{{/each}}")).toBe(true);
  expect(isScript("{{unknownHelper place}}")).toBe(false);
});
