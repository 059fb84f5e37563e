/**
 * The refusals of the API in the words of the screen, by code: what happened and what to do. English is what the API says
 * itself. The Chinese table is loaded with the first refusal; what a lost connection needs is here from the beginning.
 */
import { useEffect, useSyncExternalStore } from "react";
import type { ProblemTexts } from "./problem-text.ts";
import type { Language } from "./words.ts";

export type ProblemText = { readonly title: string; readonly remedy?: string };

/** Codes of the page itself, and those that must be readable when nothing can be loaded any more. */
const CHINESE: ProblemTexts = {
  "network.no-answer": ["服务器没有回应", "请检查网络，然后再试一次；同一操作不会重复生效"],
  "console.defect": ["页面出错了", "请重新读取页面；再次出现时请把下面的内容告诉管理员"],
  "auth.required": ["登录已结束", "请重新登录，未提交的内容会保留"],
  "session.refused": [
    "账号或密码不对，或账号已锁定",
    "请核对后再试；输错十次会锁定，一分钟后可再试，管理员也可重置密码",
  ],
};
const ENGLISH: ProblemTexts = {
  "network.no-answer": [
    "The server does not answer",
    "look at the connection and try again; the same action is never done twice",
  ],
  "console.defect": [
    "This page failed",
    "load it again; if it comes back, tell an administrator what is below",
  ],
};

let table: ProblemTexts | undefined;
let loading: Promise<void> | undefined;
const listeners = new Set<() => void>();

const load = async (): Promise<void> => {
  try {
    ({ ALL: table } = await import("./problems-all.ts"));
    listeners.forEach((listener) => listener());
  } catch {
    // Offline: the API's own words stand until the next refusal tries again.
    loading = undefined;
  }
};
/** Brings the table before it is needed; repeating is safe. */
export const loadProblemTexts = (): Promise<void> => (loading ??= load());

const textOf = (texts: ProblemTexts | undefined, code: string): ProblemText | undefined => {
  const [title, remedy] = texts?.[code] ?? [];
  return title === undefined ? undefined : { title, ...(remedy === undefined ? {} : { remedy }) };
};

/** The text of a code in a language; undefined where the API's own words have to do. */
export const problemText = (code: string, language: Language): ProblemText | undefined =>
  language === "en" ? textOf(ENGLISH, code) : (textOf(CHINESE, code) ?? textOf(table, code));

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

/** The same for components: loads the table, and renders anew when it is there. */
export const useProblemText = (code: string, language: Language): ProblemText | undefined => {
  useSyncExternalStore(subscribe, () => table);
  useEffect(() => void loadProblemTexts(), []);
  return problemText(code, language);
};
