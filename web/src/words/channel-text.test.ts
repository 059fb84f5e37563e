import { expect, test } from "vitest";
import { channelText } from "./channel-text.ts";

test("a channel stands by its name in Chinese, and in English by what can be read there", () => {
  const counter = { name: "营业厅", code: "counter", kind: "counter" };
  const bank = { name: "A 银行（虚构）", code: "bank-a", kind: "bank" };
  const none = { name: null, code: null, kind: null };
  expect([counter, bank, none].map((one) => channelText(one, "zh-CN"))).toEqual([
    "营业厅",
    "A 银行（虚构）",
    "",
  ]);
  expect([counter, bank, none].map((one) => channelText(one, "en"))).toEqual(["Counter", "bank-a", ""]);
});
