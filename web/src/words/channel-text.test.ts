import { expect, test } from "vitest";
import { channelChoice, channelText } from "./channel-text.ts";

test("a channel is named in the reader's language, in English by its code while nobody has named it", () => {
  const wallet = { name: "微信支付", nameEn: "WeChat Pay", code: "wechat" };
  const unnamed = { name: "A 银行（虚构）", nameEn: null, code: "bank-a" };
  const none = { name: null, nameEn: null, code: null };
  const all = [wallet, unnamed, none];
  expect(all.map((one) => channelText(one, "zh-CN"))).toEqual(["微信支付", "A 银行（虚构）", ""]);
  expect(all.map((one) => channelText(one, "en"))).toEqual(["WeChat Pay", "bank-a", ""]);
  expect(all.map((one) => channelChoice(one, "zh-CN"))).toEqual([
    "微信支付 wechat",
    "A 银行（虚构） bank-a",
    "",
  ]);
  expect(all.map((one) => channelChoice(one, "en"))).toEqual(["WeChat Pay wechat", "bank-a", ""]);
});
