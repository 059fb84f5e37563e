/** The household on one page over HTTP. */
import { z } from "zod";
import { dayOfInstant } from "#src/kernel/day.ts";
import { defineRoute, fenOut, type Route } from "#src/platform/route.ts";
import { householdOverview } from "./household.ts";

const text = z.string();
const maybe = text.nullable();

const overviewOut = z.object({
  accountNo: text,
  debt: z.object({ receivableFen: fenOut, offeredFen: fenOut, prepaidFen: fenOut }).nullable(),
  cases: z
    .array(
      z.object({
        ticketNo: text,
        category: text,
        categoryName: text,
        categoryNameEn: text,
        severity: text,
        state: text,
        summary: text,
        owner: maybe,
        openedAt: text,
        dueAt: maybe,
        paused: z.boolean(),
        closedAt: maybe,
      }),
    )
    .nullable(),
  calls: z
    .array(
      z.object({
        id: text,
        direction: z.enum(["inbound", "outbound"]),
        beganAt: text,
        outcome: maybe,
        wrapUp: maybe,
        agent: maybe,
        ticketNo: maybe,
      }),
    )
    .nullable(),
  messages: z
    .array(z.object({ id: text, purpose: text, title: maybe, channel: text, state: text, queuedAt: text }))
    .nullable(),
  visits: z
    .array(
      z.object({
        id: text,
        orderNo: text,
        kind: text,
        state: text,
        summary: text,
        crew: maybe,
        slotFrom: maybe,
        slotUntil: maybe,
        result: maybe,
        finishedAt: maybe,
        openedAt: text,
      }),
    )
    .nullable(),
  receipts: z.array(z.object({ id: text, receiptNo: text, issuedAt: text })).nullable(),
  station: z
    .object({
      incident: z
        .object({ incidentId: maybe, script: text, scriptEn: text, expectedBackAt: maybe })
        .nullable(),
      tests: z.array(z.object({ testId: text, testNo: text, kind: text, state: text, window: text })),
    })
    .nullable(),
});

export const householdRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/accounts/{accountNo}/overview",
    permission: "account.read",
    tag: "Accounts 户号",
    summary:
      "What happened to a household last, on one page: debt, cases, calls, messages, visits, receipts, its station; null where the caller has no right",
    params: z.strictObject({ accountNo: z.string().trim().min(1).max(80) }),
    response: overviewOut,
    handle: async ({ platform, actor, params }) => {
      const now = platform.clock.now();
      const reader = { sql: platform.database.sql, actor, now, today: dayOfInstant(now) };
      return { body: await householdOverview(reader, params.accountNo) };
    },
  }),
];
