/** Routes of the lifecycle: what happens to an account as a whole once its money allows it. */
import { z } from "zod";
import { day } from "#src/kernel/day.ts";
import { dayIn, defineRoute, type Route } from "#src/platform/route.ts";
import { accessAccount } from "#src/town/accounts/index.ts";
import { closeAccount } from "./close-account.ts";

export const lifecycleRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/accounts/{accountNo}/close",
    permission: "account.state",
    tag: "Accounts 户号",
    summary: "Close an account on which no money hangs",
    params: z.strictObject({ accountNo: z.string().trim().min(1).max(80) }),
    body: z.strictObject({
      reason: z.string().trim().min(1).max(500),
      document: z.string().trim().max(500).default(""),
      effectiveOn: dayIn,
    }),
    response: z.object({ from: z.string(), to: z.string(), version: z.int() }),
    idempotency: "optional",
    ifMatch: true,
    handle: async ({ platform, actor, params, body, idempotency, ifMatch, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "account.close", actor, requestId, ...(idempotency && { idempotency }) },
        async (context) => {
          const account = await accessAccount(context.sql, actor, params.accountNo, context.today);
          const closed = await closeAccount(context, {
            ...body,
            account,
            effectiveOn: day(body.effectiveOn),
            expectedVersion: ifMatch,
          });
          return { from: closed.from, to: closed.to, version: closed.version };
        },
      );
      return { body: result, headers: { ETag: `"${result.version}"` } };
    },
  }),
];
