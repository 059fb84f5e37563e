/** Routes of the outbox viewer: what would have been sent, as a list and as a page to look at. */
import { readFileSync } from "node:fs";
import path from "node:path";
import Handlebars from "handlebars";
import { z } from "zod";
import {
  defineRoute,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Platform,
  type Route,
} from "#src/platform/route.ts";
import type { Actor } from "#src/platform/actor.ts";
import { TEMPLATES_FOLDER } from "../templates/catalog.ts";
import { findOutboxEntries, type OutboxEntry } from "./outbox-viewer-queries.ts";

const TAG = "Messages 消息";

const entryOut = z.object({
  id: z.string(),
  messageId: z.string(),
  channel: z.enum(["sms", "email"]),
  /** Masked. */
  recipient: z.string(),
  /** Of a mail; '' else. */
  subject: z.string(),
  /** A text message with its signature. */
  body: z.string(),
  html: z.string().nullable(),
  /** As many as a carrier would charge. */
  segments: z.int().nullable(),
  shownAt: z.string(),
  attachments: z.array(z.string()),
});

const entryJson = (row: OutboxEntry) => ({
  ...row,
  id: String(row.id),
  messageId: String(row.messageId),
  attachments: [...row.attachments],
  shownAt: row.shownAt.toISOString(),
});

/** The words name homes and amounts of anybody: whoever is bound to areas sees none. */
const entries = async (
  platform: Platform,
  actor: Actor,
  query: { beforeId: bigint | null; channel: "sms" | "email" | null; limit: number },
): Promise<OutboxEntry[]> =>
  actor.scope.kind === "everything" ? findOutboxEntries(platform.database.sql, query) : [];

let page: ((view: object) => string) | null = null;
/** Every text is escaped there: nothing that a message holds is run. */
const draw = (view: object): string => {
  page ??= Handlebars.create().compile<object>(
    readFileSync(path.join(TEMPLATES_FOLDER, "email", "outbox-page.html.hbs"), "utf8"),
    { strict: true, knownHelpersOnly: true },
  );
  return page(view);
};

const MOST_ON_PAGE = 100;
const inShanghai = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Asia/Shanghai",
  dateStyle: "short",
  timeStyle: "medium",
});

export const outboxViewerRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/outbox",
    permission: "message.read",
    summary: "What would have been sent, were a provider set up: the latest first",
    tag: TAG,
    query: pageIn.extend({ channel: z.enum(["sms", "email"]).optional() }),
    response: pageOf(entryOut),
    handle: async ({ platform, actor, query }) => {
      const rows = await entries(platform, actor, {
        beforeId: idOfCursor(query.cursor),
        channel: query.channel ?? null,
        limit: query.limit + 1,
      });
      return { body: pageFrom(rows, query.limit, (row) => [String(row.id)], entryJson) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/outbox/page",
    permission: "message.read",
    summary: "The same as a page: the latest hundred",
    tag: TAG,
    response: z.string(),
    produces: "text/html",
    handle: async ({ platform, actor }) => {
      const rows = await entries(platform, actor, { beforeId: null, channel: null, limit: MOST_ON_PAGE });
      const shown = rows.map((row) => ({ ...row, at: inShanghai.format(row.shownAt) }));
      return { body: draw({ shown, none: shown.length === 0 }) };
    },
  }),
];
