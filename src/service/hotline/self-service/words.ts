/**
 * The sentences of the menu (菜单文案). The standard ones stand in templates/voice; what a duty supervisor wrote goes before
 * them, and is read from the database for every reply, so the next sentence that any caller hears is the new one.
 */
import { readFileSync } from "node:fs";
import Handlebars from "handlebars";
import { parse } from "yaml";
import { z } from "zod";
import { fail, must } from "#src/kernel/errors.ts";
import { VOICE_TEMPLATES, type VoiceLanguage } from "#src/platform/telephony/index.ts";

export const VOICE_LANGUAGES = ["zh-CN", "en"] as const satisfies readonly VoiceLanguage[];

const NONE = [] as const;
/** Every sentence, with the values that it may name. */
export const MENU_WORDS = {
  welcome: NONE,
  "main-menu": NONE,
  "option-owed": ["key"],
  "option-paid": ["key"],
  "option-building": ["key"],
  "option-valve": ["key"],
  "option-knowledge": ["key"],
  "option-call-back": ["key"],
  "option-language": ["key"],
  "option-agent": ["key"],
  "ask-account": NONE,
  "ask-tail": NONE,
  refused: NONE,
  locked: NONE,
  "account-unknown": NONE,
  owed: ["account", "amount"],
  "owed-offered": ["account", "amount", "day"],
  "owed-nothing": ["account"],
  prepaid: ["amount"],
  "paid-last": ["account", "amount", "day"],
  "paid-in-full": NONE,
  "paid-part": ["amount"],
  "paid-none": ["account"],
  "building-normal": NONE,
  "building-affected": NONE,
  "building-back": ["hour"],
  "incident-words": ["script"],
  "valve-joined": ["day"],
  "valve-requested": ["number"],
  "valve-already-requested": ["number"],
  "valve-open": NONE,
  "valve-unpaid": ["amount"],
  "valve-no-bill": NONE,
  "valve-not-supplied": NONE,
  "after-answer": NONE,
  "knowledge-item": ["title", "key"],
  "knowledge-more": NONE,
  article: ["spoken"],
  "after-list": NONE,
  "after-article": NONE,
  "nothing-to-list": NONE,
  "no-such-article": NONE,
  "ask-call-back": NONE,
  "call-back-left": NONE,
  "no-number": NONE,
  transferring: NONE,
  "agents-away": NONE,
  invalid: NONE,
  silence: NONE,
  goodbye: NONE,
  trouble: NONE,
} as const satisfies Record<string, readonly string[]>;

export type MenuWord = keyof typeof MENU_WORDS;
export const isMenuWord = (key: string): key is MenuWord => Object.hasOwn(MENU_WORDS, key);
const menuWords = Object.keys(MENU_WORDS).filter(isMenuWord);

/** One sentence to say: which, and with what. */
export type Phrase = { readonly word: MenuWord; readonly values?: Readonly<Record<string, string>> };

const standardShape = z.strictObject(
  Object.fromEntries(menuWords.map((word) => [word, z.string().min(1)])) as Record<MenuWord, z.ZodString>,
);

const standards = new Map<VoiceLanguage, Readonly<Record<MenuWord, string>>>();

/** The standard sentences of a language. A missing or a surplus one is a defect with its name. */
export const standardWords = (language: VoiceLanguage): Readonly<Record<MenuWord, string>> => {
  const known = standards.get(language);
  if (known !== undefined) return known;
  const file = new URL(`${language}/words.yaml`, VOICE_TEMPLATES);
  const read = standardShape.parse(parse(readFileSync(file, "utf8")));
  standards.set(language, read);
  return read;
};

const namesIn = (text: string): string[] =>
  [...text.matchAll(/\{\{\s*([^{}]*?)\s*\}\}/g)].map((match) => match[1] ?? "");

/**
 * Holds a sentence that somebody wrote to what the menu can say: only values that this sentence has, no other templating.
 * @throws DomainError `menu.text-refused`
 */
export const checkWords = (word: MenuWord, text: string): void => {
  const allowed: readonly string[] = MENU_WORDS[word];
  const wrong = namesIn(text).find((name) => !allowed.includes(name));
  const bare = text.replaceAll(/\{\{\s*[a-z]+\s*\}\}/g, "");
  if (wrong === undefined && !/[{}]/.test(bare)) return;
  fail("menu.text-refused", `this sentence cannot name ${wrong === undefined ? "braces" : `{{${wrong}}}`}`, {
    field: "words",
    remedy: allowed.length === 0 ? "this sentence has no values" : `values: {{${allowed.join("}}, {{")}}}`,
  });
};

type Sentence = (values: Readonly<Record<string, string>>) => string;
const compiled = new Map<string, Sentence>();
const MOST_COMPILED = 500;

const sentenceOf = (text: string): Sentence => {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  // Escaping is the business of the form in which it leaves (TwiML, a text message, JSON), not of the sentence.
  const template = Handlebars.create().compile<Readonly<Record<string, string>>>(text, {
    noEscape: true,
    strict: true,
    knownHelpersOnly: true,
  });
  const sentence: Sentence = (values) => template(values);
  if (compiled.size >= MOST_COMPILED) compiled.clear();
  compiled.set(text, sentence);
  return sentence;
};

/** The words that hold now, over the standard ones. */
export type Wording = {
  readonly language: VoiceLanguage;
  /** By key; only those that somebody changed. */
  readonly changed: ReadonlyMap<string, string>;
};

/** The sentence in the words that hold now. A stored text that cannot be drawn any more falls back to the standard. */
export const phraseText = (phrase: Phrase, wording: Wording): string => {
  const values = phrase.values ?? {};
  const own = wording.changed.get(phrase.word);
  if (own !== undefined) {
    try {
      return sentenceOf(own)(values);
    } catch {
      // It was checked when it was written; if the program's values changed since, a caller still hears the standard.
    }
  }
  return sentenceOf(must(standardWords(wording.language)[phrase.word], phrase.word))(values);
};
