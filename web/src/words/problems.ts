/**
 * The refusals of the API in the words of the screen, by code: what happened and what to do. English is what the API says
 * itself. The Chinese table is loaded with the first refusal, which waits for it; what a lost connection needs is here from the
 * beginning.
 */
import { useEffect, useSyncExternalStore } from "react";
import type { FieldError } from "#web/api/problem.ts";
import type * as All from "./problems-all.ts";
import type { ProblemTexts } from "./problem-text.ts";
import { type Language, useLanguage } from "./words.ts";

export type ProblemText = { readonly title: string; readonly remedy?: string | undefined };

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

/** The Chinese words: not there yet, there, or not to be had. */
export type Table = typeof All | "coming" | "failed";
let table: Table = "coming";
let loading: Promise<void> | undefined;
const listeners = new Set<() => void>();

const becomes = (next: Table): void => {
  table = next;
  listeners.forEach((listener) => listener());
};
const load = async (): Promise<void> => {
  try {
    becomes(await import("./problems-all.ts"));
  } catch {
    // Offline: the API's own words stand until a later try, by the next refusal, has brought better ones.
    loading = undefined;
    becomes("failed");
  }
};
/** Brings the table before it is needed; repeating is safe. */
export const loadProblemTexts = (): Promise<void> => (loading ??= load());

/** What is said of a refusal, and whose words they are: the API's own stand where nobody has better ones. */
export type Said = ProblemText & { readonly by: "page" | "api" | "nobody yet" };
const NOT_YET: Said = { by: "nobody yet", title: "正在读取说明…" };

/** `own` is what the API says, in English: nobody who reads Chinese sees it before the table has come, or failed to. */
export const sayProblem = (code: string, own: ProblemText, spoken: Language, chinese: Table): Said => {
  const inHand = spoken === "en" ? ENGLISH : CHINESE;
  const [title, remedy] =
    inHand[code] ?? (spoken !== "en" && typeof chinese !== "string" ? chinese.ALL[code] : undefined) ?? [];
  if (title !== undefined) return { by: "page", title, ...(remedy === undefined ? {} : { remedy }) };
  return spoken !== "en" && chinese === "coming" ? NOT_YET : { by: "api", ...own };
};

export type SaidFault = { readonly by: "page" | "api"; readonly field: string; readonly reason: string };
/** The same for a field; undefined while nobody can say it yet. */
export const sayFault = (error: FieldError, spoken: Language, chinese: Table): SaidFault | undefined => {
  const { field, reason } = error;
  if (spoken === "en" || chinese === "failed") return { by: "api", field, reason };
  if (chinese === "coming") return undefined;
  const fault = chinese.fieldFault(error);
  return {
    by: fault.reason === undefined ? "api" : "page",
    field: fault.label,
    reason: fault.reason ?? reason,
  };
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

const useTable = (isNeeded: boolean): readonly [Language, Table] => {
  const spoken = useLanguage();
  const chinese = useSyncExternalStore(subscribe, () => table);
  const isWanted = isNeeded && spoken === "zh-CN";
  useEffect(() => {
    if (isWanted) void loadProblemTexts();
  }, [isWanted]);
  return [spoken, chinese];
};
/** For components: loads the table where there is something to say of it, and renders anew when it is there. */
export const useSayProblem = (isNeeded = true): ((code: string, own: ProblemText) => Said) => {
  const [spoken, chinese] = useTable(isNeeded);
  return (code, own) => sayProblem(code, own, spoken, chinese);
};
/** What is wrong with the fields of a refusal, as far as it can be said by now. */
export const useFaults = (errors: readonly FieldError[] = []): readonly SaidFault[] => {
  const [spoken, chinese] = useTable(errors.length > 0);
  return errors.flatMap((error) => sayFault(error, spoken, chinese) ?? []);
};
