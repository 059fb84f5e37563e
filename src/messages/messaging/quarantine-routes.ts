/** Routes of what could not be read, and of the mailbox's health. Whoever is bound to areas sees none: it has no household. */
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import { type Actor, can } from "#src/platform/actor.ts";
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
import { cleanText } from "./clean-text.ts";
import { listMailboxes } from "./mail/mailbox-queries.ts";
import { openMailParser } from "./mail/parse-apart.ts";
import { originalReply } from "./original.ts";
import { readStoredMail } from "./mail/read-mail.ts";
import {
  findQuarantined,
  listQuarantined,
  type QuarantinedRow,
  releaseQuarantined,
} from "./received-queries.ts";
import { maskRecipient } from "./recipient.ts";

const seesAll = (actor: Actor): boolean => actor.scope.kind === "everything";

const quarantinedOut = withNames(
  z.object({
    id: z.string(),
    receivedAt: z.string(),
    /** Masked; '' when it could not be read. */
    sender: z.string(),
    subject: z.string(),
    bytes: z.int(),
    reason: z.string(),
    details: z.string(),
    tries: z.int(),
    /** Null while it waits for a person. */
    settledAt: z.string().nullable(),
    settledBy: z.string().nullable(),
    settledNote: z.string(),
  }),
  "settledBy",
);

const quarantinedJson = (row: QuarantinedRow) => ({
  id: String(row.id),
  receivedAt: row.receivedAt.toISOString(),
  sender: maskRecipient(row.sender),
  subject: row.subject,
  bytes: Number(row.rawSize),
  reason: row.reason,
  details: row.details,
  tries: row.tries,
  settledAt: row.settledAt?.toISOString() ?? null,
  settledBy: row.settledBy,
  settledNote: row.settledNote,
});

const mailboxOut = z.object({
  name: z.string(),
  lastUid: z.string(),
  lookedAt: z.string().nullable(),
  /** '' while it can be read. */
  trouble: z.string(),
  details: z.string(),
  troubleSince: z.string().nullable(),
});

const noSuch = (): never => fail("message.not-quarantined", "there is no such message in quarantine");

export const quarantineRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/quarantined-messages",
    permission: "message.read",
    summary:
      "Mails that could not be read, newest first, with the reason; those that wait, or those a person has done with",
    tag: "Messages 消息",
    query: pageIn.extend({ list: z.enum(["waiting", "settled"]).default("waiting") }),
    response: pageOf(quarantinedOut),
    handle: async ({ platform, actor, query }) => {
      const rows = seesAll(actor)
        ? await listQuarantined(platform.database.sql, {
            beforeId: idOfCursor(query.cursor),
            limit: query.limit + 1,
            settled: query.list === "settled",
          })
        : [];
      return { body: pageFrom(rows, query.limit, (row) => [String(row.id)], quarantinedJson) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/quarantined-messages/{id}",
    permission: "message.read",
    summary: "One of them, with the beginning of its bytes",
    tag: "Messages 消息",
    params: z.strictObject({ id: rowIdIn }),
    response: quarantinedOut.extend({
      /** The first 4 KiB, a character a byte; empty for those who may not write messages. */
      head: z.string(),
    }),
    handle: async ({ platform, actor, params }) => {
      const row = seesAll(actor) ? await findQuarantined(platform.database.sql, params.id) : null;
      if (row === null) return noSuch();
      const head = can(actor, "message.write") ? (row.head?.toString("latin1") ?? "") : "";
      return { body: { ...quarantinedJson(row), head: cleanText(head, 4096).text } };
    },
  }),
  defineRoute({
    method: "get",
    path: "/quarantined-messages/{id}/original",
    permission: "message.write",
    stepUp: true,
    summary: "Its bytes as they came, to save; who took them is audited",
    tag: "Messages 消息",
    params: z.strictObject({ id: rowIdIn }),
    response: z.instanceof(Buffer),
    produces: "application/octet-stream",
    handle: (request) =>
      seesAll(request.actor) ? originalReply(request, request.params.id, true) : noSuch(),
  }),
  defineRoute({
    method: "post",
    path: "/quarantined-messages/{id}/replay",
    permission: "message.write",
    summary: "Read it again, whatever its sender's rate",
    tag: "Messages 消息",
    params: z.strictObject({ id: rowIdIn }),
    response: z.object({ id: z.string(), outcome: z.enum(["read", "quarantined", "not-stored"]) }),
    handle: async ({ platform, actor, params, requestId }) => {
      if (!seesAll(actor)) return noSuch();
      await platform.commands.run({ name: "mail.replay", actor, requestId }, async ({ sql, audit }) => {
        if (!(await releaseQuarantined(sql, params.id))) noSuch();
        audit({ subject: `message:${params.id}`, details: { replayed: true } });
      });
      const parser = openMailParser();
      try {
        const outcome = await readStoredMail(
          platform,
          params.id,
          { parser, ownAddresses: platform.ownMailAddresses ?? [], released: true },
          actor,
        );
        return { body: { id: String(params.id), outcome } };
      } finally {
        await parser.close();
      }
    },
  }),
  defineRoute({
    method: "get",
    path: "/mailboxes",
    permission: "message.read",
    summary: "The mailboxes that are read: how far, and what is wrong with them",
    tag: "Messages 消息",
    response: z.object({ items: z.array(mailboxOut) }),
    handle: async ({ platform, actor }) => {
      const rows = seesAll(actor) ? await listMailboxes(platform.database.sql) : [];
      return {
        body: {
          items: rows.map((row) => ({
            ...row,
            lastUid: String(row.lastUid),
            lookedAt: row.lookedAt?.toISOString() ?? null,
            troubleSince: row.troubleSince?.toISOString() ?? null,
          })),
        },
      };
    },
  }),
];
