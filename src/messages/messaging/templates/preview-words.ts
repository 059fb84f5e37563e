/** Words before they are asked for: filled with what a household was really sent, counted and priced, beside what is said now. */
import { can } from "#src/platform/actor.ts";
import { today } from "#src/platform/clock.ts";
import type { Platform, RouteRequest } from "#src/platform/route.ts";
import { accessAccount } from "#src/town/accounts/index.ts";
import { readTexts } from "./book.ts";
import type { TemplateLocale } from "./declaration.ts";
import { languagesOf, sourcesOf, type TemplateName, type Words } from "./judge-words.ts";
import { type LintFinding, type LintReport, lintTemplate } from "./lint-template.ts";
import { compileTemplate, type FilledTemplate, type LoadedTemplate } from "./load-template.ts";
import { STANDARD_SIGNATURE } from "./render-message.ts";
import { readSegmentPrice } from "./segment-price.ts";
import { findSentValues, type SentValues } from "./sent-values-queries.ts";
import { type Segments, segmentsOf } from "./segments.ts";
import type { TemplateSource } from "./catalog.ts";

type Values = Readonly<Record<string, string>>;

export type PreviewedText = {
  readonly locale: TemplateLocale;
  /** Null while the words cannot be filled; `findings` say why. */
  readonly filled: FilledTemplate | null;
  /** What the household reads now. */
  readonly before: FilledTemplate | null;
  /** As it would be charged with these values, and with the longest; null where it is not charged by parts. */
  readonly counted: (Segments & { readonly costMilliFen: bigint }) | null;
  readonly most: LintReport["most"];
  readonly mostMilliFen: bigint | null;
  readonly findings: readonly LintFinding[];
};

export type WordsPreview = {
  /** Whose message the values are of; null: the samples of the declaration. */
  readonly from: { readonly accountNo: string; readonly at: Date } | null;
  readonly texts: readonly PreviewedText[];
};

/** Samples, and what was really sent in their place; a code that opens something stays a sample. */
const valuesOf = ({ declaration }: TemplateSource, sent: SentValues | null): Values => {
  const homes = sent === null || sent.homes === null ? {} : { homes: sent.homes, homeCount: sent.homeCount };
  const real: Readonly<Record<string, unknown>> = { ...sent?.variables, ...homes };
  return Object.fromEntries(
    Object.entries(declaration.variables).map(([name, { sample, secret }]) => {
      const value = real[name];
      const isReal = !secret && (typeof value === "string" || typeof value === "number");
      return [name, isReal ? String(value) : sample];
    }),
  );
};

const fill = (template: LoadedTemplate, values: Values): FilledTemplate | null => {
  try {
    return template.render(values);
  } catch {
    // What is wrong is among the findings of the lint.
    return null;
  }
};

const compiledOrNull = (source: TemplateSource): LoadedTemplate | null => {
  try {
    return compileTemplate(source);
  } catch {
    return null;
  }
};

type Asked = Pick<RouteRequest<unknown, unknown, unknown>, "platform" | "actor">;

/** Values of a message are for those who read messages; others see the samples. */
const sentValues = async (
  { platform, actor }: Asked,
  { name }: TemplateName,
  accountNo: string | null,
): Promise<SentValues | null> => {
  if (!can(actor, "message.read")) return null;
  const { sql } = platform.database;
  const account =
    accountNo === null ? null : await accessAccount(sql, actor, accountNo, today(platform.clock));
  return findSentValues(sql, { template: name, accountId: account?.id ?? null });
};

const settings = async (platform: Pick<Platform, "database" | "messages">) => ({
  signature: platform.messages?.signature ?? STANDARD_SIGNATURE,
  segmentMilliFen: await readSegmentPrice(platform.database.sql),
});

/**
 * Reads only. Never refuses for what is wrong with the words: `findings` say it.
 * @throws DomainError `template.not-found`, `template.undeclared`, `account.not-found`
 */
export const previewWords = async (
  asked: Asked,
  key: TemplateName,
  words: Words,
  accountNo: string | null,
): Promise<WordsPreview> => {
  const { platform } = asked;
  const { sql } = platform.database;
  languagesOf(key);
  const sent = await sentValues(asked, key, accountNo);
  const [{ signature, segmentMilliFen }, standing] = await Promise.all([
    settings(platform),
    readTexts(sql, platform.clock.now()),
  ]);
  const texts = sourcesOf(key, words).map((source): PreviewedText => {
    const report = lintTemplate(source, { signature, segmentMilliFen });
    const values = valuesOf(source, sent);
    const isFillable = !report.findings.some(
      ({ rule }) => rule === "undeclared-variable" || rule === "strange-syntax" || rule === "unreadable",
    );
    const template = isFillable ? compiledOrNull(source) : null;
    const filled = template === null ? null : fill(template, values);
    const counted = filled === null || key.channel !== "sms" ? null : segmentsOf(filled.text, signature);
    return {
      locale: source.locale,
      filled,
      before: fill(standing.load(key.name, key.channel, source.locale), values),
      counted:
        counted === null ? null : { ...counted, costMilliFen: BigInt(counted.segments) * segmentMilliFen },
      most: report.most,
      mostMilliFen: report.costMilliFen,
      findings: report.findings,
    };
  });
  return { from: sent === null ? null : { accountNo: sent.accountNo, at: sent.queuedAt }, texts };
};
