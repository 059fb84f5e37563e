/** The words of a reply and of its form, from templates/referral. */
import { readFileSync } from "node:fs";
import Handlebars from "handlebars";
import { dayOfInstant, wallTimeOfInstant } from "#src/kernel/day.ts";
import type { TimelineStep } from "./reply-queries.ts";
import type { Referral } from "./schema.ts";

export const REPLY_LOCALES = ["zh-CN", "en"] as const;
export type ReplyLocale = (typeof REPLY_LOCALES)[number];

const FOLDER = new URL("../../../templates/referral/", import.meta.url);

// Strict: a field that is not given is an error, not a blank in a letter to an authority.
const OPTIONS = { strict: true, knownHelpersOnly: true } as const;
const compiled = new Map<string, Handlebars.TemplateDelegate>();

const templateOf = (locale: ReplyLocale, name: "reply" | "form"): Handlebars.TemplateDelegate => {
  const path = `${locale}/${name}.hbs`;
  const known = compiled.get(path);
  if (known !== undefined) return known;
  const source = readFileSync(new URL(path, FOLDER), "utf8");
  // The letter is text; the form is a page, where every value is escaped.
  const template = Handlebars.compile(source, { ...OPTIONS, noEscape: name === "reply" });
  compiled.set(path, template);
  return template;
};

const isResult = (step: TimelineStep): boolean => step.kind === "state";

export type ReplyFacts = {
  readonly referral: Referral;
  readonly steps: readonly TimelineStep[];
  readonly company: string;
  readonly now: Date;
};

/** The letter: what was asked, what was done, what came of it. */
export const fillReply = ({ referral, steps, company, now }: ReplyFacts, locale: ReplyLocale): string => {
  const done = steps.filter((step) => !isResult(step));
  const said = (step: TimelineStep): string =>
    locale === "en" && step.textEn !== "" ? step.textEn : step.text;
  const last = steps.filter(isResult).at(-1);
  return templateOf(
    locale,
    "reply",
  )({
    authority: locale === "en" ? referral.authorityNameEn : referral.authorityName,
    outsideNo: referral.outsideNo,
    receivedAt: wallTimeOfInstant(referral.receivedAt),
    demand: referral.demand,
    steps: done.map((step, index) => ({
      number: index + 1,
      at: wallTimeOfInstant(step.at),
      text: said(step),
    })),
    hasSteps: done.length > 0,
    result: last === undefined ? "" : said(last),
    company,
    day: dayOfInstant(now),
  })
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
};

export type FormFacts = {
  readonly referral: Referral;
  readonly replyText: string;
  readonly signedByOne: string;
  readonly signedByTwo: string;
  readonly maskedNumber: string;
  readonly company: string;
};

const wall = (instant: Date | null): string => (instant === null ? "" : wallTimeOfInstant(instant));

/** The cells of the reply form, in the order in which page and sheet show them. */
export const formView = ({ referral, ...facts }: FormFacts, locale: ReplyLocale) => ({
  ...facts,
  authority: locale === "en" ? referral.authorityNameEn : referral.authorityName,
  outsideNo: referral.outsideNo,
  round: String(referral.round),
  ticketNo: referral.ticketNo,
  title: referral.title,
  demand: referral.demand,
  callerName: referral.callerName ?? "",
  address: referral.addressText ?? "",
  receivedAt: wall(referral.receivedAt),
  dueAt: wall(referral.dueAt),
  reportedAt: wall(referral.reportedAt),
  reportedBy: referral.reportedBy ?? "",
  receiptNo: referral.receiptNo ?? "",
  paragraphs: facts.replyText.split("\n"),
});

/** The form as a page to print. */
export const fillForm = (facts: FormFacts, locale: ReplyLocale): string =>
  templateOf(locale, "form")(formView(facts, locale));
