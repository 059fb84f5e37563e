/** Words that are being written, held to the lint of the files and filled as they will be read. */
import { fail } from "#src/kernel/errors.ts";
import { digestOf, hasTemplate, readTemplate, type TemplateSource } from "./catalog.ts";
import { TEMPLATE_LOCALES, type TemplateChannel, type TemplateLocale } from "./declaration.ts";
import { type LintReport, type LintSettings, lintTemplate } from "./lint-template.ts";
import { compileTemplate } from "./load-template.ts";

/** What a version says; null in a language that the template does not speak. */
export type Words = Readonly<Record<TemplateLocale, string | null>>;

/** As somebody typed it. */
export type GivenWords = { readonly [Locale in TemplateLocale]?: string | null | undefined };

export type TemplateName = { readonly channel: TemplateChannel; readonly name: string };

/** The languages that the program speaks in this template. @throws DomainError `template.not-found` */
export const languagesOf = (key: TemplateName): TemplateLocale[] => {
  const spoken = TEMPLATE_LOCALES.filter((locale) => hasTemplate({ ...key, locale }));
  return spoken.length > 0
    ? spoken
    : fail("template.not-found", `there is no template ${key.channel}/${key.name}`, { field: "name" });
};

/** The program's own words. @throws DomainError `template.not-found`, `template.undeclared` */
export const programWords = (key: TemplateName): Words => {
  const spoken = languagesOf(key);
  const of = (locale: TemplateLocale): string | null =>
    spoken.includes(locale) ? readTemplate({ ...key, locale }).words : null;
  return { "zh-CN": of("zh-CN"), en: of("en") };
};

/**
 * As they are kept: without white space at the end, lines ended as in a file. Each language that the template speaks, and no other.
 * @throws DomainError `template.not-found`, `template.words-missing`
 */
export const tidyWords = (key: TemplateName, given: GivenWords): Words => {
  const spoken = languagesOf(key);
  const of = (locale: TemplateLocale): string | null => {
    const text = (given[locale] ?? "").replaceAll("\r\n", "\n").trimEnd();
    if (spoken.includes(locale) === (text.trim() !== "")) return text.trim() === "" ? null : text;
    return fail(
      "template.words-missing",
      spoken.includes(locale)
        ? `the words in ${locale} are missing: both languages change together`
        : `this template does not speak ${locale}`,
      { field: `words.${locale}`, facts: { languages: spoken } },
    );
  };
  return { "zh-CN": of("zh-CN"), en: of("en") };
};

/** Language by language, under what the program declares today. @throws DomainError `template.not-found` */
export const sourcesOf = (key: TemplateName, words: Words): TemplateSource[] =>
  languagesOf(key).flatMap((locale) => {
    const text = words[locale];
    return text === null
      ? []
      : [{ ...readTemplate({ ...key, locale }), words: text, digest: digestOf(text) }];
  });

export const judgeWords = (key: TemplateName, words: Words, settings: LintSettings): LintReport[] =>
  sourcesOf(key, words).map((source) => lintTemplate(source, settings));

/** @throws DomainError `template.has-errors` with the first, at its language */
export const requireSound = (key: TemplateName, words: Words, settings: LintSettings): void => {
  for (const { locale, findings } of judgeWords(key, words, settings)) {
    const [found] = findings.filter(({ level }) => level === "error");
    if (found === undefined) continue;
    fail("template.has-errors", `our own lint refuses it: ${found.text}`, {
      field: `words.${locale}`,
      remedy: "write it in other words; the preview shows every finding",
      facts: { locale, rule: found.rule, why: found.text },
    });
  }
};

/** With the samples of the declaration, a line for each language: what a second person reads. Sound words only. */
export const withSamples = (key: TemplateName, words: Words): string[] =>
  sourcesOf(key, words).map((source) => {
    const { subject, text } = compileTemplate(source).render(
      Object.fromEntries(
        Object.entries(source.declaration.variables).map(([name, { sample }]) => [name, sample]),
      ),
    );
    return subject === "" ? text : `${subject}\n\n${text}`;
  });
