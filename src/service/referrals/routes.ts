/** Orders from outside over HTTP: lists, one of them, receiving them one by one or as a list, and the figures of a day. */
import { z } from "zod";
import { day } from "#src/kernel/day.ts";
import { today } from "#src/platform/clock.ts";
import {
  dayIn,
  decodeCursor,
  defineRoute,
  pageFrom,
  pageIn,
  pageOf,
  type Platform,
  refuseCursor,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import type { Actor } from "#src/platform/actor.ts";
import { readUpload } from "#src/office/documents/index.ts";
import { accessTicket, reachOf } from "#src/service/tickets/index.ts";
import { authorityRoutes } from "./authority-routes.ts";
import { accessReferral } from "./change-referral.ts";
import { changeRoutes } from "./change-routes.ts";
import { countReferrals, nameReferrals, spanOfDay } from "./figure-queries.ts";
import { importOrderSheet, importPastedOrders, type ImportReport } from "./import-referrals.ts";
import { findChildOf, listReferrals } from "./queries.ts";
import { receiveReferral } from "./receive-referral.ts";
import { referralJson, referralOut } from "./referral-json.ts";
import { findExtension, findReplies } from "./reply-queries.ts";
import { replyRoutes } from "./reply-routes.ts";
import { REFERRAL_STATES, STANDING_STATES } from "./schema.ts";

const tag = "Referrals 转办";
const idParams = z.strictObject({ id: rowIdIn });
const authorityIn = z.string().regex(/^[a-z0-9][a-z0-9-]{1,30}$/, "the code of an authority");
const instant = z.iso.datetime({ offset: true }).transform((value) => new Date(value));
const ticketNoIn = z.string().regex(/^\d{2,20}$/, "the number of a case");

const reading = (platform: Platform, actor: Actor) => ({
  sql: platform.database.sql,
  actor,
  today: today(platform.clock),
});

const cursorKey = z.tuple([z.iso.datetime(), rowIdIn]);
const afterOf = (cursor: string | undefined): { afterDueAt: string | null; afterId: bigint } => {
  if (cursor === undefined) return { afterDueAt: null, afterId: 0n };
  const parsed = cursorKey.safeParse(decodeCursor(cursor));
  if (!parsed.success) return refuseCursor();
  return { afterDueAt: parsed.data[0], afterId: parsed.data[1] };
};

const list = defineRoute({
  method: "get",
  path: "/referrals",
  permission: "referral.read",
  tag,
  summary: "Orders of authorities within the caller's areas, what is due first",
  query: pageIn.extend({
    state: z.enum(["all", "standing", ...REFERRAL_STATES]).default("standing"),
    authority: authorityIn.optional(),
    dueBefore: instant.optional(),
    outsideNo: z.string().trim().min(1).max(60).optional(),
    ticketNo: ticketNoIn.optional(),
  }),
  response: pageOf(referralOut),
  handle: async ({ platform, actor, query }) => {
    const { sql, today: on } = reading(platform, actor);
    const ticket = query.ticketNo === undefined ? null : await accessTicket(sql, actor, query.ticketNo, on);
    const rows = await listReferrals(sql, {
      ...reachOf(actor, on),
      states:
        query.state === "all"
          ? REFERRAL_STATES
          : query.state === "standing"
            ? STANDING_STATES
            : [query.state],
      authority: query.authority ?? null,
      dueBefore: query.dueBefore ?? null,
      number: query.outsideNo ?? null,
      ticketId: ticket?.id ?? null,
      ...afterOf(query.cursor),
      limit: query.limit + 1,
    });
    return {
      body: pageFrom(rows, query.limit, (row) => [row.dueAt.toISOString(), String(row.id)], referralJson),
    };
  },
});

const show = defineRoute({
  method: "get",
  path: "/referrals/{id}",
  permission: "referral.read",
  tag,
  summary: "An order with its drafts, its extension and what was ordered again",
  params: idParams,
  response: referralOut.extend({
    childId: z.string().nullable(),
    extension: z
      .object({
        approvalId: z.string(),
        approvalState: z.string(),
        reason: z.string(),
        askedDueAt: z.string(),
        dueBefore: z.string(),
        grantedDueAt: z.string().nullable(),
      })
      .nullable(),
    replies: z.array(
      z.object({
        id: z.string(),
        text: z.string(),
        composed: z.boolean(),
        draftedAt: z.string(),
        draftedBy: z.string().nullable(),
        approvalId: z.string().nullable(),
        approvalState: z.string().nullable(),
        signedBy: z.array(z.string()),
      }),
    ),
  }),
  handle: async ({ platform, actor, params }) => {
    const reader = reading(platform, actor);
    const referral = await accessReferral(reader, params.id);
    const extension = await findExtension(reader.sql, referral.id);
    const child = await findChildOf(reader.sql, referral.id);
    const replies = await findReplies(reader.sql, referral.id);
    return {
      headers: { ETag: `"${referral.version}"` },
      body: {
        ...referralJson(referral),
        childId: child === null ? null : String(child.id),
        extension:
          extension === null
            ? null
            : {
                approvalId: String(extension.approvalId),
                approvalState: extension.approvalState,
                reason: extension.reason,
                askedDueAt: extension.askedDueAt.toISOString(),
                dueBefore: extension.dueBefore.toISOString(),
                grantedDueAt: extension.grantedDueAt?.toISOString() ?? null,
              },
        replies: replies.map((reply) => ({
          id: String(reply.id),
          text: reply.text,
          composed: reply.composed,
          draftedAt: reply.draftedAt.toISOString(),
          draftedBy: reply.draftedByName,
          approvalId: reply.approvalId === null ? null : String(reply.approvalId),
          approvalState: reply.approvalState,
          signedBy: [reply.signedByOne, reply.signedByTwo].filter((name) => name !== null),
        })),
      },
    };
  },
});

const receive = defineRoute({
  method: "post",
  path: "/referrals",
  permission: "referral.write",
  tag,
  summary: "Take an order in: a new case, or a further number on one that is there",
  body: z.strictObject({
    authority: authorityIn,
    outsideNo: z.string().trim().min(1).max(60),
    title: z.string().trim().max(200).optional(),
    demand: z.string().trim().min(1).max(4000),
    requirement: z.string().trim().max(1000).optional(),
    urgency: z.string().trim().max(40).optional(),
    callerName: z.string().trim().min(1).max(60).optional(),
    callerNumber: z.string().trim().min(1).max(60).optional(),
    address: z.string().trim().min(1).max(300).optional(),
    accountNo: z.string().trim().min(1).max(40).optional(),
    category: z
      .string()
      .regex(/^[a-z][a-z-]*\.[a-z][a-z-]*$/, "a category of the second level")
      .optional(),
    receivedAt: instant.optional(),
    dueAt: instant,
    returnBefore: instant.optional(),
    ticketNo: ticketNoIn.optional(),
  }),
  response: z.object({
    id: z.string(),
    /** Null when it is known and its case lies outside the caller's areas. */
    ticketNo: z.string().nullable(),
    outcome: z.enum(["taken", "known"]),
    remark: z.string().nullable(),
    otherCompany: z.object({ name: z.string(), phone: z.string() }).nullable(),
  }),
  status: 201,
  idempotency: "optional",
  handle: async ({ platform, actor, body, requestId, idempotency }) => {
    const { ticketNo, address, ...order } = body;
    const { result } = await platform.commands.run(
      { name: "referral.receive", actor, requestId, ...(idempotency && { idempotency }) },
      async (context) => {
        const ticket =
          ticketNo === undefined
            ? undefined
            : await accessTicket(context.sql, actor, ticketNo, context.today);
        const received = await receiveReferral(context, {
          ...order,
          addressText: address,
          ticketId: ticket?.id,
        });
        const company = received.otherCompany;
        return {
          id: String(received.referralId),
          ticketNo: received.ticketNo,
          outcome: received.outcome,
          remark: received.remark,
          otherCompany: company === null ? null : { name: company.name, phone: company.phone },
        };
      },
    );
    return { body: result };
  },
});

const importOut = z.object({
  importId: z.string(),
  taken: z.int(),
  known: z.int(),
  refused: z.int(),
  rows: z.array(
    z.object({
      rowNo: z.int(),
      outcome: z.enum(["taken", "known", "refused"]),
      referralId: z.string().nullable(),
      outsideNo: z.string().nullable(),
      ticketNo: z.string().nullable(),
      code: z.string().nullable(),
      reason: z.string().nullable(),
    }),
  ),
});
const importJson = (report: ImportReport): z.input<typeof importOut> => ({
  importId: String(report.importId),
  taken: report.taken,
  known: report.known,
  refused: report.refused,
  rows: report.rows.map(({ referralId, words, ...row }) => ({
    ...row,
    referralId: referralId === null ? null : String(referralId),
    reason: words,
  })),
});

const importSheet = defineRoute({
  method: "post",
  path: "/referral-imports/sheet",
  permission: "referral.write",
  tag,
  summary:
    "Import an authority's Excel: the body is the file; each row is taken, known, or refused with its reason",
  consumes: "raw",
  query: z.strictObject({ authority: authorityIn, fileName: z.string().trim().min(1).max(120) }),
  response: importOut,
  status: 201,
  handle: async ({ platform, actor, query, requestId }, stream) => ({
    body: importJson(
      await importOrderSheet(
        platform,
        { actor, authority: query.authority, requestId },
        { fileName: query.fileName, bytes: await readUpload(stream) },
      ),
    ),
  }),
});

const importText = defineRoute({
  method: "post",
  path: "/referral-imports/text",
  permission: "referral.write",
  tag,
  summary: "Import copied text with labelled lines, one order or several",
  body: z.strictObject({ authority: authorityIn, text: z.string().min(1).max(30_000) }),
  response: importOut,
  status: 201,
  handle: async ({ platform, actor, body, requestId }) => ({
    body: importJson(
      await importPastedOrders(platform, { actor, authority: body.authority, requestId }, body.text),
    ),
  }),
});

const figures = defineRoute({
  method: "get",
  path: "/referral-figures",
  permission: "referral.read",
  tag,
  summary: "The sheet of a day by authority and branch, with the orders that are overdue, due, or bounced",
  query: z.strictObject({ day: dayIn.optional() }),
  response: z.object({
    day: z.string(),
    rows: z.array(
      z.object({
        authority: z.string(),
        authorityName: z.string(),
        branch: z.string(),
        received: z.int(),
        signedFor: z.int(),
        responded: z.int(),
        returned: z.int(),
        takenBack: z.int(),
        dueToday: z.int(),
        overdue: z.int(),
        doneAgain: z.int(),
        bouncedTwice: z.int(),
        reported: z.int(),
        reportedInTime: z.int(),
        solved: z.int(),
        rated: z.int(),
        satisfied: z.int(),
      }),
    ),
    named: z.array(
      z.object({
        why: z.enum(["overdue", "due-today", "bounced-twice"]),
        id: z.string(),
        authority: z.string(),
        outsideNo: z.string(),
        round: z.int(),
        ticketNo: z.string(),
        dueAt: z.string(),
        returns: z.int(),
        owner: z.string(),
      }),
    ),
  }),
  handle: async ({ platform, actor, query }) => {
    const { sql, today: now } = reading(platform, actor);
    const on = query.day === undefined ? now : day(query.day);
    const span = { ...reachOf(actor, now), ...spanOfDay(on, platform.clock.now()) };
    const rows = await countReferrals(sql, span);
    const named = await nameReferrals(sql, span);
    return {
      body: {
        day: on,
        rows: rows.map(({ branchId: _id, ...row }) => row),
        named: named.map((row) => ({ ...row, id: String(row.id), dueAt: row.dueAt.toISOString() })),
      },
    };
  },
});

export const referralRoutes: readonly Route[] = [
  list,
  show,
  receive,
  importSheet,
  importText,
  figures,
  ...changeRoutes,
  ...replyRoutes,
  ...authorityRoutes,
];
