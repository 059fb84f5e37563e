/** Routes of the hotline about the sign-in of a home: how it stands, and beginning its counts anew. */
import { z } from "zod";
import { dayOfInstant } from "#src/kernel/day.ts";
import { defineRoute, type Route } from "#src/platform/route.ts";
import { accessAccount } from "#src/town/accounts/index.ts";
import { type HomeLock, liftLock, readLock } from "./lock.ts";
import { tag } from "./schema.ts";

const accountParams = z.strictObject({ accountNo: z.string().trim().min(1).max(80) });
const instant = z.string().nullable();
const lockOut = z.object({
  /** Until when nobody but a browser that proved the home before may ask for a code; null: it may be asked for. */
  codesUntil: instant,
  /** The same of cards and receipts. */
  papersUntil: instant,
  /** Until when one of those who tried has to wait. */
  sourceUntil: instant,
  codes: z.int(),
  wrongCodes: z.int(),
  wrongPapers: z.int(),
  liftsLeft: z.int(),
});
const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
const lockJson = (lock: HomeLock) => ({
  ...lock,
  codesUntil: iso(lock.codesUntil),
  papersUntil: iso(lock.papersUntil),
  sourceUntil: iso(lock.sourceUntil),
});

export const householdLockRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/accounts/{accountNo}/page-lock",
    permission: "hotline.read",
    tag,
    summary: "What is locked at the sign-in of a home's page, until when, and what is counted there",
    params: accountParams,
    response: lockOut,
    handle: async ({ platform, actor, params }) => {
      const { sql } = platform.database;
      const now = platform.clock.now();
      const account = await accessAccount(sql, actor, params.accountNo, dayOfInstant(now));
      return { body: lockJson(await readLock({ sql, now }, platform.secretKey, account)) };
    },
  }),
  defineRoute({
    method: "post",
    path: "/accounts/{accountNo}/page-lock/lift",
    permission: "hotline.work",
    tag,
    summary: "Begin the counts at the sign-in of a home's page anew, for a caller who proved who he is",
    params: accountParams,
    body: z.strictObject({ reason: z.string().trim().min(2).max(200) }),
    response: lockOut,
    handle: async ({ platform, actor, params, body, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "household.lift-lock", actor, requestId },
        async (context) => {
          const account = await accessAccount(context.sql, actor, params.accountNo, context.today);
          return liftLock(context, platform.secretKey, account, body.reason);
        },
      );
      return { body: lockJson(result) };
    },
  }),
];
