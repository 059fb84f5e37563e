import { describe, expect, test } from "vitest";
import { bookOf } from "./book.ts";
import type { ApprovedWords } from "./words-queries.ts";

const at = (text: string): Date => new Date(`2026-11-${text}+08:00`);
const row = (revision: number, liveFrom: Date, more: Partial<ApprovedWords> = {}): ApprovedWords => ({
  id: BigInt(revision),
  channel: "sms",
  name: "appointment-made",
  revision,
  kind: "own",
  wordsZh: `第${revision}版：{{slot}}，单号 {{orderNo}}`,
  wordsEn: `Version ${revision}: {{slot}}, order {{orderNo}}`,
  baseVersion: 1,
  baseZh: null,
  baseEn: null,
  liveFrom,
  ...more,
});
/** As the table gives them: the youngest first. */
const book = (...rows: readonly ApprovedWords[]) =>
  bookOf(rows.toSorted((a, b) => Number(b.liveFrom) - Number(a.liveFrom) || b.revision - a.revision));
const said = (rows: readonly ApprovedWords[], instant: Date, locale: "zh-CN" | "en" = "zh-CN"): string =>
  book(...rows)
    .at(instant)
    .load("appointment-made", "sms", locale)
    .render({ slot: "9时", orderNo: "W1" }).text;
const PROGRAM = "供热上门预约：9时，单号 W1，请留人在家";

describe("the words of an instant", () => {
  test.each<[string, readonly ApprovedWords[], string, string]>([
    ["the program's, while nobody wrote any", [], "20T10:00:00", PROGRAM],
    ["the program's, before the first version", [row(1, at("20T10:00:01"))], "20T10:00:00", PROGRAM],
    [
      "a version's, from its very instant on",
      [row(1, at("20T10:00:00"))],
      "20T10:00:00",
      "第1版：9时，单号 W1",
    ],
    [
      "the later one's",
      [row(1, at("20T10:00:00")), row(2, at("21T00:00:00"))],
      "21T08:00:00",
      "第2版：9时，单号 W1",
    ],
    [
      "the earlier one's until then",
      [row(1, at("20T10:00:00")), row(2, at("21T00:00:00"))],
      "20T23:59:59",
      "第1版：9时，单号 W1",
    ],
    [
      "what was planned for a day, though something else was approved after it and went at once",
      [row(1, at("22T00:00:00")), row(2, at("20T10:00:00"))],
      "22T00:00:00",
      "第1版：9时，单号 W1",
    ],
    [
      "the higher revision's of two of one instant",
      [row(2, at("20T10:00:00")), row(1, at("20T10:00:00"))],
      "20T10:00:00",
      "第2版：9时，单号 W1",
    ],
    [
      "the program's, once people went back to them",
      [row(1, at("20T10:00:00")), row(2, at("21T10:00:00"), { kind: "program" })],
      "21T10:00:00",
      PROGRAM,
    ],
    [
      "the program's, where a release took away what the words name",
      [row(1, at("20T10:00:00"), { wordsZh: "{{slot}} {{orderNo}} {{gone}}" })],
      "20T10:00:00",
      PROGRAM,
    ],
    [
      "the program's in a language that the version does not speak",
      [row(1, at("20T10:00:00"), { wordsZh: null })],
      "20T10:00:00",
      PROGRAM,
    ],
  ])("are %s", (_, rows, instant, expected) => expect(said(rows, at(instant))).toBe(expected));

  test("change in both languages at one instant", () => {
    const rows = [row(1, at("20T10:00:00"))];
    expect(said(rows, at("20T10:00:00"), "en")).toBe("Version 1: 9时, order W1");
    expect(said(rows, at("20T09:59:59"), "en")).toContain("Our crew comes");
  });

  test("are those of a pin where something was approved with them, however old, and whatever is live", () => {
    const [old, now] = [row(1, at("01T10:00:00")), row(2, at("20T10:00:00"))];
    const filled = (pins: Record<string, string>): string =>
      bookOf([now], [old])
        .at(at("21T10:00:00"), pins)
        .load("appointment-made", "sms", "zh-CN")
        .render({ slot: "9时", orderNo: "W1" }).text;
    expect([filled({}), filled({ email: "1" }), filled({ sms: "1" }), filled({ sms: "0" })]).toEqual([
      "第2版：9时，单号 W1",
      "第2版：9时，单号 W1",
      "第1版：9时，单号 W1",
      PROGRAM,
    ]);
    expect(() => filled({ sms: "3" })).toThrow(/not there/);
  });

  test("name the version that they are of", () => {
    const texts = book(row(3, at("20T10:00:00"))).at(at("20T10:00:00"));
    expect(texts.load("appointment-made", "sms", "zh-CN")).toMatchObject({
      label: expect.stringMatching(/^1\.3-[0-9a-f]{8}$/),
      pin: "3",
    });
    expect(texts.load("appointment-moved", "sms", "zh-CN")).toMatchObject({
      label: expect.stringMatching(/^1-[0-9a-f]{8}$/),
      pin: "0",
    });
  });
});
