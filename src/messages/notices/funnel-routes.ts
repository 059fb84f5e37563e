/** What became of a notice, over HTTP: the figures, the list behind each, what people answered. */
import { z } from "zod";
import { askExport, exportOut } from "#src/office/exports/index.ts";
import { today } from "#src/platform/clock.ts";
import { defineRoute, idOfCursor, pageFrom, pageIn, pageOf, type Route } from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { exportIn } from "#src/platform/table-export.ts";
import { maskRecipient } from "#src/messages/messaging/index.ts";
import { accessNotice } from "./draft.ts";
import { FAILED, funnelOf, recipientExport, SENT } from "./funnel.ts";
import { listRecipients, listReplies } from "./funnel-queries.ts";
import { idParams, tag } from "./route-parts.ts";
import {
  NOTICE_CHANNELS,
  type NoticeChannel,
  type Outcome,
  OUTCOMES,
  REPLY_KINDS,
  regardingOf,
} from "./schema.ts";

const counts = z.record(z.string(), z.int());

const funnel = defineRoute({
  method: "get",
  path: "/notices/{id}/funnel",
  permission: "notice.read",
  tag,
  summary:
    "Audience, skipped by reason, queued, sent, delivered, unknown, failed: homes that the caller may see",
  params: idParams,
  response: z.object({
    audience: z.int(),
    byOutcome: z.record(z.enum(OUTCOMES), z.int()),
    sent: z.int(),
    failed: z.int(),
    skippedBy: counts,
    failedBy: counts,
    byChannel: counts,
    repliesBy: counts,
    messages: z.int(),
    segments: z.int(),
    costMilliFen: z.int(),
  }),
  handle: async ({ platform, actor, params }) => {
    const { id } = await accessNotice(platform.database.sql, actor, params.id);
    const { costMilliFen, ...figures } = await platform.database.bulk((sql) =>
      funnelOf(sql, actor, today(platform.clock), id),
    );
    return { body: { ...figures, costMilliFen: Number(costMilliFen) } };
  },
});

const filterIn = {
  /** `sent`: whatever the provider took. `failed`: rejected, undelivered, expired. */
  outcome: z.enum(["sent", "failed", ...OUTCOMES]).optional(),
  reason: z.string().max(60).optional(),
  channel: z.enum(NOTICE_CHANNELS).optional(),
};
type Filter = {
  readonly outcome?: Outcome | "sent" | "failed" | undefined;
  readonly reason?: string | undefined;
  readonly channel?: NoticeChannel | undefined;
};
const outcomesOf = (outcome: Filter["outcome"]): readonly Outcome[] | null => {
  if (outcome === undefined) return null;
  return outcome === "sent" ? SENT : outcome === "failed" ? FAILED : [outcome];
};
const filterOf = (id: bigint, given: Filter) => ({
  noticeId: id,
  regarding: regardingOf(id),
  outcomes: outcomesOf(given.outcome),
  reason: given.reason ?? null,
  channel: given.channel ?? null,
});

const recipients = defineRoute({
  method: "get",
  path: "/notices/{id}/recipients",
  permission: "notice.read",
  tag,
  summary: "The homes behind a figure of the funnel, contacts masked",
  params: idParams,
  query: pageIn.extend(filterIn),
  response: pageOf(
    z.object({
      accountNo: z.string(),
      home: z.string(),
      channel: z.enum(NOTICE_CHANNELS).nullable(),
      contact: z.string(),
      outcome: z.enum(OUTCOMES),
      reason: z.string(),
      messageId: z.string().nullable(),
      changedAt: z.string().nullable(),
    }),
  ),
  handle: async ({ platform, actor, params, query }) => {
    const { id } = await accessNotice(platform.database.sql, actor, params.id);
    // The few failed ones of a whole town are found by reading all of it: not on the pool that tills wait for.
    const rows = await platform.database.bulk((sql) =>
      listRecipients(sql, {
        ...scopeBindings(actor.scope, today(platform.clock)),
        ...filterOf(id, query),
        after: idOfCursor(query.cursor) ?? -1n,
        limit: query.limit + 1,
      }),
    );
    return {
      body: pageFrom(
        rows,
        query.limit,
        (row) => [String(row.accountId)],
        (row) => ({
          accountNo: row.accountNo,
          home: row.home,
          channel: row.channel,
          contact: maskRecipient(row.contact),
          outcome: row.outcome,
          reason: row.reason,
          messageId: row.messageId === null ? null : String(row.messageId),
          changedAt: row.changedAt?.toISOString() ?? null,
        }),
      ),
    };
  },
});

const exported = defineRoute({
  method: "post",
  path: "/notices/{id}/recipients/export",
  permission: "notice.read",
  stepUp: true,
  tag,
  summary: "Ask for the same list as a table (CSV or XLSX), found under /exports; audited",
  params: idParams,
  body: z.strictObject({ ...filterIn, ...exportIn }),
  response: exportOut,
  status: 202,
  idempotency: "optional",
  handle: async (asked) => {
    const { platform, actor } = asked;
    const { format, purpose, ...wanted } = asked.body;
    const { id, title } = await accessNotice(platform.database.sql, actor, asked.params.id);
    const reach = scopeBindings(actor.scope, today(platform.clock));
    return askExport({ ...asked, body: { format, purpose } }, recipientExport, {
      subject: regardingOf(id),
      title: { "zh-CN": `通知名单：${title}`, en: `Recipients: ${title}` },
      name: `notice-${id}`,
      details: wanted,
      wanted: { ...reach, ...filterOf(id, wanted) },
    });
  },
});

const replies = defineRoute({
  method: "get",
  path: "/notices/{id}/replies",
  permission: "notice.read",
  tag,
  summary: "What people answered: that they have paid, are away, want no more",
  params: idParams,
  query: pageIn.extend({ kind: z.enum(REPLY_KINDS).optional() }),
  response: pageOf(
    z.object({
      receivedId: z.string(),
      kind: z.string(),
      accountNo: z.string().nullable(),
      recordedAt: z.string(),
    }),
  ),
  handle: async ({ platform, actor, params, query }) => {
    const { sql } = platform.database;
    const { id } = await accessNotice(sql, actor, params.id);
    const rows = await listReplies(sql, {
      ...scopeBindings(actor.scope, today(platform.clock)),
      noticeId: id,
      kind: query.kind ?? null,
      beforeId: idOfCursor(query.cursor),
      limit: query.limit + 1,
    });
    return {
      body: pageFrom(
        rows,
        query.limit,
        (row) => [String(row.receivedId)],
        (row) => ({ ...row, receivedId: String(row.receivedId), recordedAt: row.recordedAt.toISOString() }),
      ),
    };
  },
});

export const funnelRoutes: Route[] = [funnel, recipients, exported, replies];
