/** Routes of the life of messages: one with its proof, what waits for a person, dead letters, channels, costs. */
import { z } from "zod";
import { type Day, dayOfInstant, instantOfDay } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { defineRoute, type Route, rowIdIn } from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { MESSAGE_STATES } from "../outbox-queries.ts";
import { maskRecipient } from "../recipient.ts";
import { readSegmentPrice } from "../templates/segment-price.ts";
import { channelRoutes } from "./channel-routes.ts";
import { CHANNEL_NAMES } from "./channels.ts";
import { DECISIONS, decideUnknown, replayRejected } from "./decide.ts";
import { findHomes, findVisibleMessage } from "./decide-queries.ts";
import { readCosts } from "./figure-queries.ts";
import { findReceipts } from "./receipt-queries.ts";

const TAG = "Messages 消息";
const instant = z.string();
const channel = z.enum(CHANNEL_NAMES);
const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

const messageOut = z.object({
  id: z.string(),
  purpose: z.string(),
  channel,
  /** For whom it was queued, masked. */
  recipient: z.string(),
  /** Which number or address was called, masked: another one where somebody else is told for the home by then. */
  sentTo: z.string().nullable(),
  accountNo: z.string().nullable(),
  regarding: z.string(),
  template: z.string(),
  templateVersion: z.string(),
  locale: z.string(),
  state: z.enum(MESSAGE_STATES),
  reason: z.string(),
  attempts: z.int(),
  replays: z.int(),
  provider: z.string(),
  segments: z.int().nullable(),
  /** Thousandths of a fen. */
  costMilliFen: z.string().nullable(),
  notBefore: instant,
  expiresAt: instant.nullable(),
  queuedAt: instant,
  calledAt: instant.nullable(),
  answeredAt: instant.nullable(),
  settledAt: instant.nullable(),
  /** Since then a person has to decide what became of it. */
  decideSince: instant.nullable(),
  changedAt: instant,
  /** The homes it names within the reader's areas, where it names several; `leftOut` says why one was not named. */
  homes: z.array(z.object({ accountNo: z.string().nullable(), label: z.string(), leftOut: z.string() })),
  /** How many homes of other areas it names besides. */
  otherHomes: z.int(),
  receipts: z.array(
    z.object({
      provider: z.string(),
      state: z.string(),
      code: z.string(),
      happenedAt: instant,
      receivedAt: instant,
    }),
  ),
});

const oneMessage = defineRoute({
  method: "get",
  path: "/messages/{id}",
  permission: "message.read",
  summary: "One message with its homes and receipts: the proof of what was told",
  tag: TAG,
  params: z.strictObject({ id: rowIdIn }),
  response: messageOut,
  handle: async ({ platform, actor, params }) => {
    const { sql } = platform.database;
    const reach = scopeBindings(actor.scope, dayOfInstant(platform.clock.now()));
    const row = await findVisibleMessage(sql, { id: params.id, ...reach });
    if (row === null) fail("message.not-found", "there is no such message");
    const [homes, receipts] = await Promise.all([
      findHomes(sql, { id: row.id, ...reach }),
      findReceipts(sql, row.id),
    ]);
    const mine = homes.filter((home) => home.mine);
    const { address, ...message } = row;
    return {
      body: {
        ...message,
        id: String(row.id),
        recipient: maskRecipient(row.recipient),
        sentTo: address === "" ? null : maskRecipient(address),
        costMilliFen: row.costMilliFen === null ? null : String(row.costMilliFen),
        notBefore: row.notBefore.toISOString(),
        expiresAt: iso(row.expiresAt),
        queuedAt: row.queuedAt.toISOString(),
        calledAt: iso(row.calledAt),
        answeredAt: iso(row.answeredAt),
        settledAt: iso(row.settledAt),
        decideSince: iso(row.decideSince),
        changedAt: row.changedAt.toISOString(),
        homes: mine.map(({ mine: _mine, ...home }) => home),
        otherHomes: homes.length - mine.length,
        receipts: receipts.map((one) => ({
          ...one,
          happenedAt: one.happenedAt.toISOString(),
          receivedAt: one.receivedAt.toISOString(),
        })),
      },
    };
  },
});

const idsIn = z.array(rowIdIn).min(1).max(500);
const reasonIn = z.string().trim().min(2).max(300);

const decisions = defineRoute({
  method: "post",
  path: "/messages/decisions",
  permission: "message.write",
  summary: "Decide about messages of which no provider can say whether they went",
  tag: TAG,
  body: z.strictObject({ ids: idsIn, decision: z.enum(DECISIONS), reason: reasonIn }),
  response: z.object({ decided: z.int() }),
  idempotency: "optional",
  handle: async ({ platform, actor, requestId, idempotency, body }) => {
    const { result } = await platform.commands.run(
      { name: "message.decide", actor, requestId, ...(idempotency && { idempotency }) },
      (context) => decideUnknown(context, body),
    );
    return { body: result };
  },
});

const replays = defineRoute({
  method: "post",
  path: "/messages/replays",
  permission: "message.write",
  summary: "Have dead letters (rejected) sent again, because what stood in their way is gone",
  tag: TAG,
  body: z.strictObject({ ids: idsIn, reason: reasonIn }),
  response: z.object({ queued: z.int() }),
  idempotency: "optional",
  handle: async ({ platform, actor, requestId, idempotency, body }) => {
    const { result } = await platform.commands.run(
      { name: "message.replay", actor, requestId, ...(idempotency && { idempotency }) },
      (context) => replayRejected(context, body),
    );
    return { body: result };
  },
});

const monthIn = z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/, "a month like 2026-11");
const startOf = (month: string): Date => instantOfDay(`${month}-01` as Day);
const monthAfter = (month: string): string => {
  const [year = 0, ordinal = 1] = month.split("-").map(Number);
  return ordinal === 12 ? `${year + 1}-01` : `${year}-${String(ordinal + 1).padStart(2, "0")}`;
};

const costs = defineRoute({
  method: "get",
  path: "/messages/costs",
  permission: "message.read",
  summary: "What messages cost, by month, purpose, channel and provider",
  tag: TAG,
  query: z.strictObject({ from: monthIn, to: monthIn }),
  response: z.object({
    items: z.array(
      z.object({
        month: z.string(),
        purpose: z.string(),
        channel,
        provider: z.string(),
        messages: z.int(),
        segments: z.int(),
        /** Thousandths of a fen, as the providers said. */
        costMilliFen: z.string(),
        /** Messages of which the provider has not said what they cost. */
        unpriced: z.int(),
        /** Of those: their charged parts by the price of the contract (`messages.segment-milli-fen`). */
        estimatedMilliFen: z.string(),
      }),
    ),
  }),
  handle: async ({ platform, query }) => {
    const { sql } = platform.database;
    const rows = await readCosts(sql, {
      segmentMilliFen: await readSegmentPrice(sql),
      from: startOf(query.from),
      until: startOf(monthAfter(query.to)),
    });
    return {
      body: {
        items: rows.map((row) => ({
          ...row,
          segments: Number(row.segments),
          costMilliFen: String(row.costMilliFen),
          estimatedMilliFen: String(row.estimatedMilliFen),
        })),
      },
    };
  },
});

/** The fixed words stand before the id. */
export const sendingRoutes: readonly Route[] = [...channelRoutes, costs, decisions, replays, oneMessage];
