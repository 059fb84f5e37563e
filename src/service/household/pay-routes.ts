/** Routes of paying: for an own home, or for somebody else's that was looked up by its number. */
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import { qrCodeOf, svgPathOf } from "#src/office/documents/index.ts";
import {
  beginWalletOrder,
  cancelWalletOrder,
  checkWalletOrder,
  findWalletOrder,
  listWalletOrdersOf,
  walletChannels,
  type WalletOrder,
} from "#src/money/collection/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { defineRoute, type Platform, type Route } from "#src/platform/route.ts";
import type { Sql } from "#src/platform/sql.ts";
import { findLookUp } from "./home-queries.ts";
import { accessHome } from "./homes.ts";
import { lookUpHome } from "./look-up.ts";
import { lookUpBody, lookUpOut, orderBody, orderOut, orderParams, tag } from "./schema.ts";
import { findBehind } from "./session-queries.ts";
import { sessionIdOf } from "./sessions.ts";
import { orderJson } from "./views.ts";
import { requireOpenid } from "./wechat.ts";

/** A home that was looked up can be paid for so long. */
const LOOK_UP_GOOD_FOR_MS = 30 * 60_000;
const MOST_ORDERS = 20;

const payerOf = async (sql: Sql, actor: Actor): Promise<string> => {
  const sessionId = sessionIdOf(actor);
  const { memberId } = await findBehind(sql, { sessionId, accountId: null });
  return memberId === null ? `session:${sessionId}` : `member:${memberId}`;
};

/** @throws DomainError `wallet.order-not-found` also for everybody else's */
const accessOrder = async (platform: Platform, actor: Actor, orderNo: string): Promise<WalletOrder> => {
  const { sql } = platform.database;
  const order = await findWalletOrder(sql, orderNo);
  if (order !== null && order.payer === (await payerOf(sql, actor))) return order;
  return fail("wallet.order-not-found", "there is no such payment among yours", { field: "orderNo" });
};

const accountToPay = async (
  platform: Platform,
  actor: Actor,
  pay: z.output<typeof orderBody>["pay"],
): Promise<{ readonly accountId: bigint; readonly forAnother: boolean }> => {
  const { sql } = platform.database;
  if ("homeId" in pay) return { accountId: (await accessHome(sql, actor, pay.homeId)).id, forAnother: false };
  const since = new Date(platform.clock.now().getTime() - LOOK_UP_GOOD_FOR_MS);
  const found = await findLookUp(sql, { id: pay.lookUpId, sessionId: sessionIdOf(actor), since });
  if (found === null) fail("home.not-found", "look the home up again", { field: "pay.lookUpId" });
  return { accountId: found.accountId, forAnother: true };
};

const svgOf = (text: string): string => {
  const code = qrCodeOf(text);
  const size = code.size + 8;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 ${size} ${size}" shape-rendering="crispEdges"><path fill="#fff" d="M-4 -4h${size}v${size}h-${size}z"/><path d="${svgPathOf(code)}"/></svg>`;
};

const ordersRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/me/orders",
    permission: "me.pay",
    tag,
    summary:
      "Begin a payment at a wallet, or go on with the same one that is open; the answer says where the payer goes on",
    body: orderBody,
    response: orderOut,
    status: 201,
    idempotency: "required",
    handle: async ({ platform, actor, body, idempotency, requestId }) => {
      const target = await accountToPay(platform, actor, body.pay);
      const { sql } = platform.database;
      const openid = body.inWechat ? await requireOpenid(sql, actor) : undefined;
      const order = await beginWalletOrder(
        platform,
        actor,
        {
          ...target,
          payer: await payerOf(sql, actor),
          channel: body.wallet,
          amountFen: body.amountFen,
          returnPath: "/me/orders",
          subject: "供热费",
          openid,
        },
        { idempotency, requestId },
      );
      return { body: await orderJson(platform, actor, order) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/me/orders",
    permission: "me.read",
    tag,
    summary: "Payments that were begun here, newest first",
    response: z.object({ items: z.array(orderOut) }),
    handle: async ({ platform, actor }) => {
      const { sql } = platform.database;
      const rows = await listWalletOrdersOf(sql, { payer: await payerOf(sql, actor), limit: MOST_ORDERS });
      const items = [];
      for (const row of rows) items.push(await orderJson(platform, actor, row));
      return { body: { items } };
    },
  }),
  defineRoute({
    method: "get",
    path: "/me/orders/{orderNo}",
    permission: "me.read",
    tag,
    summary: "A payment that was begun here, as it stands with us",
    params: orderParams,
    response: orderOut,
    handle: async ({ platform, actor, params }) => ({
      body: await orderJson(platform, actor, await accessOrder(platform, actor, params.orderNo)),
    }),
  }),
  defineRoute({
    method: "get",
    path: "/me/orders/{orderNo}/code.svg",
    permission: "me.read",
    tag,
    summary: "Where the payer goes on, as a code to be scanned by another telephone",
    params: orderParams,
    response: z.string(),
    produces: "image/svg+xml",
    handle: async ({ platform, actor, params }) => {
      const { payUrl } = await accessOrder(platform, actor, params.orderNo);
      if (payUrl === null)
        return fail("wallet.order-not-found", "there is nothing to be scanned for this payment");
      return { body: svgOf(payUrl) };
    },
  }),
  defineRoute({
    method: "post",
    path: "/me/orders/{orderNo}/check",
    permission: "me.pay",
    tag,
    summary: "Ask the wallet how a payment stands; an answer that does not come is told as unknown",
    params: orderParams,
    response: orderOut,
    handle: async ({ platform, actor, params }) => {
      const order = await accessOrder(platform, actor, params.orderNo);
      return { body: await orderJson(platform, actor, await checkWalletOrder(platform, order)) };
    },
  }),
  defineRoute({
    method: "post",
    path: "/me/orders/{orderNo}/cancel",
    permission: "me.pay",
    tag,
    summary: "Call an open payment off; one that was paid meanwhile is paid",
    params: orderParams,
    response: orderOut,
    handle: async ({ platform, actor, params }) => {
      const order = await accessOrder(platform, actor, params.orderNo);
      return { body: await orderJson(platform, actor, await cancelWalletOrder(platform, order)) };
    },
  }),
];

export const householdPayRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/me/look-ups",
    permission: "me.pay",
    tag,
    summary:
      "Find somebody else's home to pay for it: the first sign of the name, the amount, the end of the address",
    body: lookUpBody,
    response: lookUpOut,
    handle: async ({ platform, actor, body, remoteAddress, requestId }) => {
      const found = await lookUpHome(platform, {
        actor,
        accountNo: body.accountNo,
        remoteAddress,
        requestId,
      });
      const wallets = (await walletChannels(platform)).map(({ code, name, nameEn }) => ({
        code,
        name,
        nameEn,
      }));
      return { body: { ...found, wallets } };
    },
  }),
  ...ordersRoutes,
];
