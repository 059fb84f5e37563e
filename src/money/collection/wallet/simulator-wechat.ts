/**
 * Stands where WeChat stands (模拟微信): tells a page who sits in front of it by a code, hands out what its browser pays with, and takes
 * that back only as it was given. Part of the wallet simulator; everything in memory.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { newSecret } from "#src/kernel/ids.ts";
import type { HandOver } from "./wechat.ts";

export type WechatSimulator = {
  /** Where the browser is sent back to with a code; null for an address that is none of the house's. */
  returnAddress(asked: URLSearchParams): string | null;
  /** A code works once. */
  openidOf(code: string): string | null;
  handOver(orderNo: string): HandOver;
  /** The order that a browser pays with what it was given; null for anything that was not given like this. */
  orderOf(given: URLSearchParams): string | null;
};

const APP_ID = "wx0000000000000000";
const SIGNED = ["appId", "timeStamp", "nonceStr", "package", "signType"] as const;

export const createWechatSimulator = (options: {
  readonly secret: string;
  readonly now: () => Date;
  readonly houseOrigin: string;
}): WechatSimulator => {
  const { secret, now, houseOrigin } = options;
  const codes = new Map<string, string>();
  const prepaid = new Map<string, string>();
  const sign = (parts: readonly string[]): string =>
    createHmac("sha256", secret)
      .update(`${parts.join("\n")}\n`)
      .digest("base64");
  return {
    returnAddress: (asked) => {
      const back = URL.parse(asked.get("redirect_uri") ?? "");
      if (back === null || back.origin !== houseOrigin || asked.get("appid") !== APP_ID) return null;
      const code = newSecret();
      codes.set(code, `openid-${newSecret()}`);
      back.searchParams.set("code", code);
      back.searchParams.set("state", asked.get("state") ?? "");
      return back.href;
    },
    openidOf: (code) => {
      const openid = codes.get(code) ?? null;
      codes.delete(code);
      return openid;
    },
    handOver: (orderNo) => {
      const prepayId = `prepay_id=${newSecret()}`;
      prepaid.set(prepayId, orderNo);
      const timeStamp = String(Math.floor(now().getTime() / 1000));
      const nonceStr = newSecret();
      const paySign = sign([APP_ID, timeStamp, nonceStr, prepayId, "RSA"]);
      return { appId: APP_ID, timeStamp, nonceStr, package: prepayId, signType: "RSA", paySign };
    },
    orderOf: (given) => {
      const prepayId = given.get("package") ?? "";
      const signed = sign(SIGNED.map((name) => given.get(name) ?? ""));
      const [ours, theirs] = [Buffer.from(signed), Buffer.from(given.get("paySign") ?? "")];
      const isOurs = ours.length === theirs.length && timingSafeEqual(ours, theirs);
      return isOurs ? (prepaid.get(prepayId) ?? null) : null;
    },
  };
};
