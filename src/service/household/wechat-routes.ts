/** Routes of paying inside WeChat's browser. */
import { defineRoute, type Route } from "#src/platform/route.ts";
import { wechatAnswerBody, wechatAskOut, wechatKnownOut, tag } from "./schema.ts";
import { askWechat, takeWechatAnswer } from "./wechat.ts";

export const householdWechatRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/me/wechat/authorizations",
    permission: "me.pay",
    tag,
    summary: "Where the browser asks WeChat who sits in front of it; the answer comes back to /me/wechat",
    response: wechatAskOut,
    handle: async ({ platform, actor, requestId }) => ({
      body: { url: await askWechat(platform, actor, requestId) },
    }),
  }),
  defineRoute({
    method: "post",
    path: "/me/wechat/openids",
    permission: "me.pay",
    tag,
    summary: "What WeChat gave the browser: its code, and the state of this session; each is taken once",
    body: wechatAnswerBody,
    response: wechatKnownOut,
    handle: async ({ platform, actor, body, requestId }) => {
      await takeWechatAnswer(platform, actor, { ...body, requestId });
      return { body: { known: true as const } };
    },
  }),
];
