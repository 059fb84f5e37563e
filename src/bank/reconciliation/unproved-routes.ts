/** The list of payments that no file of their channel has proved. */
import { z } from "zod";
import {
  defineRoute,
  fenJson,
  fenOut,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Route,
} from "#src/platform/route.ts";
import { UNPROVED_AFTER_DAYS, unprovedBefore } from "./unproved.ts";
import { listUnproved } from "./unproved-queries.ts";

export const unprovedRoute: Route = defineRoute({
  method: "get",
  path: "/unproved-payments",
  permission: "bank.read",
  tag: "Bank 银行对账",
  summary: "Payments of channels that are older than so many days and that no file has proved, oldest first",
  query: pageIn.extend({
    channel: z.string().max(30).optional(),
    olderThanDays: z.coerce.number().int().min(0).max(3650).default(UNPROVED_AFTER_DAYS),
  }),
  response: pageOf(
    z.object({
      paymentId: z.string(),
      accountNo: z.string(),
      channel: z.string(),
      serial: z.string(),
      amountFen: fenOut,
      paidAt: z.string(),
      state: z.string(),
      breakId: z.string().nullable(),
    }),
  ),
  handle: async ({ platform, query }) => {
    const rows = await listUnproved(platform.database.sql, {
      channel: query.channel ?? null,
      before: unprovedBefore(platform.clock.now(), query.olderThanDays),
      afterId: idOfCursor(query.cursor) ?? 0n,
      limit: query.limit + 1,
    });
    return {
      body: pageFrom(
        rows,
        query.limit,
        (row) => [String(row.id)],
        (row) => ({
          paymentId: String(row.id),
          accountNo: row.accountNo,
          channel: row.channel,
          serial: row.serial,
          amountFen: fenJson(row.amountFen),
          paidAt: row.paidAt.toISOString(),
          state: row.state,
          breakId: row.breakId === null ? null : String(row.breakId),
        }),
      ),
    };
  },
});
