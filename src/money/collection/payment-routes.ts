/** Routes of payments and household balances. */
import type { z } from "zod";
import { dayOfInstant } from "#src/kernel/day.ts";
import {
  defineRoute,
  fenJson,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Route,
} from "#src/platform/route.ts";
import { accessAccount } from "#src/town/accounts/index.ts";
import { householdBalances } from "#src/money/ledger/index.ts";
import { accessPayment, paymentScope } from "./access-payment.ts";
import { paymentAnswer } from "./post-payment.ts";
import { requestPaymentByHand } from "./take-by-hand.ts";
import { takePayment } from "./take-payment.ts";
import { listMovements, type Movement } from "./movement-queries.ts";
import type { StoredPayment } from "./queries.ts";
import {
  accountParams,
  approvalOut,
  balanceOut,
  idParams,
  movementOut,
  paymentAnswerOut,
  paymentBody,
  paymentOut,
  paymentRequestBody,
} from "./schema.ts";

const TAG = "Collection 收费";

const paymentJson = (payment: StoredPayment): z.input<typeof paymentOut> => ({
  ...paymentAnswer(payment),
  channelName: payment.channelName,
  channelNameEn: payment.channelNameEn,
  channelKind: payment.channelKind,
  state: payment.state,
  shiftId: payment.shiftId === null ? null : String(payment.shiftId),
});

const movementJson = (row: Movement): z.input<typeof movementOut> => ({
  ...paymentAnswer({ ...row, channel: row.channel ?? "", paymentId: row.sourceId }),
  id: `${row.kind}-${row.sourceId}`,
  kind: row.kind,
  paymentId: row.kind === "payment" ? String(row.sourceId) : null,
  claimId: row.kind === "claim" ? String(row.sourceId) : null,
  channel: row.channel,
  channelName: row.channelName,
  channelNameEn: row.channelNameEn,
  channelKind: row.channelKind,
  state: row.state,
  shiftId: row.shiftId === null ? null : String(row.shiftId),
  receiptId: row.receiptId === null ? null : String(row.receiptId),
  receiptNo: row.receiptNo,
});

export const paymentRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/payments",
    permission: "payment.take",
    tag: TAG,
    summary:
      "Take a payment at a till, or as a channel's machine; the same serial of a channel is answered as the first time",
    body: paymentBody,
    response: paymentAnswerOut,
    status: 201,
    idempotency: "required",
    handle: async ({ platform, actor, body, idempotency, requestId }) => {
      const { result } = await takePayment(platform, actor, body, { idempotency, requestId });
      return { body: result };
    },
  }),
  defineRoute({
    method: "post",
    path: "/payment-requests",
    permission: "payment.by-hand",
    tag: TAG,
    summary: "Ask for the approval of a channel's payment that is entered by hand, then take it with its id",
    body: paymentRequestBody,
    response: approvalOut,
    status: 201,
    idempotency: "optional",
    handle: async ({ platform, actor, body, idempotency, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "payment.request-by-hand", actor, requestId, ...(idempotency && { idempotency }) },
        async (context) => ({ approvalId: String(await requestPaymentByHand(platform, context, body)) }),
      );
      return { body: result };
    },
  }),
  defineRoute({
    method: "get",
    path: "/payments/{id}",
    permission: "payment.read",
    tag: TAG,
    summary: "A payment as it stands",
    params: idParams,
    response: paymentOut,
    handle: async ({ platform, actor, params }) => {
      const today = dayOfInstant(platform.clock.now());
      return { body: paymentJson(await accessPayment(platform.database.sql, actor, params.id, today)) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/accounts/{accountNo}/payments",
    permission: "payment.read",
    tag: TAG,
    summary:
      "What brought money to an account, newest first: payments, claimed money, prepaid of the opening",
    params: accountParams,
    query: pageIn,
    response: pageOf(movementOut),
    handle: async ({ platform, actor, params, query }) => {
      const { sql } = platform.database;
      const today = dayOfInstant(platform.clock.now());
      const account = await accessAccount(sql, actor, params.accountNo, today);
      const rows = await listMovements(sql, {
        accountId: account.id,
        beforeId: idOfCursor(query.cursor),
        limit: query.limit + 1,
        ...paymentScope(actor, today),
      });
      return { body: pageFrom(rows, query.limit, (row) => [String(row.postingId)], movementJson) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/accounts/{accountNo}/balance",
    permission: "bill.read",
    tag: TAG,
    summary: "What an account owes, is offered, and has prepaid",
    params: accountParams,
    response: balanceOut,
    handle: async ({ platform, actor, params }) => {
      const { sql } = platform.database;
      const today = dayOfInstant(platform.clock.now());
      const account = await accessAccount(sql, actor, params.accountNo, today);
      const balances = await householdBalances(sql, account.id);
      return {
        body: {
          accountNo: account.accountNo,
          offeredFen: fenJson(balances.offeredFen),
          receivableFen: fenJson(balances.receivableFen),
          prepaidFen: fenJson(balances.prepaidFen),
        },
      };
    },
  }),
];
