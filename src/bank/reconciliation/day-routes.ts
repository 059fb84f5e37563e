/** Bank days over HTTP: look, reconcile, record a credit, certify. */
import { z } from "zod";
import { day } from "#src/kernel/day.ts";
import {
  dayIn,
  decodeCursor,
  defineRoute,
  encodeCursor,
  fenIn,
  pageIn,
  pageOf,
  type Route,
} from "#src/platform/route.ts";
import { certificateRoutes } from "./certificate-routes.ts";
import { recordCreditByHand } from "./credit-by-hand.ts";
import { dayJson, dayOut } from "./day-json.ts";
import { listBankDays } from "./day-queries.ts";
import { readBankDay, reconcileBankDay } from "./reconcile-day.ts";

const tag = "Bank 银行对账";
const params = z.strictObject({ channel: z.string().max(30), day: dayIn });

export const dayRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/bank-days",
    permission: "bank.read",
    tag,
    summary: "Bank days, the latest first",
    query: pageIn.extend({ channel: z.string().max(30).optional() }),
    response: pageOf(
      z.object({
        channel: z.string(),
        day: z.string(),
        state: z.string(),
        openBreaks: z.int(),
        certified: z.boolean(),
      }),
    ),
    handle: async ({ platform, query }) => {
      const [beforeDay, beforeChannel] = query.cursor === undefined ? [] : decodeCursor(query.cursor);
      const rows = await listBankDays(platform.database.sql, {
        channel: query.channel ?? null,
        beforeDay: beforeDay === undefined ? null : day(String(beforeDay)),
        beforeChannel: String(beforeChannel ?? ""),
        limit: query.limit + 1,
      });
      const items = rows.slice(0, query.limit);
      const last = items.at(-1);
      return {
        body: {
          items: items.map((row) => ({
            channel: row.channel,
            day: row.bankDay,
            state: row.state,
            openBreaks: Number(row.openBreaks),
            certified: row.certified,
          })),
          nextCursor:
            rows.length > items.length && last !== undefined
              ? encodeCursor([last.bankDay, last.channel])
              : null,
        },
      };
    },
  }),
  defineRoute({
    method: "get",
    path: "/bank-days/{channel}/{day}",
    permission: "bank.read",
    tag,
    summary: "A bank day: both sides, the bridge, the differences",
    params,
    response: dayOut,
    handle: async ({ platform, params: one }) => ({
      body: dayJson(await readBankDay(platform.database.sql, one.channel, day(one.day))),
    }),
  }),
  defineRoute({
    method: "post",
    path: "/bank-days/{channel}/{day}/reconciliation",
    permission: "bank.import",
    tag,
    summary: "Reconcile the day: name what is missing, close what has come",
    params,
    response: dayOut,
    handle: async ({ platform, actor, params: one, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "bank.reconcile-day", actor, requestId, pool: "bulk" },
        async (context) => dayJson(await reconcileBankDay(context, one.channel, day(one.day))),
      );
      return { body: result };
    },
  }),
  defineRoute({
    method: "post",
    path: "/bank-days/{channel}/{day}/credits",
    permission: "bank.import",
    tag,
    summary: "Record what the bank put on our account for the day: no more than its files leave open",
    params,
    body: z.strictObject({
      reference: z.string().trim().min(1).max(100),
      amountFen: fenIn,
      feeFen: fenIn.prefault(0),
      valueDate: dayIn,
    }),
    response: z.object({ id: z.string() }),
    status: 201,
    idempotency: "optional",
    handle: async ({ platform, actor, params: one, body, idempotency, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "bank.record-credit", actor, requestId, ...(idempotency && { idempotency }) },
        async (context) => ({
          id: String(
            await recordCreditByHand(context, {
              channel: one.channel,
              day: day(one.day),
              reference: body.reference,
              amountFen: body.amountFen,
              feeFen: body.feeFen,
              valueDate: day(body.valueDate),
            }),
          ),
        }),
      );
      return { body: result };
    },
  }),
  ...certificateRoutes,
];
