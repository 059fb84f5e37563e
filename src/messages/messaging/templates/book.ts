/**
 * The words as they stand at an instant (模板版本): those that the house wrote and two people approved, else the program's. One statement reads
 * all of them; a version is one row, so nobody ever sees half of it, and whoever asks for an earlier instant gets the words of then.
 */
import type { Sql } from "#src/platform/sql.ts";
import { digestOf, hasTemplate, readTemplate, type TemplateKey, type TemplateSource } from "./catalog.ts";
import type { TemplateChannel, TemplateLocale } from "./declaration.ts";
import { compileTemplate, type LoadedTemplate, loadTemplate, mailParts } from "./load-template.ts";
import { readWords } from "./used-variables.ts";
import { type ApprovedWords, findApprovedWords } from "./words-queries.ts";

/** What was approved so long ago still goes out in the words of then; all of it is in the table for ever. */
const REMEMBERED_MS = 120 * 86_400_000;

/** The words of one instant. */
export type TemplateTexts = {
  /** What is said to people. @throws DomainError `template.not-found`, `template.undeclared` */
  load(name: string, channel: TemplateChannel, locale: TemplateLocale): LoadedTemplate;
  /** The house's version in force, also one that goes back to the program's words; null where there never was one. */
  inForce(name: string, channel: TemplateChannel): ApprovedWords | null;
};

export type TemplateBook = { at(instant: Date): TemplateTexts };

export const wordsIn = (
  row: Pick<ApprovedWords, "wordsZh" | "wordsEn">,
  locale: TemplateLocale,
): string | null => (locale === "zh-CN" ? row.wordsZh : row.wordsEn);

/** A version's words under what the program declares today. @throws DomainError `template.not-found`, `template.undeclared` */
export const sourceOf = (key: TemplateKey, words: string): TemplateSource => ({
  ...readTemplate(key),
  words,
  digest: digestOf(words),
});

/** Whether these words can be filled with what the program gives today: a release may have taken a variable away. */
export const canBeFilled = (source: TemplateSource): boolean => {
  try {
    const { variables, strange } = readWords(source.words);
    if (source.channel === "email") mailParts(source);
    return (
      strange.length === 0 && variables.every((name) => Object.hasOwn(source.declaration.variables, name))
    );
  } catch {
    return false;
  }
};

/** Compiled once per process, by version and words. Null: cannot be filled. */
const compiled = new Map<string, LoadedTemplate | null>();

const compiledWords = (key: TemplateKey, row: ApprovedWords, words: string): LoadedTemplate | null => {
  const place = `${key.channel}/${key.locale}/${key.name}/${row.revision}/${words}`;
  const known = compiled.get(place);
  if (known !== undefined) return known;
  const source = sourceOf(key, words);
  const template = canBeFilled(source) ? compileTemplate(source, `${row.baseVersion}.${row.revision}`) : null;
  compiled.set(place, template);
  return template;
};

const textsAt = (byTemplate: ReadonlyMap<string, readonly ApprovedWords[]>, instant: Date): TemplateTexts => {
  const inForce: TemplateTexts["inForce"] = (name, channel) =>
    byTemplate.get(`${channel}/${name}`)?.find(({ liveFrom }) => liveFrom <= instant) ?? null;
  return {
    inForce,
    load: (name, channel, locale) => {
      const row = inForce(name, channel);
      const words = row === null || row.kind === "program" ? null : wordsIn(row, locale);
      const key = { channel, name, locale };
      // Words that a release has left behind are not sent half-filled, and no message is lost for them: the program's stand in.
      const own = row === null || words === null || !hasTemplate(key) ? null : compiledWords(key, row, words);
      return own ?? loadTemplate(name, channel, locale);
    },
  };
};

/** @param rows the youngest first */
export const bookOf = (rows: readonly ApprovedWords[]): TemplateBook => {
  const byTemplate = new Map<string, ApprovedWords[]>();
  for (const row of rows) {
    const place = `${row.channel}/${row.name}`;
    const known = byTemplate.get(place);
    if (known === undefined) byTemplate.set(place, [row]);
    else known.push(row);
  }
  return { at: (instant) => textsAt(byTemplate, instant) };
};

/** All that is and was live lately, by one statement. */
export const readTemplateBook = async (sql: Sql, now: Date): Promise<TemplateBook> =>
  bookOf(await findApprovedWords(sql, new Date(now.getTime() - REMEMBERED_MS)));

/** The words of this instant, for a command. */
export const readTexts = async (sql: Sql, now: Date): Promise<TemplateTexts> =>
  (await readTemplateBook(sql, now)).at(now);
