/** Routes of the words that the house writes itself: their versions, a look ahead, and the way to a second person. */
import { z } from "zod";
import type { Day } from "#src/kernel/day.ts";
import { withNames } from "#src/platform/people.ts";
import {
  accountNoIn,
  dayIn,
  defineRoute,
  decodeCursor,
  pageFrom,
  pageIn,
  pageOf,
  refuseCursor,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import type { Platform } from "#src/platform/route.ts";
import { APPROVAL_STATES, type Approval, findApprovals } from "./approval-queries.ts";
import { readTexts, type TemplateTexts } from "./book.ts";
import { digestOf } from "./catalog.ts";
import { TEMPLATE_CHANNELS, TEMPLATE_LOCALES, TEMPLATE_NAME } from "./declaration.ts";
import { languagesOf, tidyWords } from "./judge-words.ts";
import { LINT_RULES } from "./lint-template.ts";
import type { FilledTemplate } from "./load-template.ts";
import { previewWords, type PreviewedText } from "./preview-words.ts";
import { STANDARD_SIGNATURE } from "./render-message.ts";
import { wordsSaid } from "./said-words.ts";
import { findHistory, type HistoryRow, type WordsRow } from "./words-queries.ts";
import { askWords, cancelWords, changeWords, draftWords, wordsOfRow } from "./write-words.ts";

const TAG = "Messages 消息";
const STANDINGS = ["draft", "waiting", "ahead", "live", "past", "cancelled"] as const;

const nameIn = {
  channel: z.enum(TEMPLATE_CHANNELS),
  name: z.string().regex(TEMPLATE_NAME, "the name of a template"),
};
const textIn = z.string().max(4000);
/** Every language that the template speaks. */
const wordsBody = z.strictObject({ "zh-CN": textIn.optional(), en: textIn.optional() });
const reasonIn = z.string().trim().min(1).max(300);
const idParams = z.strictObject({ id: rowIdIn });

const versionOut = withNames(
  z.object({
    id: z.string(),
    channel: z.enum(TEMPLATE_CHANNELS),
    name: z.string(),
    revision: z.int(),
    /** As a message names it, by language; null: the program's words. */
    labels: z.record(z.enum(TEMPLATE_LOCALES), z.string().nullable()),
    /** `program`: back to the program's words. */
    kind: z.enum(["own", "program"]),
    /** `ahead`: approved, and live from `liveFrom` on; `past`: another one came after it. */
    standing: z.enum(STANDINGS),
    words: z.record(z.enum(TEMPLATE_LOCALES), z.string().nullable()),
    /** For `If-Match`. */
    version: z.int(),
    copiedRevision: z.int().nullable(),
    reason: z.string(),
    liveDay: z.string().nullable(),
    liveFrom: z.string().nullable(),
    /** Why a second person said no the last time. */
    refusal: z.string(),
    cancelReason: z.string(),
    approvalId: z.string().nullable(),
    draftedBy: z.string().nullable(),
    draftedAt: z.string(),
    requestedBy: z.string().nullable(),
    approvedBy: z.string().nullable(),
    approvedAt: z.string().nullable(),
    /** What the provider of text messages says of these very words; `not-registered` until it has said something. */
    registered: z.array(
      z.object({
        locale: z.enum(TEMPLATE_LOCALES),
        state: z.enum(["not-registered", ...APPROVAL_STATES]),
        providerTemplateId: z.string(),
      }),
    ),
  }),
  "draftedBy",
  "requestedBy",
  "approvedBy",
);

type Looking = {
  readonly now: Date;
  readonly texts: TemplateTexts;
  readonly approvals: readonly Approval[];
};

const standingOf = (row: WordsRow, { now, texts }: Looking): (typeof STANDINGS)[number] => {
  if (row.state !== "approved" || row.liveFrom === null) return row.state === "approved" ? "past" : row.state;
  if (row.liveFrom > now) return "ahead";
  return texts.inForce(row.name, row.channel)?.id === row.id ? "live" : "past";
};

const registeredOf = (row: WordsRow, approvals: readonly Approval[]) =>
  row.channel !== "sms"
    ? []
    : TEMPLATE_LOCALES.flatMap((locale) => {
        const words = wordsOfRow(row)[locale];
        if (words === null) return [];
        const digest = digestOf(words);
        const said = approvals.find(
          (one) => one.name === row.name && one.locale === locale && one.digest === digest,
        );
        return [
          {
            locale,
            state: said?.state ?? ("not-registered" as const),
            providerTemplateId: said?.providerTemplateId ?? "",
          },
        ];
      });

const labelsOf = ({ kind, baseVersion, revision, ...row }: WordsRow) => {
  const of = (words: string | null): string | null =>
    kind === "program" || words === null ? null : `${baseVersion}.${revision}-${digestOf(words).slice(0, 8)}`;
  return { "zh-CN": of(row.wordsZh), en: of(row.wordsEn) };
};

const versionJson = (row: HistoryRow, looking: Looking) => ({
  id: String(row.id),
  channel: row.channel,
  name: row.name,
  revision: row.revision,
  labels: labelsOf(row),
  kind: row.kind,
  standing: standingOf(row, looking),
  words: { ...wordsOfRow(row) },
  version: row.version,
  copiedRevision: row.copiedRevision,
  reason: row.reason,
  liveDay: row.liveDay,
  liveFrom: row.liveFrom?.toISOString() ?? null,
  refusal: row.refusal,
  cancelReason: row.cancelReason,
  approvalId: row.approvalId === null ? null : String(row.approvalId),
  draftedBy: row.draftedBy,
  draftedAt: row.draftedAt.toISOString(),
  requestedBy: row.requestedBy,
  approvedBy: row.approvedBy,
  approvedAt: row.approvedAt?.toISOString() ?? null,
  registered: registeredOf(row, looking.approvals),
});

const revisionOfCursor = (cursor: string | undefined): number | null => {
  if (cursor === undefined) return null;
  const [revision] = decodeCursor(cursor);
  return typeof revision === "number" ? revision : refuseCursor();
};

const historyRoute = defineRoute({
  method: "get",
  path: "/message-template-versions",
  permission: "message.set-up",
  tag: TAG,
  summary: "What a template said and will say: every version that the house wrote, the youngest first",
  query: pageIn.extend(nameIn),
  response: pageOf(versionOut),
  handle: async ({ platform, query }) => {
    const { sql } = platform.database;
    const now = platform.clock.now();
    const { channel, name } = query;
    languagesOf({ channel, name });
    const [rows, texts, approvals] = await Promise.all([
      findHistory(sql, {
        channel,
        name,
        beforeRevision: revisionOfCursor(query.cursor),
        limit: query.limit + 1,
      }),
      readTexts(sql, now),
      findApprovals(sql),
    ]);
    const looking = { now, texts, approvals };
    return {
      body: pageFrom(
        rows,
        query.limit,
        ({ revision }) => [revision],
        (row) => versionJson(row, looking),
      ),
    };
  },
});

const changedOut = z.object({
  id: z.string(),
  revision: z.int(),
  state: z.enum(["draft", "waiting", "approved", "cancelled"]),
  version: z.int(),
  approvalId: z.string().nullable(),
});
const changedJson = (row: WordsRow) => ({
  headers: { ETag: `"${row.version}"` },
  body: {
    id: String(row.id),
    revision: row.revision,
    state: row.state,
    version: row.version,
    approvalId: row.approvalId === null ? null : String(row.approvalId),
  },
});

const draftRoute = defineRoute({
  method: "post",
  path: "/message-template-versions",
  permission: "message.settings",
  tag: TAG,
  summary:
    "Begin a version of a template's words: with `words`, with those of an earlier version (`copyOf`), or back to the program's (`program`)",
  body: z
    .strictObject({
      ...nameIn,
      words: wordsBody.optional(),
      copyOf: rowIdIn.optional(),
      program: z.literal(true).optional(),
    })
    .refine(
      ({ words, copyOf, program }) =>
        [words, copyOf, program].filter((one) => one !== undefined).length === 1,
      { error: "one of words, copyOf and program", path: ["words"], params: { rule: "one-beginning" } },
    ),
  response: changedOut,
  status: 201,
  idempotency: "optional",
  handle: async ({ platform, actor, requestId, body, idempotency }) => {
    const { channel, name, words, copyOf } = body;
    const from =
      words !== undefined ? { words } : copyOf !== undefined ? { copyOf } : { program: true as const };
    const { result } = await platform.commands.run(
      { name: "template.draft-words", actor, requestId, ...(idempotency && { idempotency }) },
      async (context) => changedJson(await draftWords(context, { channel, name }, from)).body,
    );
    return { headers: { ETag: `"${result.version}"` }, body: result };
  },
});

const changeRoute = defineRoute({
  method: "put",
  path: "/message-template-versions/{id}",
  permission: "message.settings",
  tag: TAG,
  summary: "Write on at a draft",
  params: idParams,
  ifMatch: true,
  body: z.strictObject({ words: wordsBody }),
  response: changedOut,
  handle: async ({ platform, actor, requestId, params, body, ifMatch = 0 }) => {
    const { result } = await platform.commands.run(
      { name: "template.change-words", actor, requestId },
      (context) => changeWords(context, params.id, ifMatch, body.words),
    );
    return changedJson(result);
  },
});

const signatureOf = ({ messages }: Pick<Platform, "messages">): string =>
  messages?.signature ?? STANDARD_SIGNATURE;

const askRoute = defineRoute({
  method: "post",
  path: "/message-template-versions/{id}/approval-requests",
  permission: "message.settings",
  tag: TAG,
  summary:
    "Ask a second person for exactly these words (decided by `POST /approvals/{id}/decision`): live with the approval, or from `liveDay` on",
  params: idParams,
  ifMatch: true,
  body: z.strictObject({ reason: reasonIn, liveDay: dayIn.optional() }),
  response: changedOut,
  status: 201,
  handle: async ({ platform, actor, requestId, params, body, ifMatch = 0 }) => {
    const { result } = await platform.commands.run(
      { name: "template.ask-words", actor, requestId },
      (context) =>
        askWords(context, params.id, ifMatch, {
          reason: body.reason,
          liveDay: (body.liveDay ?? null) as Day | null,
          signature: signatureOf(platform),
        }),
    );
    return changedJson(result);
  },
});

const cancelRoute = defineRoute({
  method: "post",
  path: "/message-template-versions/{id}/cancel",
  permission: "message.settings",
  tag: TAG,
  summary: "Throw a draft away, or call off what was approved for a day to come",
  params: idParams,
  ifMatch: true,
  body: z.strictObject({ reason: reasonIn }),
  response: changedOut,
  handle: async ({ platform, actor, requestId, params, body, ifMatch = 0 }) => {
    const { result } = await platform.commands.run(
      { name: "template.cancel-words", actor, requestId },
      (context) => cancelWords(context, params.id, ifMatch, body.reason),
    );
    return changedJson(result);
  },
});

const countedOut = z.object({ units: z.int(), segments: z.int(), costMilliFen: z.int() }).nullable();
const filledOut = z
  .object({ subject: z.string(), text: z.string(), sentences: z.array(z.string()) })
  .nullable();
const filledJson = (filled: FilledTemplate | null) =>
  filled === null ? null : { subject: filled.subject, text: filled.text, sentences: [...filled.sentences] };

const previewJson = ({ locale, filled, before, counted, most, mostMilliFen, findings }: PreviewedText) => ({
  locale,
  filled: filledJson(filled),
  before: filledJson(before),
  counted: counted === null ? null : { ...counted, costMilliFen: Number(counted.costMilliFen) },
  most: most === null ? null : { ...most, costMilliFen: Number(mostMilliFen ?? 0n) },
  findings: [...findings],
});

const previewRoute = defineRoute({
  method: "post",
  path: "/message-template-versions/preview",
  permission: "message.settings",
  tag: TAG,
  summary:
    "Words as a household would read them, with the values of what it was last sent by this template: length, cost, and what the lint says",
  body: z.strictObject({ ...nameIn, words: wordsBody, accountNo: accountNoIn.optional() }),
  response: z.object({
    /** Whose message the values are of; null: samples. */
    from: z.object({ accountNo: z.string(), at: z.string() }).nullable(),
    texts: z.array(
      z.object({
        locale: z.enum(TEMPLATE_LOCALES),
        filled: filledOut,
        /** What is said now, with the same values. */
        before: filledOut,
        counted: countedOut,
        /** With the longest values. */
        most: countedOut,
        findings: z.array(
          z.object({
            rule: z.enum(LINT_RULES),
            level: z.enum(["error", "warning"]),
            text: z.string(),
            about: z.string(),
          }),
        ),
      }),
    ),
  }),
  handle: async ({ platform, actor, body }) => {
    const { channel, name } = body;
    const words = tidyWords({ channel, name }, body.words);
    const { from, texts } = await previewWords(
      { platform, actor },
      { channel, name },
      words,
      body.accountNo ?? null,
    );
    return {
      body: {
        from: from === null ? null : { accountNo: from.accountNo, at: from.at.toISOString() },
        texts: texts.map(previewJson),
      },
    };
  },
});

const saidRoute = defineRoute({
  method: "get",
  path: "/message-template-words",
  permission: "message.set-up",
  tag: TAG,
  summary:
    "The words of a version, as a message names it (`templateVersion`), of the house or of any release that sent",
  query: z.strictObject({
    ...nameIn,
    locale: z.enum(TEMPLATE_LOCALES),
    label: z.string().max(30),
  }),
  response: z.object({ words: z.string() }),
  handle: async ({ platform, query }) => ({
    body: { words: await wordsSaid(platform.database.sql, query) },
  }),
});

export const wordsRoutes: readonly Route[] = [
  saidRoute,
  // Before what has an id at its place.
  previewRoute,
  historyRoute,
  draftRoute,
  changeRoute,
  askRoute,
  cancelRoute,
];
