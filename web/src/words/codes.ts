/** The API's codes in words: states, kinds and reasons that several areas show. A code that is not here is shown as it is. */
import { codesOfHomes } from "./codes-of-homes.ts";
import { codesOfService } from "./codes-of-service.ts";
import { defineWords } from "./words.ts";

export const codes = defineWords("codes", {
  "zh-CN": { ...codesOfService["zh-CN"], ...codesOfHomes["zh-CN"] },
  en: { ...codesOfService.en, ...codesOfHomes.en },
});

type Key = keyof (typeof codes.texts)["zh-CN"];
/** What stands before the dot: `ticket`, `valve`, `wrap-up` … */
export type CodeKind = Key extends `${infer Kind}.${string}` ? Kind : never;
export type CodeWord = (kind: CodeKind, code: string | null | undefined) => string;

const isKey = (key: string): key is Key => key in codes.texts["zh-CN"];

/** `word("valve", "open")`; renders anew when the language changes. */
export const useCodes = (): CodeWord => {
  const t = codes.useWords();
  return (kind, code) => {
    if (code === null || code === undefined) return "";
    const key = `${kind}.${code}`;
    return isKey(key) ? t(key) : code;
  };
};
