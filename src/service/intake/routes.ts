/** Routes of what people wrote, and what became of it. */
import { z } from "zod";
import { dayOfInstant } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import {
  findReceived,
  findReceivedAttachments,
  maskRecipient,
  originalReply,
} from "#src/messages/messaging/index.ts";
import { withNames } from "#src/platform/people.ts";
import {
  defineRoute,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { parseTicketNo } from "#src/service/tickets/index.ts";
import { INTAKE_OUTCOMES, type IntakeRow, listVisible, lockSender } from "./queries.ts";
import { categoryOf } from "./category.ts";
import { enterMessage, openCaseOf } from "./receive.ts";
import { accessReceived } from "./access-received.ts";
import { takeCase } from "./place-message.ts";
import { findSender } from "./sender.ts";
import { settleRoutes } from "./settle-routes.ts";

const tag = "Messages 消息";

const receivedOut = withNames(
  z.object({
    id: z.string(),
    channel: z.enum(["sms", "email"]),
    receivedAt: z.string(),
    /** Masked. */
    sender: z.string(),
    subject: z.string(),
    /** How its text begins. */
    excerpt: z.string(),
    /** '' a person wrote it; else why it is taken for a machine's. */
    automatic: z.string(),
    /** Null while it waits for the intake. */
    outcome: z.enum(INTAKE_OUTCOMES).nullable(),
    foundBy: z.string(),
    ticketNo: z.string().nullable(),
    accountNo: z.string().nullable(),
    /** How many households the sender has; more than one and none is chosen. */
    households: z.int(),
    keyword: z.string(),
    answerId: z.string().nullable(),
    noAnswer: z.string(),
    /** Null while no person has done with it. */
    settledAt: z.string().nullable(),
    settledBy: z.string().nullable(),
    settledNote: z.string(),
  }),
  "settledBy",
);

const receivedJson = (row: IntakeRow) => ({
  id: String(row.id),
  channel: row.channel,
  receivedAt: row.receivedAt.toISOString(),
  sender: maskRecipient(row.sender),
  subject: row.subject,
  excerpt: row.excerpt,
  automatic: row.automatic,
  outcome: row.outcome,
  foundBy: row.foundBy ?? "",
  ticketNo: row.ticketNo,
  accountNo: row.accountNo,
  households: row.households ?? 0,
  keyword: row.keyword ?? "",
  answerId: row.answerId === null ? null : String(row.answerId),
  noAnswer: row.noAnswer ?? "",
  settledAt: row.settledAt?.toISOString() ?? null,
  settledBy: row.settledBy,
  settledNote: row.settledNote,
});

const attachmentOut = z.object({
  fileName: z.string(),
  declaredType: z.string(),
  foundType: z.string(),
  bytes: z.int(),
  verdict: z.enum(["kept", "refused"]),
  reason: z.string(),
  fileId: z.string().nullable(),
});

const listRoute = defineRoute({
  method: "get",
  path: "/received-messages",
  permission: "message.read",
  summary: "What people wrote, newest first, and what became of it; senders masked",
  tag,
  query: pageIn.extend({
    channel: z.enum(["sms", "email"]).optional(),
    outcome: z.enum(INTAKE_OUTCOMES).optional(),
    ticketNo: z.string().max(20).optional(),
    /** `unplaced`: without a case, and no person has looked at it; `settled`: a person has. */
    list: z.enum(["unplaced", "settled"]).optional(),
  }),
  response: pageOf(receivedOut),
  handle: async ({ platform, actor, query }) => {
    const rows = await listVisible(platform.database.sql, {
      ...scopeBindings(actor.scope, dayOfInstant(platform.clock.now())),
      channel: query.channel ?? null,
      outcome: query.outcome ?? null,
      // A number with a wrong digit is nobody's: no row has this id.
      ticketId: query.ticketNo === undefined ? null : (parseTicketNo(query.ticketNo) ?? -1n),
      list: query.list ?? null,
      beforeId: idOfCursor(query.cursor),
      limit: query.limit + 1,
    });
    return { body: pageFrom(rows, query.limit, (row) => [String(row.id)], receivedJson) };
  },
});

const readRoute = defineRoute({
  method: "get",
  path: "/received-messages/{id}",
  permission: "message.read",
  summary: "One message with its text and what hung on it",
  tag,
  params: z.strictObject({ id: rowIdIn }),
  response: receivedOut.extend({
    body: z.string(),
    readingNotes: z.string(),
    attachments: z.array(attachmentOut),
  }),
  handle: async ({ platform, actor, params }) => {
    const row = await accessReceived(platform, actor, params.id);
    const attachments = await findReceivedAttachments(platform.database.sql, params.id);
    return {
      body: {
        ...receivedJson(row),
        body: row.body,
        readingNotes: row.readingNotes,
        attachments: attachments.map(({ sizeBytes, fileId, ordinal: _ordinal, ...one }) => ({
          ...one,
          bytes: Number(sizeBytes),
          fileId: fileId === null ? null : String(fileId),
        })),
      },
    };
  },
});

const originalRoute = defineRoute({
  method: "get",
  path: "/received-messages/{id}/original",
  permission: "message.read",
  stepUp: true,
  summary: "A message as it came, its sender in clear, to save; who took it is audited",
  tag,
  params: z.strictObject({ id: rowIdIn }),
  response: z.instanceof(Buffer),
  produces: "application/octet-stream",
  handle: async (request) => {
    await accessReceived(request.platform, request.actor, request.params.id);
    return originalReply(request, request.params.id, false);
  },
});

const openRoute = defineRoute({
  method: "post",
  path: "/received-messages/{id}/case",
  permission: "ticket.write",
  summary: "Open a case of a message that opened none: a machine's mark, a keyword, an empty text",
  tag,
  params: z.strictObject({ id: rowIdIn }),
  response: z.object({ ticketNo: z.string() }),
  handle: async ({ platform, actor, params, requestId }) => {
    await accessReceived(platform, actor, params.id);
    const { result } = await platform.commands.run(
      { name: "message.open-case", actor, requestId },
      async (context) => {
        const message =
          (await findReceived(context.sql, params.id)) ??
          fail("message.not-found", "there is no such message");
        await lockSender(context.sql, message.sender);
        const sender = await findSender(context.sql, message, context.today);
        const category = await categoryOf(context.sql, `${message.subject}\n${message.body}`);
        const { ticketId, ticketNo } = await openCaseOf(context, message, sender, category.code, null);
        await takeCase(context, message.id, ticketId, "opened");
        const attachments = await findReceivedAttachments(context.sql, message.id);
        await enterMessage(context, ticketId, message, attachments, { openedByPerson: true });
        return { ticketNo };
      },
    );
    return { body: result };
  },
});

export const intakeRoutes: readonly Route[] = [
  listRoute,
  readRoute,
  originalRoute,
  openRoute,
  ...settleRoutes,
];
