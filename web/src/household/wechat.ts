/** Inside WeChat's browser: who sits there is asked once, and it pays with what the order holds. Only the server's word says what was paid. */
import { useEffect, useRef, useState } from "react";
import { call } from "#web/api/client.ts";
import { noAnswer } from "#web/api/problem.ts";
import type { Answer } from "#web/api/types.ts";
import { useSession } from "./session.ts";

export type HandOver = NonNullable<Answer<"get", "/me/orders/{orderNo}">["handOver"]>;

type Bridge = {
  invoke(name: string, given: HandOver, answered: (answer: { readonly err_msg: string }) => void): void;
};

export const isInWechat = (): boolean => /MicroMessenger/i.test(navigator.userAgent);

/** Where the page goes on when WeChat has sent the browser back: in this tab only, an address of ours without anything of a person. */
const RETURN = "nuan.wechat.return";
export const returnFromWechat = (): string => {
  const kept = sessionStorage.getItem(RETURN);
  return kept?.startsWith("/") === true ? kept : "/";
};

const askWechat = async (): Promise<void> => {
  const { data } = await call.POST("/me/wechat/authorizations");
  if (data === undefined) throw noAnswer();
  sessionStorage.setItem(RETURN, location.pathname.replace(/^\/me/, ""));
  location.assign(data.url);
};

export type WechatPaying = {
  /** This browser pays by itself, and it is known who sits in it. */
  readonly isReady: boolean;
  /** WeChat is being asked. */
  readonly isAsking: boolean;
  readonly error: unknown;
};

/** For a page where somebody is going to pay: inside WeChat it is asked first who that is, before anything is typed. */
export const useWechatPaying = (): WechatPaying => {
  const { data } = useSession();
  const [error, setError] = useState<unknown>(null);
  const asked = useRef(false);
  const standing = data?.session?.wechat;
  const isHere = isInWechat() && standing?.available === true;
  const mustAsk = isHere && !standing.known && error === null;
  useEffect(() => {
    if (!mustAsk || asked.current) return;
    asked.current = true;
    askWechat().catch(setError);
  }, [mustAsk]);
  return { isReady: isHere && standing.known, isAsking: mustAsk, error };
};

/** WeChat puts it into the page some time after loading. */
const bridgeOf = (): Promise<Bridge | undefined> =>
  new Promise((resolve) => {
    const found = (): Bridge | undefined => (window as { WeixinJSBridge?: Bridge }).WeixinJSBridge;
    if (found() !== undefined) return resolve(found());
    const timer = window.setTimeout(() => resolve(undefined), 3000);
    document.addEventListener(
      "WeixinJSBridgeReady",
      () => {
        window.clearTimeout(timer);
        resolve(found());
      },
      { once: true },
    );
  });

/** What WeChat's browser says about it: a reason to ask the server, never more. */
export const payInWechat = async (given: HandOver): Promise<"ended" | "cancelled" | "absent"> => {
  const bridge = await bridgeOf();
  if (bridge === undefined) return "absent";
  return new Promise((resolve) =>
    bridge.invoke("getBrandWCPayRequest", given, ({ err_msg: said }) =>
      resolve(said.endsWith(":cancel") ? "cancelled" : "ended"),
    ),
  );
};
