/**
 * The words on the screen, Chinese first. Each area keeps its own beside its screens: `defineWords` takes both languages
 * and refuses, at compile time, a key that one of them lacks; a test holds their placeholders equal.
 */
import { useSyncExternalStore } from "react";
import { withNumber } from "./plural.ts";

export const LANGUAGES = ["zh-CN", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

const KEPT = "nuan.language";

const isLanguage = (value: unknown): value is Language => LANGUAGES.some((language) => language === value);

/** What the person chose on this machine, else what the browser speaks, else Chinese. */
const firstLanguage = (): Language => {
  const kept = localStorage.getItem(KEPT);
  if (isLanguage(kept)) return kept;
  return navigator.language.startsWith("en") ? "en" : "zh-CN";
};

let current = firstLanguage();
const listeners = new Set<() => void>();
document.documentElement.lang = current;

export const language = (): Language => current;

export const chooseLanguage = (chosen: Language): void => {
  localStorage.setItem(KEPT, chosen);
  document.documentElement.lang = chosen;
  current = chosen;
  listeners.forEach((listener) => listener());
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};
/** For components: renders anew when the language changes. */
export const useLanguage = (): Language => useSyncExternalStore(subscribe, language);

/** `t("owes", { amount })`; `{{amount}}` in the text. */
export type Translate<Key extends string> = (
  key: Key,
  values?: Readonly<Record<string, string | number>>,
) => string;

export type Words<Key extends string> = {
  /** For components: renders anew when the language changes. */
  readonly useWords: () => Translate<Key>;
  /** For what is no component. */
  readonly say: Translate<Key>;
  /** Both languages as they were given, for the test of parity. */
  readonly texts: { readonly [L in Language]: Readonly<Record<Key, string>> };
};

/** `{{amount}}` becomes the value of that name. React escapes what it renders. */
const filled = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ""));

/** The words of one area; `area` says whose they are. */
export const defineWords = <Key extends string>(
  _area: string,
  texts: {
    readonly "zh-CN": Readonly<Record<Key, string>>;
    readonly en: Readonly<Record<NoInfer<Key>, string>>;
  },
): Words<Key> => {
  const say: Translate<Key> = (key, values) => {
    // A code that is newer than this page stands for itself.
    const text = (texts[current] as Readonly<Partial<Record<Key, string>>>)[key] ?? key;
    return filled(withNumber(text, values?.["count"]), values ?? {});
  };
  return {
    texts,
    say,
    useWords: () => {
      useLanguage();
      return say;
    },
  };
};
