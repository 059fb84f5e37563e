/** One search box (一框搜) over the rooms: households and places, cases, orders from outside, receipts, work orders. Reads only. */
import type { Day } from "#src/kernel/day.ts";
import { searchReceipts } from "#src/money/collection/index.ts";
import { type Actor, can } from "#src/platform/actor.ts";
import { fenJson } from "#src/platform/route.ts";
import type { Sql } from "#src/platform/sql.ts";
import { formatOrderNo, searchOrders } from "#src/service/field/index.ts";
import { searchReferrals } from "#src/service/referrals/index.ts";
import { searchTickets } from "#src/service/tickets/index.ts";
import { searchTown } from "#src/town/accounts/index.ts";

const ticketItems = async (sql: Sql, actor: Actor, day: Day, text: string) =>
  (await searchTickets(sql, actor, day, text)).map((ticket) => ({
    ...ticket,
    openedAt: ticket.openedAt.toISOString(),
  }));

const referralItems = async (sql: Sql, actor: Actor, day: Day, text: string) =>
  (await searchReferrals(sql, actor, day, text)).map(({ authorityCode, ...referral }) => ({
    ...referral,
    id: String(referral.id),
    authority: authorityCode,
    dueAt: referral.dueAt.toISOString(),
  }));

const orderItems = async (sql: Sql, actor: Actor, day: Day, text: string) =>
  (await searchOrders(sql, actor, day, text)).map((order) => ({
    id: String(order.id),
    orderNo: formatOrderNo(order.id),
    kind: order.kind,
    state: order.state,
    accountNo: order.accountNo,
    address: order.address,
    openedAt: order.openedAt.toISOString(),
  }));

const receiptItems = async (sql: Sql, actor: Actor, day: Day, text: string) =>
  (await searchReceipts(sql, actor, day, text)).map((receipt) => ({
    id: String(receipt.receiptId),
    receiptNo: receipt.receiptNo,
    totalFen: fenJson(receipt.totalFen),
    issuedAt: receipt.issuedAt.toISOString(),
    voided: receipt.voided,
  }));

/**
 * What was typed, looked for in every room that the actor may read, each within the actor's scope on `day`: who reads no
 * payments finds no receipt. A number that is typed whole stands before what only resembles it; empty groups are left out.
 */
export const searchEverything = async (sql: Sql, actor: Actor, day: Day, text: string, limit: number) => {
  const [tickets, referrals, orders, receipts, town] = await Promise.all([
    can(actor, "ticket.read") ? ticketItems(sql, actor, day, text) : [],
    can(actor, "referral.read") ? referralItems(sql, actor, day, text) : [],
    can(actor, "field.read") ? orderItems(sql, actor, day, text) : [],
    can(actor, "payment.read") ? receiptItems(sql, actor, day, text) : [],
    searchTown(sql, actor, day, text, limit),
  ]);
  const numbered = [
    { kind: "tickets" as const, items: tickets },
    { kind: "referrals" as const, items: referrals },
    { kind: "work-orders" as const, items: orders },
    { kind: "receipts" as const, items: receipts },
  ];
  return { groups: [...numbered.filter((group) => group.items.length > 0), ...town.groups] };
};
