import { beforeAll, describe, expect, test } from "vitest";
import type { sayProblem as Say } from "./problems.ts";
import type { ProblemTexts } from "./problem-text.ts";

let sayProblem: typeof Say;
beforeAll(async () => {
  // What the module asks of a browser when it is read.
  Object.assign(globalThis, {
    localStorage: { getItem: () => null, setItem: () => undefined },
    document: { documentElement: { lang: "" } },
  });
  ({ sayProblem } = await import("./problems.ts"));
});

const OWN = { title: "the till is closed", remedy: "open a shift" };
const CHINESE: ProblemTexts = { "shift.closed": ["这个班次已结", "请先开班"], "short.one": ["就这一句"] };

describe("A refusal, to whoever reads Chinese", () => {
  test("while the table is on its way, no word of English", () => {
    expect(sayProblem("shift.closed", OWN, "zh-CN", "coming")).toEqual({
      by: "nobody yet",
      title: "正在读取说明…",
    });
  });
  test("when it has come, in its words", () => {
    expect(sayProblem("shift.closed", OWN, "zh-CN", CHINESE)).toEqual({
      by: "page",
      title: "这个班次已结",
      remedy: "请先开班",
    });
  });
  test("an English remedy never follows a Chinese title", () => {
    expect(sayProblem("short.one", OWN, "zh-CN", CHINESE)).toEqual({ by: "page", title: "就这一句" });
  });
  test("a code that is newer than the page, and every code when the table cannot be had, in the API's words", () => {
    expect(sayProblem("of.tomorrow", OWN, "zh-CN", CHINESE)).toEqual({ by: "api", ...OWN });
    expect(sayProblem("shift.closed", OWN, "zh-CN", "failed")).toEqual({ by: "api", ...OWN });
  });
  test("what a lost line and an ended login mean is in hand without the table", () => {
    expect(sayProblem("network.no-answer", OWN, "zh-CN", "coming").by).toBe("page");
    expect(sayProblem("auth.required", OWN, "zh-CN", "failed").by).toBe("page");
  });
});

test("English is what the API says, at once", () => {
  expect(sayProblem("shift.closed", OWN, "en", "coming")).toEqual({ by: "api", ...OWN });
  expect(sayProblem("network.no-answer", OWN, "en", "coming").title).toBe("The server does not answer");
});
