/**
 * The words on the screen, Chinese first. Each area keeps its own beside its screens: `defineWords` takes both languages
 * and refuses, at compile time, a key that one of them lacks; a test holds their placeholders equal.
 */
import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";

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

void i18next.use(initReactI18next).init({
  lng: firstLanguage(),
  fallbackLng: false,
  // React escapes what it renders.
  interpolation: { escapeValue: false },
  resources: {},
  // A key may hold dots ("ticket.changed") and colons.
  keySeparator: false,
  nsSeparator: false,
  // Resources are in the bundle: nothing to wait for.
  initAsync: false,
});
document.documentElement.lang = i18next.language;

export const language = (): Language => (isLanguage(i18next.language) ? i18next.language : "zh-CN");

export const chooseLanguage = async (chosen: Language): Promise<void> => {
  localStorage.setItem(KEPT, chosen);
  document.documentElement.lang = chosen;
  await i18next.changeLanguage(chosen);
};

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

/** The words of one area. `area` is unique: two files with one name would overwrite each other. */
export const defineWords = <Key extends string>(
  area: string,
  texts: {
    readonly "zh-CN": Readonly<Record<Key, string>>;
    readonly en: Readonly<Record<NoInfer<Key>, string>>;
  },
): Words<Key> => {
  for (const one of LANGUAGES) i18next.addResourceBundle(one, area, texts[one]);
  const say: Translate<Key> = (key, values) => {
    // The library would look for the key in types that are not declared to it.
    const name: string = key;
    return i18next.t(name, { ns: area, ...values });
  };
  return {
    texts,
    say,
    useWords: () => {
      // Renders anew when the language changes.
      useTranslation();
      return say;
    },
  };
};
