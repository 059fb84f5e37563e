/**
 * The words as they stand at an instant (模板版本): those that the house wrote and two people approved, else the program's. One statement reads
 * all of them; a version is one row, so nobody ever sees half of it. What was approved with its words keeps their pins, and is given
 * those, whatever is live.
 */
import { fail } from "#src/kernel/errors.ts";
import type { Sql } from "#src/platform/sql.ts";
import { digestOf, hasTemplate, readTemplate, type TemplateKey, type TemplateSource } from "./catalog.ts";
import type { TemplateChannel, TemplateLocale } from "./declaration.ts";
import {
  compileTemplate,
  type LoadedTemplate,
  loadTemplate,
  mailParts,
  PROGRAM_PIN,
} from "./load-template.ts";
import { readWords } from "./used-variables.ts";
import { type ApprovedWords, findApprovedWords, findPinnedWords } from "./words-queries.ts";

/** By channel: the words that something was approved with. */
export type WordsPins = Readonly<Record<string, string>>;

/** The words of one instant. */
export type TemplateTexts = {
  /** What is said to people. @throws DomainError `template.not-found`, `template.undeclared` */
  load(name: string, channel: TemplateChannel, locale: TemplateLocale): LoadedTemplate;
  /** The house's version in force, also one that goes back to the program's words; null where there never was one. */
  inForce(name: string, channel: TemplateChannel): ApprovedWords | null;
};

/** The words of an instant; in channels that are pinned, those of the pins. */
export type TemplateBook = { at(instant: Date, pins?: WordsPins): TemplateTexts };

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
  const place = `${key.channel}/${key.locale}/${key.name}/${row.id}/${row.revision}/${words}`;
  const known = compiled.get(place);
  if (known !== undefined) return known;
  const source = sourceOf(key, words);
  const template = canBeFilled(source)
    ? compileTemplate(source, `${row.baseVersion}.${row.revision}`, String(row.id))
    : null;
  compiled.set(place, template);
  return template;
};

type Rows = {
  readonly byTemplate: ReadonlyMap<string, readonly ApprovedWords[]>;
  readonly byId: ReadonlyMap<string, ApprovedWords>;
};

/** @throws DomainError `template.words-unknown` */
const pinnedRow = ({ byId }: Rows, pin: string): ApprovedWords =>
  byId.get(pin) ?? fail("template.words-unknown", "the words that were approved with it are not there");

const textsAt = (rows: Rows, instant: Date, pins: WordsPins): TemplateTexts => {
  const inForce: TemplateTexts["inForce"] = (name, channel) =>
    rows.byTemplate.get(`${channel}/${name}`)?.find(({ liveFrom }) => liveFrom <= instant) ?? null;
  return {
    inForce,
    load: (name, channel, locale) => {
      const pin = pins[channel];
      if (pin === PROGRAM_PIN) return loadTemplate(name, channel, locale);
      const row = pin === undefined ? inForce(name, channel) : pinnedRow(rows, pin);
      const words = row === null || row.kind === "program" ? null : wordsIn(row, locale);
      const key = { channel, name, locale };
      // Words that a release has left behind are not sent half-filled, and no message is lost for them: the program's stand in.
      const own = row === null || words === null || !hasTemplate(key) ? null : compiledWords(key, row, words);
      return own ?? loadTemplate(name, channel, locale);
    },
  };
};

/** @param rows the youngest first; `pinned` in any order */
export const bookOf = (
  rows: readonly ApprovedWords[],
  pinned: readonly ApprovedWords[] = [],
): TemplateBook => {
  const byTemplate = new Map<string, ApprovedWords[]>();
  for (const row of rows) {
    const place = `${row.channel}/${row.name}`;
    const known = byTemplate.get(place);
    if (known === undefined) byTemplate.set(place, [row]);
    else known.push(row);
  }
  const byId = new Map([...rows, ...pinned].map((row) => [String(row.id), row]));
  return { at: (instant, pins = {}) => textsAt({ byTemplate, byId }, instant, pins) };
};

/** What is live and what has its day to come, by one statement; and by another the versions of these pins. */
export const readTemplateBook = async (
  sql: Sql,
  now: Date,
  pins: readonly WordsPins[] = [],
): Promise<TemplateBook> => {
  const ids = new Set(pins.flatMap((one) => Object.values(one)).filter((pin) => pin !== PROGRAM_PIN));
  const [rows, pinned] = await Promise.all([
    findApprovedWords(sql, now),
    ids.size === 0 ? [] : findPinnedWords(sql, [...ids].map(BigInt)),
  ]);
  return bookOf(rows, pinned);
};

/** The words of this instant for a command, or those of the pins. */
export const readTexts = async (sql: Sql, now: Date, pins: WordsPins = {}): Promise<TemplateTexts> =>
  (await readTemplateBook(sql, now, [pins])).at(now, pins);

/** What is kept with something that is approved in these texts. */
export const pinsOf = (texts: readonly LoadedTemplate[]): WordsPins =>
  Object.fromEntries(texts.map(({ channel, pin }) => [channel, pin]));
