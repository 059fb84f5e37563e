/** Routes of what we send. */
import { z } from "zod";
import { dayOfInstant } from "#src/kernel/day.ts";
import {
  accountNoIn,
  defineRoute,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Route,
} from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { listVisibleMessages, MESSAGE_STATES, type MessageRow } from "./outbox-queries.ts";
import { MESSAGE_PURPOSE_NAMES } from "./purposes.ts";
import { maskRecipient } from "./recipient.ts";

const messageOut = z.object({
  id: z.string(),
  purpose: z.string(),
  channel: z.enum(["sms", "email", "voice"]),
  /** Masked: who needs the number reads it at the person, which is written down. */
  recipient: z.string(),
  accountNo: z.string().nullable(),
  regarding: z.string(),
  template: z.string(),
  state: z.enum(MESSAGE_STATES),
  reason: z.string(),
  notBefore: z.string(),
  queuedAt: z.string(),
  changedAt: z.string(),
});

const messageJson = (row: MessageRow) => ({
  ...row,
  id: String(row.id),
  recipient: maskRecipient(row.recipient),
  notBefore: row.notBefore.toISOString(),
  queuedAt: row.queuedAt.toISOString(),
  changedAt: row.changedAt.toISOString(),
});

export const outboxRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/messages",
    permission: "message.read",
    summary: "What is or was to be sent, newest first; recipients masked",
    tag: "Messages 消息",
    query: pageIn.extend({
      state: z.enum(MESSAGE_STATES).optional(),
      purpose: z.enum(MESSAGE_PURPOSE_NAMES).optional(),
      regarding: z.string().max(60).optional(),
      accountNo: accountNoIn.optional(),
    }),
    response: pageOf(messageOut),
    handle: async ({ platform, actor, query }) => {
      const rows = await listVisibleMessages(platform.database.sql, {
        ...scopeBindings(actor.scope, dayOfInstant(platform.clock.now())),
        state: query.state ?? null,
        purpose: query.purpose ?? null,
        regarding: query.regarding ?? null,
        accountNo: query.accountNo ?? null,
        beforeId: idOfCursor(query.cursor),
        limit: query.limit + 1,
      });
      return { body: pageFrom(rows, query.limit, (row) => [String(row.id)], messageJson) };
    },
  }),
];
