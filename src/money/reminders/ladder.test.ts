import { describe, expect, test } from "vitest";
import { type Day, day } from "#src/kernel/day.ts";
import { zhengzhouSeason } from "#src/office/calendars/index.ts";
import { checkStages, nextStageAfter, type Stage, stageOn, stageStartsOn } from "./ladder.ts";

const stage = (
  rank: number,
  code: string,
  anchor: Stage["anchor"],
  offsetDays: number,
  more: Partial<Stage> = {},
): Stage => ({
  rank,
  code,
  nameZh: code,
  nameEn: code,
  anchor,
  offsetDays,
  audience: "season-bills",
  afterCertificates: false,
  template: "payment-gentle",
  ...more,
});

const STAGES = [
  stage(10, "bill-open", "bills-open", 0),
  stage(20, "gentle", "window-end", -21),
  stage(30, "last-days", "window-end", -2),
  stage(40, "valve-notice", "season-start", 0, { audience: "closable" }),
  stage(50, "demand-letter", "season-start", 20, { audience: "debts" }),
];
const season = zhengzhouSeason(2026);
const on = (text: string): string | null => stageOn(STAGES, season, day(text))?.code ?? null;

describe("the days of the stages", () => {
  test("follow the season calendar of Zhengzhou", () => {
    expect(STAGES.map((one) => stageStartsOn(one, season))).toEqual([
      "2026-09-01",
      "2026-10-20",
      "2026-11-08",
      "2026-11-15",
      "2026-12-05",
    ]);
  });

  test.each([
    ["2026-08-31", null],
    ["2026-09-01", "bill-open"],
    ["2026-10-19", "bill-open"],
    ["2026-10-20", "gentle"],
    ["2026-11-07", "gentle"],
    ["2026-11-08", "last-days"],
    ["2026-11-14", "last-days"],
    ["2026-11-15", "valve-notice"],
    ["2026-12-04", "valve-notice"],
    ["2026-12-05", "demand-letter"],
    ["2027-03-20", "demand-letter"],
  ])("%s is of %s", (text, expected) => {
    expect(on(text)).toBe(expected);
  });

  test("each stage ends where the next one begins", () => {
    const next = (text: Day) => nextStageAfter(STAGES, season, text);
    expect(next(day("2026-09-01"))?.startsOn).toBe("2026-10-20");
    expect(next(day("2026-10-20"))?.stage.code).toBe("last-days");
    expect(next(day("2026-12-05"))).toBeNull();
  });
});

describe("a ladder that does not climb is refused", () => {
  const refusal = (stages: readonly Stage[]): unknown => {
    try {
      checkStages(stages, season);
      return "accepted";
    } catch (error) {
      return (error as { code?: unknown }).code;
    }
  };

  test("Zhengzhou's is accepted, and so is a single stage", () => {
    expect(refusal(STAGES)).toBe("accepted");
    expect(refusal(STAGES.slice(1, 2))).toBe("accepted");
  });

  test.each([
    ["two stages on one day", [stage(10, "a", "window-end", -5), stage(20, "b", "window-end", -5)]],
    ["a later rank on an earlier day", [stage(10, "a", "window-end", 0), stage(20, "b", "window-end", -9)]],
    ["ranks out of order", [stage(20, "a", "window-end", -9), stage(10, "b", "window-end", 0)]],
    ["one rank twice", [stage(10, "a", "window-end", -9), stage(10, "b", "window-end", 0)]],
    ["before the bills are out", [stage(10, "a", "bills-open", -1)]],
  ])("%s", (_what, stages) => {
    expect(refusal(stages)).toBe("reminders.out-of-order");
  });
});
