import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { FieldError } from "../api/problem.ts";
import { fieldFault } from "./field-faults.ts";
import type * as Problems from "./problems.ts";

let sayProblem: typeof Problems.sayProblem;
let sayFault: typeof Problems.sayFault;
beforeAll(async () => {
  // What the module asks of a browser when it is read.
  vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
  vi.stubGlobal("document", { documentElement: { lang: "" } });
  ({ sayProblem, sayFault } = await import("./problems.ts"));
});
afterAll(() => void vi.unstubAllGlobals());

const OWN = { title: "the till is closed", remedy: "open a shift" };
const CHINESE: Problems.Table = {
  ALL: { "shift.closed": ["这个班次已结", "请先开班"], "short.one": ["就这一句"] },
  fieldFault,
};

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

describe("What is wrong with a field", () => {
  const error: FieldError = {
    field: "items[3].accountNo",
    reason: "4 to 32 digits, letters or hyphens",
    code: "wrong-pattern",
    params: { pattern: "/^[0-9A-Za-z-]{4,32}$/" },
  };
  const own = { by: "api", field: error.field, reason: error.reason };

  test("waits like the refusal, and is said in Chinese with the row as people count", () => {
    expect(sayFault(error, "zh-CN", "coming")).toBeUndefined();
    expect(sayFault(error, "zh-CN", CHINESE)).toEqual({
      by: "page",
      field: "清单 · 第 4 行 · 户号",
      reason: "应为 4 到 32 位数字、字母或连字符，例如 0100000017",
    });
  });
  test("is what the API says to whoever reads English, and where the table cannot be had", () => {
    expect(sayFault(error, "en", CHINESE)).toEqual(own);
    expect(sayFault(error, "zh-CN", "failed")).toEqual(own);
  });
  test("of a code that is newer than the page keeps the API's reason at the Chinese field", () => {
    expect(sayFault({ ...error, code: "of-tomorrow" }, "zh-CN", CHINESE)).toEqual({
      by: "api",
      field: "清单 · 第 4 行 · 户号",
      reason: error.reason,
    });
  });
});
