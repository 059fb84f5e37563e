/**
 * The lint of templates (模板检查): what carriers, the law and we ourselves ask of a text, held to it with its longest values
 * filled in. Errors stop a build and a message; warnings are what a provider that sends by template would refuse. Pure.
 */
import { DomainError, fail } from "#src/kernel/errors.ts";
import type { TemplateSource } from "./catalog.ts";
import { isSpokenTime, type TemplateVariable } from "./declaration.ts";
import { bannedWordsIn, hidesThatItIsAPaymentNotice, saysHowToStop } from "./lint-words.ts";
import { compileTemplate, mailParts, type TemplateValues } from "./load-template.ts";
import { segmentsOf } from "./segments.ts";
import { readWords, type UsedWords } from "./used-variables.ts";

export const LINT_RULES = [
  "unreadable",
  "undeclared-variable",
  "unused-variable",
  "strange-syntax",
  "markup",
  "signature-in-text",
  "banned-word",
  "no-payment-notice",
  "no-way-to-stop",
  "forbidden-character",
  "rare-character",
  "link",
  "number-in-value",
  "too-long",
  "too-many-segments",
  "subject",
  "sentence",
  "provider-variables",
  "free-text-in-emergency",
] as const;
export type LintRule = (typeof LINT_RULES)[number];

export type LintFinding = {
  readonly rule: LintRule;
  readonly level: "error" | "warning";
  readonly text: string;
  /** What it is about, without words of any language: the name, the sign, the figures; '' where the rule says it all. */
  readonly about: string;
};

export type LintReport = {
  readonly channel: TemplateSource["channel"];
  readonly name: string;
  readonly locale: TemplateSource["locale"];
  readonly version: number;
  readonly findings: readonly LintFinding[];
  /** Of a text message with its signature: with the samples, and with the longest values. */
  readonly usual: { readonly units: number; readonly segments: number } | null;
  readonly most: { readonly units: number; readonly segments: number } | null;
  /** Thousandths of a fen for one, at most; null where it is not charged by segments. */
  readonly costMilliFen: bigint | null;
};

export type LintSettings = {
  readonly signature: string;
  /** Price of one segment in thousandths of a fen. */
  readonly segmentMilliFen: bigint;
};

const error = (rule: LintRule, text: string, about = ""): LintFinding => ({
  rule,
  level: "error",
  text,
  about,
});
const warning = (rule: LintRule, text: string, about = ""): LintFinding => ({
  rule,
  level: "warning",
  text,
  about,
});

/** A value as long as it may be: the sample, and then more of it. */
const longestOf = ({ sample, longest }: TemplateVariable): string =>
  sample.length >= longest ? sample : sample + "永".repeat(longest - sample.length);

const fill = (source: TemplateSource, of: (rule: TemplateVariable) => string): TemplateValues =>
  Object.fromEntries(Object.entries(source.declaration.variables).map(([name, rule]) => [name, of(rule)]));

const declared = (source: TemplateSource, used: UsedWords): LintFinding[] => {
  const known = Object.keys(source.declaration.variables);
  return [
    ...used.variables
      .filter((name) => !known.includes(name))
      .map((name) => error("undeclared-variable", `{{${name}}} is not declared`, name)),
    ...known
      .filter((name) => !used.variables.includes(name))
      .map((name) => error("unused-variable", `${name} is declared and not used in this language`, name)),
    ...used.strange.map((what) =>
      error("strange-syntax", `${what}: only {{name}}, {{#if}} and {{#unless}}`, what),
    ),
    ...Object.entries(source.declaration.variables)
      .filter(([, { sample, longest }]) => sample.length > longest)
      .map(([name]) => error("too-long", `the sample of ${name} is longer than its longest`, name)),
  ];
};

const MARKUP = /<\/?[a-z!][^<>]*>?/i;
const WIDE_BRACES = /[｛｝]+/;

/** What somebody pasted or typed in another width: it would be read as it stands. */
const typed = (fixed: string): LintFinding[] => {
  const [markup, braces] = [MARKUP.exec(fixed)?.[0], WIDE_BRACES.exec(fixed)?.[0]];
  return [
    ...(markup === undefined ? [] : [error("markup", `${markup} would be read as it stands`, markup)]),
    ...(braces === undefined
      ? []
      : [error("strange-syntax", `${braces} are full-width: write {{name}}`, braces)]),
  ];
};

const FORBIDDEN_IN_SMS = /[¥￥★_&√※\t\n\r\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;
const PICTURE = /\p{Extended_Pictographic}/u;
const PLAIN_PICTURE = /[0-9#*©®™]/;

const characters = ({ channel }: TemplateSource, text: string): LintFinding[] => {
  const found: LintFinding[] = [];
  if (channel === "sms") {
    const sign = FORBIDDEN_IN_SMS.exec(text)?.[0];
    if (sign !== undefined)
      found.push(
        error(
          "forbidden-character",
          `${JSON.stringify(sign)} becomes rubbish on the way`,
          JSON.stringify(sign),
        ),
      );
    if (/[【】]/.test(text)) found.push(error("signature-in-text", "【】 belong to the signature alone"));
  }
  const picture = PICTURE.exec(text)?.[0];
  if (picture !== undefined && !PLAIN_PICTURE.test(picture))
    found.push(error("forbidden-character", `${picture} is a picture`, picture));
  if (/[\u{10000}-\u{10ffff}]/u.test(text) && picture === undefined)
    found.push(warning("rare-character", "a character of two units in the fixed words"));
  if (/\{\{|\}\}/.test(text)) found.push(error("strange-syntax", "braces are left in the filled text"));
  if (!text.isWellFormed()) found.push(error("forbidden-character", "half of a character"));
  return found;
};

const LINK =
  /(?:https?:\/\/|www\.)[^\s，。；）)]+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|cn|net|org|cc|top|link|me|io|xyz)\b[^\s，。；）)]*/gi;
const SHORTENERS = /^(?:t\.cn|dwz\.cn|url\.cn|suo\.im|bit\.ly|tinyurl\.com|t\.co|goo\.gl|m\.tb\.cn|3\.cn)$/;

const hostOf = (link: string): string =>
  link
    .replace(/^https?:\/\//i, "")
    .split(/[/?#:]/)[0]
    ?.toLowerCase() ?? "";

const links = ({ declaration }: TemplateSource, fixed: string): LintFinding[] =>
  [...fixed.matchAll(LINK)].flatMap(([link]) => {
    const host = hostOf(link);
    if (SHORTENERS.test(host)) return [error("link", `${host} hides where it leads`, host)];
    return declaration.links.includes(host)
      ? []
      : [error("link", `${host} is not among the declared links`, host)];
  });

const NUMBER_OR_LINK = /(?:\+?86)?1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|https?:\/\/|www\./;

const values = ({ channel, declaration }: TemplateSource): LintFinding[] =>
  channel === "sms"
    ? Object.entries(declaration.variables)
        .filter(([, { sample }]) => NUMBER_OR_LINK.test(sample))
        .map(([name]) =>
          error(
            "number-in-value",
            `${name}: a number or a link belongs into the fixed words, or not into a text message`,
            name,
          ),
        )
    : [];

/**
 * What a person writes into a text is held to what the text itself is held to. Errors alone; what a number or a link is told with
 * belongs into the fixed words.
 */
export const lintValue = (source: TemplateSource, value: string): LintFinding[] => {
  const number = source.channel === "sms" ? NUMBER_OR_LINK.exec(value)?.[0] : undefined;
  return [
    ...bannedWordsIn(value, source.channel).map(({ word, why }) =>
      error("banned-word", `${word}: ${why}`, word),
    ),
    ...characters(source, value),
    ...links(source, value),
    ...(number === undefined
      ? []
      : [error("number-in-value", `${number}: a number or a link belongs into the fixed words`, number)]),
  ].filter(({ level }) => level === "error");
};

/** Filled in by the messages themselves, from the homes that they go to. */
const OF_HOMES: readonly string[] = ["homes", "homeCount"];

/** One person says it to a whole town: what two people approved beforehand leaves that person hours alone to fill in. */
const emergencies = ({ declaration }: TemplateSource): LintFinding[] =>
  Object.entries(declaration.variables).flatMap(([name, { form, sample }]) => {
    if (form === "time" && !isSpokenTime(sample))
      return [error("unreadable", `the sample of ${name} is no hour`, name)];
    return declaration.emergency && form !== "time" && !OF_HOMES.includes(name)
      ? [error("free-text-in-emergency", `${name}: one person alone would write it to everybody`, name)]
      : [];
  });

const MOST_PROVIDER_VARIABLES = 10;
const LONGEST_PROVIDER_VALUE = 35;

/** What platforms that send by template ask besides: a text that breaks it can only be sent as free text. */
const forProviders = ({ channel, declaration }: TemplateSource, used: UsedWords): LintFinding[] => {
  if (channel !== "sms") return [];
  const why = (text: string, about: string) =>
    warning("provider-variables", `no provider would approve it: ${text}`, about);
  const found: LintFinding[] = [];
  const rules = Object.entries(declaration.variables);
  if (rules.length > MOST_PROVIDER_VARIABLES)
    found.push(why("more than 10 variables", `${rules.length} > ${MOST_PROVIDER_VARIABLES}`));
  for (const [name, { longest }] of rules)
    if (longest > LONGEST_PROVIDER_VALUE)
      found.push(
        why(`${name} may hold ${longest}, they take 35`, `${name} ${longest} > ${LONGEST_PROVIDER_VALUE}`),
      );
  if (used.adjacent) found.push(why("two variables without a word between them", "}}{{"));
  if (used.wholeBody) found.push(why("the whole text is one variable", "{{…}}"));
  return found;
};

const MARKETING: readonly string[] = ["greeting", "survey"];

const words = ({ channel, declaration, name }: TemplateSource, text: string): LintFinding[] => [
  ...bannedWordsIn(text, channel).map(({ word, why }) => error("banned-word", `${word}: ${why}`, word)),
  ...(declaration.purpose === "payment-notice" && hidesThatItIsAPaymentNotice(text)
    ? [error("no-payment-notice", "it asks for money and does not call itself 缴费通知 (payment notice)")]
    : []),
  ...(channel === "sms" && MARKETING.includes(declaration.purpose) && !saysHowToStop(text)
    ? [
        error(
          "no-way-to-stop",
          `${name} is marketing in the eyes of carriers: say how to refuse it (退订, STOP)`,
        ),
      ]
    : []),
];

const LONGEST_SUBJECT = 120;
const LONGEST_SENTENCE = 120;
const MOST_SENTENCES = 20;

const shape = (
  source: TemplateSource,
  filled: { subject: string; sentences: readonly string[] },
): LintFinding[] => {
  if (source.channel === "email") {
    const { length } = filled.subject;
    return length === 0 || length > LONGEST_SUBJECT
      ? [
          error(
            "subject",
            `the subject has ${length} characters; 1 to ${LONGEST_SUBJECT} are read`,
            `${length} / ${LONGEST_SUBJECT}`,
          ),
        ]
      : [];
  }
  if (source.channel !== "voice") return [];
  const long = filled.sentences.find((sentence) => sentence.length > LONGEST_SENTENCE);
  return [
    ...(long === undefined
      ? []
      : [
          error(
            "sentence",
            `nobody keeps ${long.length} characters in mind: ${long.slice(0, 20)}`,
            long.slice(0, 20),
          ),
        ]),
    ...(filled.sentences.length > MOST_SENTENCES
      ? [error("sentence", "more than 20 sentences", `${filled.sentences.length} > ${MOST_SENTENCES}`)]
      : []),
  ];
};

const lengths = (source: TemplateSource, text: string, signature: string): LintFinding[] => {
  if (source.channel !== "sms") return [];
  const allowed = source.declaration.segments[source.locale];
  const { units, segments } = segmentsOf(text, signature);
  return segments > allowed
    ? [
        error(
          "too-many-segments",
          `${units} units with signature and longest values are ${segments} messages, not ${allowed}`,
          `${segments} > ${allowed}`,
        ),
      ]
    : [];
};

/** The signature by itself (短信签名): 2 to 8 letters or digits. @throws DomainError `template.signature` */
export const checkSignature = (signature: string): void => {
  if (!/^[\p{L}\p{N}]{2,8}$/u.test(signature)) {
    fail("template.signature", "a signature is 2 to 8 letters or digits, without signs and brackets", {
      field: "SMS_SIGNATURE",
    });
  }
};

const findingOf = (failure: unknown): LintFinding => {
  const text = failure instanceof Error ? (failure.message.split("\n")[0] ?? "") : String(failure);
  const isTooLong = failure instanceof DomainError && failure.code === "template.text-too-long";
  return error(isTooLong ? "too-long" : "unreadable", text);
};

const unreadable = (source: TemplateSource, failure: unknown): LintReport => ({
  channel: source.channel,
  name: source.name,
  locale: source.locale,
  version: source.declaration.version,
  findings: [findingOf(failure)],
  usual: null,
  most: null,
  costMilliFen: null,
});

const judge = (source: TemplateSource, settings: LintSettings): LintReport => {
  const used = readWords(source.words);
  const found = [...declared(source, used), ...typed(used.fixed)];
  if (found.some(({ rule }) => rule === "undeclared-variable" || rule === "strange-syntax"))
    return { ...unreadable(source, ""), findings: found };
  if (source.channel === "email") mailParts(source);
  const template = compileTemplate(source);
  const usual = template.render(fill(source, ({ sample }) => sample));
  const most = template.render(fill(source, longestOf));
  const counted = source.channel === "sms" ? segmentsOf(most.text, settings.signature) : null;
  return {
    channel: source.channel,
    name: source.name,
    locale: source.locale,
    version: source.declaration.version,
    findings: [
      ...found,
      ...words(source, `${used.fixed} ${usual.subject} ${usual.text}`),
      ...characters(source, source.channel === "sms" ? most.text : used.fixed),
      ...links(source, used.fixed),
      ...values(source),
      ...emergencies(source),
      ...lengths(source, most.text, settings.signature),
      ...shape(source, usual),
      ...forProviders(source, used),
    ],
    usual: counted === null ? null : segmentsOf(usual.text, settings.signature),
    most: counted,
    costMilliFen: counted === null ? null : BigInt(counted.segments) * settings.segmentMilliFen,
  };
};

/** Judges one template in one language. Never throws for what is wrong with the template. */
export const lintTemplate = (source: TemplateSource, settings: LintSettings): LintReport => {
  try {
    return judge(source, settings);
  } catch (failure) {
    return unreadable(source, failure);
  }
};
