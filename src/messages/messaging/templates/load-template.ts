/**
 * A template made ready to be filled (模板填充). Handlebars draws the words; what stands here is what may go in: texts and numbers
 * only, on one line, without what carriers refuse. Compiled once per process.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import Handlebars from "handlebars";
import { fail } from "#src/kernel/errors.ts";
import { cleanLine } from "../clean-text.ts";
import { readTemplate, type TemplateKey, TEMPLATES_FOLDER, type TemplateSource } from "./catalog.ts";
import type { TemplateChannel, TemplateLocale, TemplateVariable } from "./declaration.ts";

export type TemplateValues = Readonly<Record<string, string | number>>;

export type FilledTemplate = {
  /** Of a mail; '' else. */
  readonly subject: string;
  readonly text: string;
  /** Of a mail; null else. The same words as `text`. */
  readonly html: string | null;
  /** What a voice reads, one after the other; the paragraphs of a text. */
  readonly sentences: readonly string[];
  /** The declared values as they went in, in their declared order: what a provider that sends by template is given. */
  readonly variables: Readonly<Record<string, string>>;
};

export type LoadedTemplate = TemplateSource & {
  readonly version: number;
  /**
   * Which words these are, as a message names them: `1-0a1b2c3d` of the program, `1.3-0a1b2c3d` the third that the house wrote. With the
   * words' digest: what a message said can be found even where somebody forgot to raise the version.
   */
  readonly label: string;
  /** What something that was approved with these words keeps: the row of the house's version, `0` the program's. */
  readonly pin: string;
  readonly variables: Readonly<Record<string, TemplateVariable>>;
  /** @throws DomainError `template.value-missing`, `template.text-too-long` */
  render(values: TemplateValues): FilledTemplate;
};

/** Carriers refuse brackets of signatures in a text and turn these signs to rubbish. */
const REFUSED_IN_SMS = /[¥￥★_&√※]|\p{Extended_Pictographic}|[\u200b-\u200f]|\ufe0f/gu;
const REFUSED_BUT_PLAIN = /[0-9#*©®]/;

const LONGEST_SMS_UNITS = 500;

const forChannel = (channel: TemplateChannel, value: string): string =>
  channel === "sms"
    ? value
        .replaceAll("【", "[")
        .replaceAll("】", "]")
        .replaceAll(REFUSED_IN_SMS, (sign) => (REFUSED_BUT_PLAIN.test(sign) ? sign : ""))
    : value;

/** One value, made fit: on one line, without what the channel refuses. */
const fit = (channel: TemplateChannel, rule: TemplateVariable, value: string | number): string =>
  forChannel(channel, cleanLine(String(value), rule.cut ? rule.longest : 4000)).trim();

const valuesOf = ({ channel, name, declaration }: TemplateSource, given: TemplateValues) => {
  const values: Record<string, string> = {};
  for (const [key, rule] of Object.entries(declaration.variables)) {
    const value = Object.hasOwn(given, key) ? fit(channel, rule, given[key] ?? "") : "";
    if (value === "" && !rule.optional) {
      fail("template.value-missing", `${channel}/${name} needs a value for ${key}`, { field: key });
    }
    values[key] = value;
  }
  return values;
};

const OPTIONS = {
  strict: true,
  noEscape: true,
  knownHelpersOnly: true,
  preventIndent: true,
} as const;

type Draw = (view: object) => string;

const compile = (words: string, more: { noEscape?: boolean } = {}): Draw => {
  const template = Handlebars.create().compile<object>(words, { ...OPTIONS, ...more });
  return (view) => {
    try {
      return template(view, { allowProtoPropertiesByDefault: false });
    } catch (error) {
      // Compiled when they are first drawn: what the parser says of the words is said here too.
      return fail("template.failed", error instanceof Error ? error.message : String(error));
    }
  };
};

let layout: Draw | null = null;
/** The page around the words of a mail: escaped there, so no value writes markup. */
const pageOf = (view: object): string => {
  layout ??= compile(readFileSync(path.join(TEMPLATES_FOLDER, "email", "layout.html.hbs"), "utf8"), {
    noEscape: false,
  });
  return layout(view);
};

const paragraphsOf = (text: string): string[] =>
  text
    .split(/\n{2,}/)
    .map((part) => part.trim())
    .filter((part) => part !== "");

const SUBJECT = /^Subject:[ \t]*(.*)\n\s*\n/;

/** First line and body of a mail's words. @throws DomainError `template.undeclared` */
export const mailParts = ({ name, words }: Pick<TemplateSource, "name" | "words">) => {
  const match = SUBJECT.exec(`${words}\n\n`);
  if (match === null) {
    return fail(
      "template.undeclared",
      `the mail ${name} does not begin with "Subject: ..." and an empty line`,
    );
  }
  return { subject: match[1] ?? "", body: words.slice(match[0].length) };
};

const drawMail = (
  source: TemplateSource,
): ((values: Record<string, string>) => Omit<FilledTemplate, "variables">) => {
  const parts = mailParts(source);
  const [subject, body] = [compile(parts.subject), compile(parts.body)];
  return (values) => {
    const filled = { subject: cleanLine(subject(values), 300), text: body(values).trim() };
    const sentences = paragraphsOf(filled.text);
    const paragraphs = sentences.map((paragraph) => paragraph.split("\n"));
    return { ...filled, html: pageOf({ ...filled, locale: source.locale, paragraphs }), sentences };
  };
};

const drawText = (
  source: TemplateSource,
): ((values: Record<string, string>) => Omit<FilledTemplate, "variables">) => {
  const draw = compile(source.words);
  return (values) => {
    const text = draw(values).trim();
    if (source.channel === "sms" && text.length > LONGEST_SMS_UNITS) {
      fail("template.text-too-long", `${source.name} became longer than any carrier takes`, {
        facts: { units: text.length, longest: LONGEST_SMS_UNITS },
      });
    }
    const sentences =
      source.channel === "voice"
        ? text
            .split("\n")
            .map((line) => line.trim())
            .filter((line) => line !== "")
        : paragraphsOf(text);
    return { subject: "", text, html: null, sentences };
  };
};

/** Of the program's own words. */
export const PROGRAM_PIN = "0";

const labelOf = (version: string, { digest }: TemplateSource): string => `${version}-${digest.slice(0, 8)}`;

/** A template from words that are at hand, for the lint and for versions of the house. @throws DomainError `template.undeclared` */
export const compileTemplate = (
  source: TemplateSource,
  version: string = String(source.declaration.version),
  pin = PROGRAM_PIN,
): LoadedTemplate => {
  const draw = source.channel === "email" ? drawMail(source) : drawText(source);
  return {
    ...source,
    version: source.declaration.version,
    label: labelOf(version, source),
    pin,
    variables: source.declaration.variables,
    render: (given) => {
      const variables = valuesOf(source, given);
      return { ...draw(variables), variables };
    },
  };
};

const loaded = new Map<string, LoadedTemplate>();

/**
 * The program's own words of this name, ready to be filled; what is said to people is read from the book (book.ts), which has the words
 * of the house before them. Values that it does not declare are left out; what carriers refuse in a text message is taken out of
 * values.
 * @throws DomainError `template.not-found`, `template.undeclared`
 */
export const loadTemplate = (
  name: string,
  channel: TemplateChannel,
  locale: TemplateLocale,
): LoadedTemplate => {
  const key: TemplateKey = { channel, name, locale };
  const place = `${channel}/${locale}/${name}`;
  const known = loaded.get(place);
  if (known !== undefined) return known;
  const template = compileTemplate(readTemplate(key));
  loaded.set(place, template);
  return template;
};
