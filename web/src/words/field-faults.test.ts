import { expect, test } from "vitest";
import { fieldFault, fieldLabel } from "./field-faults.ts";

const reasonOf = (code: string, params: Record<string, unknown> = {}, field = "note"): string | undefined =>
  fieldFault({ field, reason: "", code, params }).reason;

test.each([
  ["missing", {}, "没有填写"],
  ["unknown", {}, "系统不认识这一项"],
  ["wrong-type", { expected: "int" }, "应为整数"],
  ["too-short", { least: 1 }, "不能为空"],
  ["too-short", { least: 2 }, "至少 2 个字"],
  ["too-long", { most: 200 }, "最多 200 个字"],
  ["too-few", { least: 1 }, "至少 1 项"],
  ["too-many", { most: 50 }, "最多 50 项"],
  ["too-small", { least: 0 }, "不能小于 0"],
  ["too-large", { most: 20 }, "不能大于 20"],
  ["not-listed", { values: ["cash", "card"] }, "只能是：cash、card"],
  ["wrong-format", { format: "date" }, "应为日期，例如 2026-12-01"],
  ["wrong-pattern", { pattern: String.raw`/^\d{6}$/` }, "应为 6 位数字"],
  ["rule", { rule: "most-values", most: 20 }, "最多 20 项"],
])("%s %o", (code, params, said) => expect(reasonOf(code, params)).toBe(said));

test("an amount is said in yuan", () => {
  expect(reasonOf("too-large", { most: 10_000 }, "items[0].feeFen")).toBe("不能大于 100 元");
  expect(reasonOf("too-small", { least: 105 }, "feeFen")).toBe("不能小于 1.05 元");
  expect(reasonOf("rule", { rule: "largest-payment", mostFen: 10_000_000_000 }, "amountFen")).toBe(
    "不能超过 100,000,000 元",
  );
});

test("what this page does not know yet is left to the API's words", () => {
  expect(reasonOf("of-tomorrow")).toBeUndefined();
  expect(reasonOf("wrong-pattern", { pattern: "/^new$/" })).toBeUndefined();
  expect(reasonOf("wrong-type", { expected: "nan" })).toBeUndefined();
});

test.each([
  ["amountFen", "金额"],
  ["areaIds[0]", "片区 · 第 1 行"],
  ["items[3].accountNo", "清单 · 第 4 行 · 户号"],
  ["variables.companyName", "模板变量 · companyName"],
  ["If-Match", "版本"],
])("%s is called %s", (path, label) => expect(fieldLabel(path)).toBe(label));
