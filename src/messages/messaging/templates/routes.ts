/** Routes of templates: their words, what the lint says of them, and what providers have approved. */
import { existsSync } from "node:fs";
import { z } from "zod";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { defineRoute, type Route, rowIdIn } from "#src/platform/route.ts";
import { fail } from "#src/kernel/errors.ts";
import type { Sql } from "#src/platform/sql.ts";
import {
  type Approval,
  APPROVAL_STATES,
  APPROVING_PROVIDERS,
  findApprovals,
  recordApproval,
} from "./approval-queries.ts";
import { canBeFilled, readTemplateBook, sourceOf, type TemplateTexts, wordsIn } from "./book.ts";
import {
  allTemplateKeys,
  declarationFile,
  hasTemplate,
  readTemplate,
  type TemplateKey,
  type TemplateSource,
} from "./catalog.ts";
import { TEMPLATE_CHANNELS, TEMPLATE_LOCALES, TEMPLATE_NAME } from "./declaration.ts";
import { LINT_RULES, type LintSettings, lintTemplate } from "./lint-template.ts";
import { STANDARD_SIGNATURE } from "./render-message.ts";
import { readSegmentPrice } from "./segment-price.ts";
import { wordsRoutes } from "./words-routes.ts";
import {
  type ApprovedWords,
  findApprovedWords,
  findOpenWords,
  findWords,
  type OpenWords,
} from "./words-queries.ts";

const TAG = "Messages 消息";

const approvalOut = z.object({
  provider: z.enum(APPROVING_PROVIDERS),
  version: z.int(),
  providerTemplateId: z.string(),
  state: z.enum(APPROVAL_STATES),
  reason: z.string(),
  /** Whether it is of the words as they stand; else they were changed after it. */
  current: z.boolean(),
  changedAt: z.string(),
});

const approvalJson = (row: Approval, digest: string) => ({
  provider: row.provider,
  version: row.version,
  providerTemplateId: row.providerTemplateId,
  state: row.state,
  reason: row.reason,
  current: row.digest === digest,
  changedAt: row.changedAt.toISOString(),
});

const segmentsOut = z.object({ units: z.int(), segments: z.int() }).nullable();

const templateOut = z.object({
  channel: z.enum(TEMPLATE_CHANNELS),
  name: z.string(),
  locale: z.enum(TEMPLATE_LOCALES),
  version: z.int(),
  purpose: z.string(),
  about: z.string(),
  /** What is said now. */
  words: z.string(),
  digest: z.string(),
  /** As a message names these words. */
  label: z.string(),
  /** Of the house's version in force; null: the program's words. */
  revision: z.int().nullable(),
  /** What the program says, of which release. */
  programWords: z.string(),
  /** A release has changed the program's words since the house's were drafted. */
  programChanged: z.boolean(),
  /** False: a release took a variable away that the house's words name, and the program's stand in for them. */
  fits: z.boolean(),
  /** Being written or waiting for a second person. */
  open: z.object({ id: z.string(), state: z.enum(["draft", "waiting"]) }).nullable(),
  /** Approved, and live from that instant on. */
  ahead: z.object({ id: z.string(), revision: z.int(), liveFrom: z.string() }).nullable(),
  /** One person may send it, when two approved its words beforehand. */
  emergency: z.boolean(),
  variables: z.array(
    z.object({ name: z.string(), sample: z.string(), longest: z.int(), optional: z.boolean() }),
  ),
  /** With signature: as usual, and at most. */
  usual: segmentsOut,
  most: segmentsOut,
  /** Thousandths of a fen for one, at most. */
  costMilliFen: z.int().nullable(),
  findings: z.array(
    z.object({
      rule: z.enum(LINT_RULES),
      level: z.enum(["error", "warning"]),
      text: z.string(),
      about: z.string(),
    }),
  ),
  approvals: z.array(approvalOut),
});

type Standing = {
  readonly texts: TemplateTexts;
  readonly settings: LintSettings;
  readonly approvals: readonly Approval[];
  readonly open: readonly OpenWords[];
  /** Approved for a day to come. */
  readonly ahead: readonly ApprovedWords[];
};

/** What the house says of a template, beside what is said now. */
const houseJson = (key: TemplateKey, { texts, open, ahead }: Standing) => {
  const isIt = (row: { readonly channel: string; readonly name: string }): boolean =>
    row.channel === key.channel && row.name === key.name;
  const row = texts.inForce(key.name, key.channel);
  const own = row?.kind === "own" ? wordsIn(row, key.locale) : null;
  const program = readTemplate(key);
  const base = key.locale === "zh-CN" ? row?.baseZh : row?.baseEn;
  const written = open.find(isIt);
  // The nearest day: rows are the latest first.
  const next = ahead.findLast(isIt);
  return {
    revision: own === null || row === null ? null : row.revision,
    programWords: program.words,
    programChanged: own !== null && base !== program.words,
    fits: own === null || canBeFilled(sourceOf(key, own)),
    open: written === undefined ? null : { id: String(written.id), state: written.state },
    ahead:
      next === undefined
        ? null
        : { id: String(next.id), revision: next.revision, liveFrom: next.liveFrom.toISOString() },
    emergency: program.declaration.emergency,
  };
};

const templateJson = (key: TemplateKey, standing: Standing) => {
  const source = standing.texts.load(key.name, key.channel, key.locale);
  const report = lintTemplate(source, standing.settings);
  return {
    channel: source.channel,
    name: source.name,
    locale: source.locale,
    version: source.declaration.version,
    purpose: source.declaration.purpose,
    about: source.declaration.about,
    words: source.words,
    digest: source.digest,
    label: source.label,
    ...houseJson(key, standing),
    variables: Object.entries(source.declaration.variables).map(([name, { sample, longest, optional }]) => ({
      name,
      sample,
      longest,
      optional,
    })),
    usual: report.usual,
    most: report.most,
    costMilliFen: report.costMilliFen === null ? null : Number(report.costMilliFen),
    findings: [...report.findings],
    approvals: standing.approvals
      .filter(
        ({ name, locale }) => source.channel === "sms" && name === source.name && locale === source.locale,
      )
      .map((row) => approvalJson(row, source.digest)),
  };
};

const settingsOf = async (sql: Sql, signature: string | undefined): Promise<LintSettings> => ({
  signature: signature ?? STANDARD_SIGNATURE,
  segmentMilliFen: await readSegmentPrice(sql),
});

const isWhole = (key: TemplateKey): boolean =>
  hasTemplate(key) && existsSync(declarationFile(key.channel, key.name));

const listRoute = defineRoute({
  method: "get",
  path: "/message-templates",
  permission: "message.set-up",
  summary: "Every template with its words, its length and cost, what is wrong with it, and its approvals",
  tag: TAG,
  query: z.strictObject({
    channel: z.enum(TEMPLATE_CHANNELS).optional(),
    locale: z.enum(TEMPLATE_LOCALES).optional(),
  }),
  response: z.object({
    /** Whether the carrier of text messages takes words that it has not registered: `required` refuses them. */
    registration: z.enum(["required", "optional", "none"]),
    items: z.array(templateOut),
  }),
  handle: async ({ platform, query }) => {
    const { sql } = platform.database;
    const now = platform.clock.now();
    const [approvals, settings, book, open, approved] = await Promise.all([
      findApprovals(sql),
      settingsOf(sql, platform.messages?.signature),
      readTemplateBook(sql, now),
      findOpenWords(sql),
      findApprovedWords(sql, now),
    ]);
    const ahead = approved.filter(({ liveFrom }) => liveFrom > now);
    const standing: Standing = { texts: book.at(now), settings, approvals, open, ahead };
    const { smsProvider, gateway } = platform.messages ?? {};
    const keys = allTemplateKeys().filter(
      (key) =>
        key.channel === (query.channel ?? key.channel) &&
        key.locale === (query.locale ?? key.locale) &&
        // What lacks its declaration or a language is for the lint of whoever writes it.
        isWhole(key),
    );
    return {
      body: {
        registration: smsProvider === "gateway" ? (gateway?.templates ?? "optional") : ("none" as const),
        items: keys.map((key) => templateJson(key, standing)),
      },
    };
  },
});

const changeIn = z.strictObject({
  state: z.enum(APPROVAL_STATES),
  /** The provider's id; needed for `approved`. */
  providerTemplateId: z
    .string()
    .regex(/^[\x21-\x7e]{1,100}$/, "1 to 100 visible ASCII characters")
    .optional(),
  /** In the provider's words; needed for `rejected`. */
  reason: z.string().trim().max(300).optional(),
  /** Of a version that is not live yet: registered beforehand, none of its messages goes without. Left out: the words of now. */
  versionId: rowIdIn.optional(),
});

type Change = z.output<typeof changeIn>;

/** @throws DomainError `template.not-found`, `template.undeclared`, `template.words-unknown` */
const registeredSource = async (
  { sql, now }: CommandContext,
  { name, locale }: Pick<Approval, "name" | "locale">,
  versionId: bigint | undefined,
): Promise<TemplateSource> => {
  const key = { channel: "sms", name, locale } as const;
  if (versionId === undefined) return (await readTemplateBook(sql, now)).at(now).load(name, "sms", locale);
  const row = await findWords(sql, versionId);
  const words = row === null || row.channel !== "sms" || row.name !== name ? null : wordsIn(row, locale);
  return words === null
    ? fail("template.words-unknown", "there is no such version of this template", { field: "versionId" })
    : sourceOf(key, words);
};

/**
 * Records what a provider says of the words as they stand now, or of a version's. Repeating is safe: the last word counts. Audited.
 * @throws DomainError `template.not-found`, `template.words-unknown`, `template.undeclared`, `template.id-needed`, `template.reason-needed`,
 * `template.has-errors`
 */
export const setApproval = async (
  context: CommandContext,
  key: Pick<Approval, "name" | "locale" | "provider">,
  change: Change,
  signature: string | undefined,
): Promise<Approval> => {
  const source = await registeredSource(context, key, change.versionId);
  if (change.state === "approved" && change.providerTemplateId === undefined) {
    fail("template.id-needed", "an approved template has an id of the provider", {
      field: "providerTemplateId",
    });
  }
  if (change.state === "rejected" && (change.reason ?? "") === "") {
    fail("template.reason-needed", "write down why the provider refused it", { field: "reason" });
  }
  const errors = lintTemplate(source, await settingsOf(context.sql, signature)).findings.filter(
    ({ level }) => level === "error",
  );
  if (change.state !== "withdrawn" && errors.length > 0) {
    fail("template.has-errors", `our own lint refuses it: ${errors[0]?.text ?? ""}`, {
      remedy: "nuan templates lint",
    });
  }
  const approval = await recordApproval(context.sql, {
    ...key,
    version: source.declaration.version,
    digest: source.digest,
    providerTemplateId: change.providerTemplateId ?? "",
    state: change.state,
    reason: change.reason ?? "",
    now: context.now,
    changedBy: staffIdOf(context.actor),
  });
  context.audit({
    subject: `template:${key.name}`,
    details: {
      provider: key.provider,
      locale: key.locale,
      version: approval.version,
      state: approval.state,
      providerTemplateId: approval.providerTemplateId,
    },
  });
  return approval;
};

const approvalRoute = defineRoute({
  method: "put",
  path: "/message-templates/{name}/{locale}/approvals/{provider}",
  permission: "message.settings",
  summary: "Write down what a provider says of a text message's words as they stand",
  tag: TAG,
  params: z.strictObject({
    name: z.string().regex(TEMPLATE_NAME),
    locale: z.enum(TEMPLATE_LOCALES),
    provider: z.enum(APPROVING_PROVIDERS),
  }),
  body: changeIn,
  response: approvalOut,
  handle: async ({ platform, actor, requestId, params, body }) => {
    const { result } = await platform.commands.run(
      { name: "template.approval", actor, requestId },
      (context) => setApproval(context, params, body, platform.messages?.signature),
    );
    return { body: approvalJson(result, result.digest) };
  },
});

export const templateRoutes: readonly Route[] = [listRoute, approvalRoute, ...wordsRoutes];
