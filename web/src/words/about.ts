/** What a template is for, as its file says it in both languages. */
import { language } from "./words.ts";

/** `Any notice of service` of `一般服务通知。Any notice of service.`: the part in the language of the screen. */
export const aboutIn = (about: string): string => {
  const [first = about, ...rest] = about.split("。");
  return language() === "zh-CN" || rest.length === 0 ? first : rest.join("");
};
