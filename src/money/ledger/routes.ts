import { z } from "zod";
import { addDays, day } from "#src/kernel/day.ts";
import { today } from "#src/platform/clock.ts";
import { withNames } from "#src/platform/people.ts";
import { dayIn, defineRoute, fenJson, fenOut, type Route } from "#src/platform/route.ts";
import { closeDay } from "./close-day.ts";
import { firstOpenDayWithTransfers, ledgerDays, trialBalance } from "./queries.ts";

const trialBalanceRow = z.object({
  code: z.string(),
  number: z.string(),
  nameZh: z.string(),
  nameEn: z.string(),
  debitFen: fenOut,
  creditFen: fenOut,
});

export const ledgerRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/ledger/trial-balance",
    permission: "ledger.read",
    tag: "Ledger 总账",
    summary: "Trial balance up to and including a day",
    query: z.strictObject({ until: dayIn.optional() }),
    response: z.object({
      until: z.string(),
      rows: z.array(trialBalanceRow),
      debitFen: fenOut,
      creditFen: fenOut,
    }),
    handle: async ({ platform, query }) => {
      const until = query.until === undefined ? today(platform.clock) : day(query.until);
      const rows = await trialBalance(platform.database.sql, until);
      const total = (side: "debitFen" | "creditFen") =>
        fenJson(rows.reduce((sum, row) => sum + row[side], 0n));
      return {
        body: {
          until,
          rows: rows.map((row) => ({
            ...row,
            debitFen: fenJson(row.debitFen),
            creditFen: fenJson(row.creditFen),
          })),
          debitFen: total("debitFen"),
          creditFen: total("creditFen"),
        },
      };
    },
  }),
  defineRoute({
    method: "get",
    path: "/ledger/days",
    permission: "ledger.read",
    tag: "Ledger 总账",
    summary: "Days of the books that had business, the latest first, and which one is to be closed next",
    query: z.strictObject({ days: z.coerce.number().int().min(1).max(400).default(60) }),
    response: z.object({
      items: z.array(
        withNames(
          z.object({
            day: z.string(),
            state: z.enum(["open", "closed"]),
            debitFen: fenOut,
            closedAt: z.string().nullable(),
            closedBy: z.string().nullable(),
          }),
          "closedBy",
        ),
      ),
      /** The oldest open day that is over: days are closed in their order. Null when none is left. */
      next: z.string().nullable(),
    }),
    handle: async ({ platform, query }) => {
      const { sql } = platform.database;
      const now = today(platform.clock);
      const rows = await ledgerDays(sql, { before: addDays(now, 1), since: addDays(now, -query.days) });
      const next = await firstOpenDayWithTransfers(sql, now);
      return {
        body: {
          items: rows.map((row) => ({
            day: row.day,
            state: row.state,
            debitFen: fenJson(row.debitFen),
            closedAt: row.closedAt?.toISOString() ?? null,
            closedBy: row.closedBy,
          })),
          next: next?.day ?? null,
        },
      };
    },
  }),
  defineRoute({
    method: "post",
    path: "/ledger/days/{day}/close",
    permission: "ledger.close-day",
    tag: "Ledger 总账",
    summary: "Close an accounting day",
    params: z.strictObject({ day: dayIn }),
    response: z.object({ day: z.string(), state: z.literal("closed") }),
    idempotency: "optional",
    handle: async ({ platform, actor, params, idempotency, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "ledger.close-day", actor, requestId, ...(idempotency && { idempotency }) },
        async (context) => {
          await closeDay(context, day(params.day));
          return { day: params.day, state: "closed" as const };
        },
      );
      return { body: result };
    },
  }),
];
