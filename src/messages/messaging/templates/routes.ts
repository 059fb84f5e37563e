/** Routes of templates: their words, what the lint says of them, and what providers have approved. */
import { z } from "zod";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { defineRoute, type Route } from "#src/platform/route.ts";
import { fail } from "#src/kernel/errors.ts";
import type { Sql } from "#src/platform/sql.ts";
import {
  type Approval,
  APPROVAL_STATES,
  APPROVING_PROVIDERS,
  findApprovals,
  recordApproval,
} from "./approval-queries.ts";
import { readTemplate, type TemplateSource } from "./catalog.ts";
import { TEMPLATE_CHANNELS, TEMPLATE_LOCALES, TEMPLATE_NAME } from "./declaration.ts";
import { lintAllTemplates } from "./lint-all.ts";
import { type LintReport, type LintSettings, lintTemplate } from "./lint-template.ts";
import { STANDARD_SIGNATURE } from "./render-message.ts";
import { readSegmentPrice } from "./segment-price.ts";

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
  words: z.string(),
  digest: z.string(),
  variables: z.array(
    z.object({ name: z.string(), sample: z.string(), longest: z.int(), optional: z.boolean() }),
  ),
  /** With signature: as usual, and at most. */
  usual: segmentsOut,
  most: segmentsOut,
  /** Thousandths of a fen for one, at most. */
  costMilliFen: z.int().nullable(),
  findings: z.array(z.object({ rule: z.string(), level: z.enum(["error", "warning"]), text: z.string() })),
  approvals: z.array(approvalOut),
});

const templateJson = (source: TemplateSource, report: LintReport, approvals: readonly Approval[]) => ({
  channel: source.channel,
  name: source.name,
  locale: source.locale,
  version: source.declaration.version,
  purpose: source.declaration.purpose,
  about: source.declaration.about,
  words: source.words,
  digest: source.digest,
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
  approvals: approvals
    .filter(
      ({ name, locale }) => source.channel === "sms" && name === source.name && locale === source.locale,
    )
    .map((row) => approvalJson(row, source.digest)),
});

const settingsOf = async (sql: Sql, signature: string | undefined): Promise<LintSettings> => ({
  signature: signature ?? STANDARD_SIGNATURE,
  segmentMilliFen: await readSegmentPrice(sql),
});

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
  response: z.object({ items: z.array(templateOut) }),
  handle: async ({ platform, query }) => {
    const { sql } = platform.database;
    const approvals = await findApprovals(sql);
    const reports = lintAllTemplates(await settingsOf(sql, platform.messages?.signature)).filter(
      ({ channel, locale, version }) =>
        // What lacks its declaration or a language is for the lint of whoever writes it.
        version > 0 && channel === (query.channel ?? channel) && locale === (query.locale ?? locale),
    );
    return {
      body: { items: reports.map((report) => templateJson(readTemplate(report), report, approvals)) },
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
});

type Change = z.output<typeof changeIn>;

/**
 * Records what a provider says of the words as they stand now. Repeating is safe: the last word counts. Audited.
 * @throws DomainError `template.not-found`, `template.undeclared`, `template.id-needed`, `template.reason-needed`,
 * `template.has-errors`
 */
export const setApproval = async (
  context: CommandContext,
  key: Pick<Approval, "name" | "locale" | "provider">,
  change: Change,
  signature: string | undefined,
): Promise<Approval> => {
  const source = readTemplate({ channel: "sms", name: key.name, locale: key.locale });
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

export const templateRoutes: readonly Route[] = [listRoute, approvalRoute];
