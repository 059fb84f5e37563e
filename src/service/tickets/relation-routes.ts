/** Cases and each other: duplicates, merges, links; and the files that hang on one. */
import { z } from "zod";
import { dayOfInstant } from "#src/kernel/day.ts";
import { downloadHeaders, readUpload } from "#src/office/documents/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { accountNoIn, defineRoute, type Platform, type Route, rowIdIn } from "#src/platform/route.ts";
import { readSetting } from "#src/platform/settings.ts";
import { accessAccount } from "#src/town/accounts/index.ts";
import { accessOtherTicket, accessTicket, reachOf } from "./access-ticket.ts";
import { attachFile, readAttachment } from "./attachments.ts";
import { changedOut, changeTicket, onTicket } from "./change-routes.ts";
import { LINK_KINDS, linkTickets, mergeTicket, unmergeTicket } from "./merge-tickets.ts";
import { ticketPolicy } from "./policy.ts";
import { findLikelyDuplicates } from "./relation-queries.ts";
import { findBuildingOfAccount } from "./place-queries.ts";
import { categoryIn, textIn, ticketNoIn } from "./ticket-input.ts";

const tag = "Cases 工单";
const params = z.strictObject({ ticketNo: ticketNoIn });
const HOUR_MS = 3_600_000;

const duplicateOut = z.object({
  ticketNo: z.string(),
  category: z.string(),
  state: z.string(),
  summary: z.string(),
  openedAt: z.string(),
  /** 2: the same category and household; 1: one of both; 0: the same building and first level. */
  score: z.int(),
});
const duplicatesOut = z.object({ items: z.array(duplicateOut), withinHours: z.int() });

const duplicatesOf = async (
  platform: Platform,
  actor: Actor,
  like: {
    buildingId: bigint | null;
    accountId: bigint | null;
    category: string;
    exceptId: bigint;
    openedAt: Date;
  },
) => {
  const { sql } = platform.database;
  const { duplicateWithinHours } = await readSetting(sql, ticketPolicy);
  const { buildingId } = like;
  const found =
    buildingId === null
      ? []
      : await findLikelyDuplicates(sql, {
          ...reachOf(actor, dayOfInstant(platform.clock.now())),
          ...like,
          buildingId,
          since: new Date(like.openedAt.getTime() - duplicateWithinHours * HOUR_MS),
        });
  return {
    withinHours: duplicateWithinHours,
    items: found.map((row) => ({
      ticketNo: row.ticketNo,
      category: row.categoryCode,
      state: row.state,
      summary: row.summary,
      openedAt: row.openedAt.toISOString(),
      score: row.score,
    })),
  };
};

const duplicatesBefore = defineRoute({
  method: "get",
  path: "/tickets/duplicates",
  permission: "ticket.read",
  summary:
    "Before a case is opened: open ones of the same building and first level, within the hours of the policy",
  tag,
  query: z.strictObject({
    account: accountNoIn.optional(),
    building: rowIdIn.optional(),
    category: categoryIn.default("heat.not-hot"),
  }),
  response: duplicatesOut,
  handle: async ({ platform, actor, query }) => {
    const now = platform.clock.now();
    const { sql } = platform.database;
    const account =
      query.account === undefined ? null : await accessAccount(sql, actor, query.account, dayOfInstant(now));
    const ofAccount = account === null ? null : await findBuildingOfAccount(sql, account.id);
    return {
      body: await duplicatesOf(platform, actor, {
        buildingId: query.building ?? ofAccount,
        accountId: account?.id ?? null,
        category: query.category,
        exceptId: 0n,
        openedAt: now,
      }),
    };
  },
});

const duplicates = defineRoute({
  method: "get",
  path: "/tickets/{ticketNo}/duplicates",
  permission: "ticket.read",
  summary: "Open cases that are probably the same trouble",
  tag,
  params,
  response: duplicatesOut,
  handle: async ({ platform, actor, params: { ticketNo } }) => {
    const today = dayOfInstant(platform.clock.now());
    const ticket = await accessTicket(platform.database.sql, actor, ticketNo, today);
    const { buildingId, accountId, categoryCode: category, id: exceptId, openedAt } = ticket;
    return {
      body: await duplicatesOf(platform, actor, { buildingId, accountId, category, exceptId, openedAt }),
    };
  },
});

const merging = defineRoute({
  method: "post",
  path: "/tickets/{ticketNo}/merge",
  permission: "ticket.write",
  summary: "Put a case into another, open one",
  tag,
  params,
  body: z.strictObject({ into: ticketNoIn, reason: textIn(500) }),
  response: changedOut,
  ifMatch: true,
  handle: (request) =>
    changeTicket(request, "ticket.merge", async (context, ticket, expectedVersion) => {
      const { into, reason } = request.body;
      const target = await accessOtherTicket(context.sql, request.actor, into, context.today, "into");
      return mergeTicket(context, {
        ticketId: ticket.id,
        intoTicketId: target.id,
        reason,
        expectedVersion,
      });
    }),
});

const unmerging = defineRoute({
  method: "post",
  path: "/tickets/{ticketNo}/unmerge",
  permission: "ticket.write",
  summary: "Take a merge back: the case stands where it stood",
  tag,
  params,
  body: z.strictObject({ reason: textIn(500) }),
  response: changedOut,
  ifMatch: true,
  handle: (request) =>
    changeTicket(request, "ticket.unmerge", (context, ticket, expectedVersion) =>
      unmergeTicket(context, { ticketId: ticket.id, reason: request.body.reason, expectedVersion }),
    ),
});

const linking = defineRoute({
  method: "post",
  path: "/tickets/{ticketNo}/links",
  permission: "ticket.write",
  summary: "Tie a case to another without changing either",
  tag,
  params,
  body: z.strictObject({ other: ticketNoIn, kind: z.enum(LINK_KINDS), text: textIn(500).optional() }),
  response: z.object({ ticketNo: z.string(), other: z.string(), kind: z.enum(LINK_KINDS) }),
  handle: async (request) => {
    const { actor, body } = request;
    return {
      body: await onTicket(request, "ticket.link", async (context, ticket) => {
        const other = await accessOtherTicket(context.sql, actor, body.other, context.today, "other");
        await linkTickets(context, {
          ticketId: ticket.id,
          otherTicketId: other.id,
          kind: body.kind,
          text: body.text,
        });
        return { ticketNo: ticket.ticketNo, other: other.ticketNo, kind: body.kind };
      }),
    };
  },
});

const attaching = defineRoute({
  method: "post",
  path: "/tickets/{ticketNo}/attachments",
  permission: "ticket.write",
  summary: "Attach a file: the body is the file, byte for byte; what it is, its content says",
  tag,
  params,
  query: z.strictObject({ fileName: textIn(200).default("file"), text: textIn(500).optional() }),
  consumes: "raw",
  response: z.object({ fileId: z.string(), entryId: z.string() }),
  status: 201,
  idempotency: "optional",
  handle: async (request, stream) => {
    const { platform, actor, query, headers } = request;
    // The scope is asked before the bytes are read, and again with the transaction that stores them.
    const today = dayOfInstant(platform.clock.now());
    await accessTicket(platform.database.sql, actor, request.params.ticketNo, today);
    const bytes = await readUpload(stream);
    return {
      body: await onTicket(request, "ticket.attach", async (context, ticket) => {
        const attached = await attachFile(context, ticket.id, {
          bytes,
          fileName: query.fileName,
          mediaType: headers["content-type"],
          text: query.text,
        });
        return { fileId: String(attached.fileId), entryId: String(attached.entryId) };
      }),
    };
  },
});

const downloading = defineRoute({
  method: "get",
  path: "/tickets/{ticketNo}/attachments/{fileId}",
  permission: "ticket.read",
  summary: "A file of the case, to save",
  tag,
  params: params.extend({ fileId: rowIdIn }),
  response: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
  produces: "application/octet-stream",
  handle: async ({ platform, actor, params: { ticketNo, fileId } }) => {
    const { sql } = platform.database;
    const ticket = await accessTicket(sql, actor, ticketNo, dayOfInstant(platform.clock.now()));
    const file = await readAttachment(sql, ticket.id, fileId);
    return { headers: downloadHeaders(file), body: file.bytes };
  },
});

/** What has its own word in the place of a number, before everything with a number. */
export const duplicateRoutes: readonly Route[] = [duplicatesBefore];
export const relationRoutes: readonly Route[] = [
  duplicates,
  merging,
  unmerging,
  linking,
  attaching,
  downloading,
];
