/**
 * The refusals of the API in the words of the screen, by code: what happened and what to do. English is what the API says
 * itself; where Chinese is missing here, the API's own words are shown.
 */
import type { Language } from "./words.ts";

export type ProblemText = { readonly title: string; readonly remedy?: string };

const CHINESE: Readonly<Record<string, ProblemText>> = {
  "network.no-answer": { title: "服务器没有回应", remedy: "请检查网络，然后再试一次；同一操作不会重复生效" },
  "console.defect": { title: "页面出错了", remedy: "请重新读取页面；再次出现时请把下面的内容告诉管理员" },
  "auth.required": { title: "登录已结束", remedy: "请重新登录，未提交的内容会保留" },
  "auth.failed": { title: "账号或密码不对", remedy: "请核对后再试" },
  forbidden: { title: "您没有这项权限", remedy: "请由有权限的同事办理" },
  "request.invalid": { title: "填写的内容有误", remedy: "请按下面的提示修改" },
  "request.too-many": { title: "操作过于频繁", remedy: "请稍等片刻再试" },
  "request.in-flight": { title: "同一操作正在进行", remedy: "请稍候，不要重复提交" },
  "version.stale": { title: "别人刚刚修改过", remedy: "请重新读取后再改，您填写的内容会保留" },
  internal: { title: "系统内部错误", remedy: "请记下请求编号并告诉管理员" },
};
const ENGLISH: Readonly<Record<string, ProblemText>> = {
  "network.no-answer": {
    title: "The server does not answer",
    remedy: "look at the connection and try again; the same action is never done twice",
  },
  "console.defect": {
    title: "This page failed",
    remedy: "load it again; if it comes back, tell an administrator what is below",
  },
};

/** The text of a code in a language; undefined where the API's own words have to do. */
export const problemText = (code: string, language: Language): ProblemText | undefined =>
  language === "zh-CN" ? CHINESE[code] : ENGLISH[code];
