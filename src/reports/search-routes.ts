/** The search box over HTTP. What is typed may be a name or a phone, so it travels in the body and never in an address. */
import { z } from "zod";
import { today } from "#src/platform/clock.ts";
import { defineRoute, type Route } from "#src/platform/route.ts";
import { ORDER_KINDS, ORDER_STATES } from "#src/service/field/index.ts";
import { REFERRAL_STATES } from "#src/service/referrals/index.ts";
import { TICKET_STATES } from "#src/service/tickets/index.ts";
import { townGroupsOut } from "#src/town/accounts/index.ts";
import { searchEverything } from "./search.ts";

const ticketGroup = z.object({
  kind: z.literal("tickets"),
  items: z.array(
    z.object({
      ticketNo: z.string(),
      category: z.string(),
      categoryName: z.string(),
      state: z.enum(TICKET_STATES),
      accountNo: z.string().nullable(),
      building: z.string().nullable(),
      openedAt: z.string(),
    }),
  ),
});
const referralGroup = z.object({
  kind: z.literal("referrals"),
  items: z.array(
    z.object({
      id: z.string(),
      authority: z.string(),
      authorityName: z.string(),
      outsideNo: z.string(),
      round: z.int(),
      state: z.enum(REFERRAL_STATES),
      dueAt: z.string(),
      /** The case that the order is about. */
      ticketNo: z.string(),
    }),
  ),
});
const orderGroup = z.object({
  kind: z.literal("work-orders"),
  items: z.array(
    z.object({
      id: z.string(),
      orderNo: z.string(),
      kind: z.enum(ORDER_KINDS),
      state: z.enum(ORDER_STATES),
      accountNo: z.string().nullable(),
      address: z.string(),
      openedAt: z.string(),
    }),
  ),
});
const receiptGroup = z.object({
  kind: z.literal("receipts"),
  items: z.array(
    z.object({
      id: z.string(),
      receiptNo: z.string(),
      totalFen: z.int(),
      issuedAt: z.string(),
      voided: z.boolean(),
    }),
  ),
});

export const searchRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/search",
    permission: "account.read",
    tag: "Accounts 户号",
    summary:
      "Find households by name, pinyin, initials, the last digits of a phone, any number, or an address; and the case, receipt or work order of a number, also of one that an authority gave; changes nothing",
    body: z.strictObject({
      q: z.string().trim().min(1).max(80),
      limit: z.int().min(1).max(50).default(20),
    }),
    response: z.object({
      groups: z.array(
        z.discriminatedUnion("kind", [
          ticketGroup,
          referralGroup,
          orderGroup,
          receiptGroup,
          ...townGroupsOut,
        ]),
      ),
    }),
    handle: async ({ platform, actor, body }) => ({
      body: await searchEverything(platform.database.sql, actor, today(platform.clock), body.q, body.limit),
    }),
  }),
];
