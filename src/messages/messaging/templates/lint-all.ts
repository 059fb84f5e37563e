/** The lint over every template in both languages: what `nuan templates lint` and the tests run. Reads files only. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { refusalOf } from "#src/platform/problem.ts";
import { allTemplateKeys, readTemplate, type TemplateKey, TEMPLATES_FOLDER } from "./catalog.ts";
import { TEMPLATE_LOCALES } from "./declaration.ts";
import { type LintReport, type LintSettings, lintTemplate } from "./lint-template.ts";
import { bannedWordsIn } from "./lint-words.ts";

const missing = (key: TemplateKey, why: string): LintReport => ({
  ...key,
  version: 0,
  findings: [{ rule: "unreadable", level: "error", text: why, about: "" }],
  usual: null,
  most: null,
  costMilliFen: null,
});

const lintOne = (key: TemplateKey, settings: LintSettings): LintReport => {
  try {
    return lintTemplate(readTemplate(key), settings);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    return missing(key, refusal.message);
  }
};

export const lintAllTemplates = (settings: LintSettings): LintReport[] =>
  allTemplateKeys().map((key) => lintOne(key, settings));

/** Banned words in what is printed and in the sentences of the telephone menu, which are not templates of messages. */
export const lintOtherWords = (): { readonly file: string; readonly word: string; readonly why: string }[] =>
  (["print", "voice"] as const).flatMap((place) =>
    TEMPLATE_LOCALES.flatMap((locale) => {
      const file = path.posix.join(place, locale, "words.yaml");
      const text = readFileSync(path.join(TEMPLATES_FOLDER, file), "utf8");
      return bannedWordsIn(text, place).map((found) => ({ file, ...found }));
    }),
  );
