/**
 * Paying inside WeChat's browser (微信内支付, JSAPI): a further port beside `port.ts`, behind the same gateway. The payer's openid comes by
 * a code that WeChat gives the page; an order for it is no address but what the page hands over to WeChat's browser.
 *
 *   the browser: AUTHORIZE-URL?appid, redirect_uri, response_type=code, scope=snsapi_base, state#wechat_redirect > redirect_uri?code&state
 *   POST URL/openids {"code"}            2xx {"openid"}; 4xx {"code"}: the code is no good; anything else: unknown
 *   POST URL/orders {.., "openid"}       2xx {"handOver": {"appId", "timeStamp", "nonceStr", "package", "signType", "paySign"}}
 *
 * Asking, closing and the report are those of every order (`gateway.ts`): what counts as paid is said there and nowhere in a browser.
 */
import { z } from "zod";

/** The channel that WeChat's browser pays through; others do not open in it. */
export const WECHAT_CHANNEL = "wechat";

export type WechatApp = {
  readonly appId: string;
  /** Where a browser goes to be told who sits in front of it. */
  readonly authorizeUrl: string;
};

const short = z.string().min(1).max(200);
/** The names are WeChat's own: the page gives it on as it came. */
export const handOverIn = z.object({
  appId: short,
  timeStamp: z.string().regex(/^\d{1,20}$/),
  nonceStr: short,
  package: short,
  signType: short,
  paySign: z.string().min(1).max(1000),
});
export type HandOver = z.output<typeof handOverIn>;

export type WechatPerson =
  | { readonly kind: "known"; readonly openid: string }
  /** Its clear no: the code was used, is too old, or is none. */
  | { readonly kind: "refused" }
  | { readonly kind: "unknown"; readonly problem: string };

export type WechatPort = {
  /** The address for the browser; `state` comes back with the code. */
  authorizeUrl(way: { readonly returnUrl: string; readonly state: string }): string;
  /** Who a code stands for. A code works once. */
  openidOf(code: string): Promise<WechatPerson>;
};

export const authorizeAddress = (
  { appId, authorizeUrl }: WechatApp,
  { returnUrl, state }: { readonly returnUrl: string; readonly state: string },
): string => {
  const query = new URLSearchParams({
    appid: appId,
    redirect_uri: returnUrl,
    response_type: "code",
    // The openid alone: no name, no picture, and WeChat asks the person nothing.
    scope: "snsapi_base",
    state,
  });
  return `${authorizeUrl}?${query.toString()}#wechat_redirect`;
};
