/** Drafting, signing and reporting a reply over HTTP, and the form that goes back. */
import { z } from "zod";
import { today } from "#src/platform/clock.ts";
import { defineRoute, type Platform, type Route, type RouteRequest, rowIdIn } from "#src/platform/route.ts";
import { changeSeen } from "#src/platform/seen-change.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { Sql } from "#src/platform/sql.ts";
import { accessReferral } from "./change-referral.ts";
import { askSignature, composeReply, draftReply, reportBack } from "./reply.ts";
import { replyPage, replySheet } from "./reply-form.ts";
import { REPLY_LOCALES } from "./reply-text.ts";
import type { Referral } from "./schema.ts";

const tag = "Referrals 转办";
const params = z.strictObject({ id: rowIdIn });
const localeQuery = z.strictObject({ locale: z.enum(REPLY_LOCALES).default("zh-CN") });
const instant = z.iso.datetime({ offset: true }).transform((value) => new Date(value));

const accessOne = (platform: Platform, actor: Actor, id: bigint) =>
  accessReferral({ sql: platform.database.sql, actor, today: today(platform.clock) }, id);

type Printing = Pick<
  RouteRequest<z.output<typeof params>, unknown, unknown>,
  "platform" | "actor" | "params" | "requestId"
>;

/** The form has the caller's name in clear, because the authority needs it: who took one is audited. */
const printForm = async <Form>(
  { platform, actor, params: { id }, requestId }: Printing,
  compose: (sql: Sql, referral: Referral) => Promise<Form>,
): Promise<{ readonly referral: Referral; readonly form: Form }> => {
  const { result } = await platform.commands.run(
    { name: "referral.print-form", actor, requestId },
    async (context) => {
      const referral = await accessReferral(context, id);
      context.audit({ subject: `referral:${id}`, details: { printed: "form" } });
      return { referral, form: await compose(context.sql, referral) };
    },
  );
  return result;
};

export const replyRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/referrals/{id}/reply-text",
    permission: "referral.read",
    tag,
    summary: "The reply as the timeline gives it at this moment; keeps nothing",
    params,
    query: localeQuery,
    response: z.object({ text: z.string() }),
    handle: async ({ platform, actor, params: { id }, query }) => {
      const referral = await accessOne(platform, actor, id);
      const { database, clock } = platform;
      return { body: { text: await composeReply(database.sql, referral, clock.now(), query.locale) } };
    },
  }),
  defineRoute({
    method: "post",
    path: "/referrals/{id}/drafts",
    permission: "referral.write",
    tag,
    summary: "Keep a draft of the reply: the text given, or the one that the timeline gives",
    params,
    body: z.strictObject({
      text: z.string().trim().min(1).max(8000).optional(),
      locale: z.enum(REPLY_LOCALES).default("zh-CN"),
    }),
    response: z.object({ replyId: z.string(), text: z.string() }),
    status: 201,
    handle: async ({ platform, actor, params: { id }, body, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "referral.draft", actor, requestId },
        (context) => draftReply(context, id, body),
      );
      return { body: { replyId: String(result.replyId), text: result.text } };
    },
  }),
  defineRoute({
    method: "post",
    path: "/referrals/{id}/signature-requests",
    permission: "referral.write",
    tag,
    summary: "Ask a second person to sign the latest draft",
    params,
    response: z.object({ approvalId: z.string() }),
    status: 201,
    handle: async ({ platform, actor, params: { id }, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "referral.ask-signature", actor, requestId },
        (context) => askSignature(context, id),
      );
      return { body: { approvalId: String(result) } };
    },
  }),
  defineRoute({
    method: "post",
    path: "/referrals/{id}/report",
    permission: "referral.write",
    tag,
    summary: "Prove that the signed reply was reported back: receipt number, when, a paper if there is one",
    params,
    body: z.strictObject({
      receiptNo: z.string().trim().min(1).max(60),
      reportedAt: instant,
      fileId: rowIdIn.nullable().default(null),
    }),
    response: z.object({ id: z.string(), version: z.int(), inTime: z.boolean() }),
    ifMatch: true,
    handle: async (request) => {
      const { id } = request.params;
      const done = await changeSeen(request, "referral.report", (context, version) =>
        reportBack(context, id, version, request.body),
      );
      return { headers: { ETag: `"${done.version}"` }, body: { id: String(id), ...done } };
    },
  }),
  defineRoute({
    method: "get",
    path: "/referrals/{id}/form",
    permission: "referral.read",
    stepUp: true,
    tag,
    summary: "The reply form as a page to print, with the caller's name; who took it is audited",
    params,
    query: localeQuery,
    response: z.string(),
    produces: "text/html",
    handle: async (request) => {
      const { form } = await printForm(request, (sql, referral) =>
        replyPage(sql, referral, request.query.locale),
      );
      return { body: form };
    },
  }),
  defineRoute({
    method: "get",
    path: "/referrals/{id}/form.xlsx",
    permission: "referral.read",
    stepUp: true,
    tag,
    summary: "The reply form as a worksheet, with the caller's name; who took it is audited",
    params,
    query: localeQuery,
    response: z.instanceof(Buffer),
    produces: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    handle: async (request) => {
      const { referral, form } = await printForm(request, (sql, order) =>
        replySheet(sql, [order], request.query.locale),
      );
      const name = encodeURIComponent(`${referral.outsideNo}.xlsx`);
      return {
        headers: { "Content-Disposition": `attachment; filename*=UTF-8''${name}` },
        body: form,
      };
    },
  }),
];
