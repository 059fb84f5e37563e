import { z } from "zod";
import { day } from "#src/kernel/day.ts";
import { today } from "#src/platform/clock.ts";
import { dayIn, defineRoute, fenJson, fenOut, type Route } from "#src/platform/route.ts";
import { closeDay } from "./close-day.ts";
import { trialBalance } from "./queries.ts";

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
