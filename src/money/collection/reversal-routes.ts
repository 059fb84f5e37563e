/** Routes of reversals, moves and prepaid money. */
import { fail } from "#src/kernel/errors.ts";
import { formatBillNo } from "#src/kernel/ids.ts";
import type { Action } from "#src/platform/actions.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { defineRoute, fenJson, type Route, type RouteRequest } from "#src/platform/route.ts";
import { accessAccount } from "#src/town/accounts/index.ts";
import type { z } from "zod";
import { accessPayment } from "./access-payment.ts";
import { applyPrepaid } from "./apply-prepaid.ts";
import { movePayment, requestMove } from "./move-payment.ts";
import { releasePrepaid, requestRelease } from "./release-prepaid.ts";
import { findMessagePayment } from "./reversal-message.ts";
import {
  correctPayment,
  isChannelMachine,
  proveVoidApprover,
  requestReversal,
  type ReversalAnswer,
  reverseByMessage,
  voidPayment,
} from "./reverse-payment.ts";
import {
  accountParams,
  appliedOut,
  approvalOut,
  idParams,
  moveBody,
  moveOut,
  moveRequestBody,
  reasonBody,
  releaseBody,
  releaseOut,
  releaseRequestBody,
  reversalBody,
  reversalMessageBody,
  reversalOut,
  voidBody,
} from "./schema.ts";

const TAG = "Collection 收费";

/** Runs a command under the request's key and id. */
const run = async <T>(
  { platform, actor, idempotency, requestId }: RouteRequest<unknown, unknown, unknown>,
  name: Action,
  work: (context: CommandContext) => Promise<T>,
): Promise<T> =>
  (await platform.commands.run({ name, actor, requestId, ...(idempotency && { idempotency }) }, work)).result;

/** A person corrects by an approval, the machine of a channel by its message: which one, decides who asks. */
const reverse = async (
  context: CommandContext,
  paymentId: bigint,
  body: z.output<typeof reversalBody>,
): Promise<ReversalAnswer> => {
  if (isChannelMachine(context.actor)) {
    const { serial } = body;
    if (serial === undefined) {
      return fail("payment.serial-needed", "a channel's reversal has a serial of its own", {
        field: "serial",
        remedy: "send the number of the reversal message",
      });
    }
    const payment = await accessPayment(context.sql, context.actor, paymentId, context.today);
    return reverseByMessage(context, payment, { reason: body.reason, serial });
  }
  const { approvalId } = body;
  if (approvalId === undefined) {
    return fail("payment.approval-needed", "a correction needs the approval of a second person", {
      field: "approvalId",
      remedy: "ask for it (POST /payments/{id}/reversal-requests)",
    });
  }
  return correctPayment(context, paymentId, { reason: body.reason, approvalId });
};

const reversals: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/payments/{id}/void",
    permission: "payment.void",
    tag: TAG,
    summary: "Void a payment in the shift that took it, with a second person on the spot",
    params: idParams,
    // No key: it would keep a digest of the approver's password. A second void is refused anyway.
    body: voidBody,
    response: reversalOut,
    handle: async (request) => {
      const { platform, actor, requestId, params, body } = request;
      const approver = await proveVoidApprover(
        platform,
        { actor, paymentId: params.id, requestId },
        body.approver,
      );
      return {
        body: await run(request, "payment.void", (context) =>
          voidPayment(context, params.id, { reason: body.reason, approver }),
        ),
      };
    },
  }),
  defineRoute({
    method: "post",
    path: "/payments/{id}/reversal-requests",
    permission: "payment.reverse",
    stepUp: true,
    tag: TAG,
    summary: "Ask for the approval of a correction",
    params: idParams,
    body: reasonBody,
    response: approvalOut,
    status: 201,
    idempotency: "optional",
    handle: async (request) => ({
      body: await run(request, "payment.request-reversal", async (context) => ({
        approvalId: String(await requestReversal(context, request.params.id, request.body.reason)),
      })),
    }),
  }),
  defineRoute({
    method: "post",
    path: "/payments/{id}/reversal",
    permission: "payment.reverse",
    stepUp: true,
    tag: TAG,
    summary: "Reverse a payment: finance by an approval, a channel's machine by its message of the same day",
    params: idParams,
    body: reversalBody,
    response: reversalOut,
    idempotency: "required",
    handle: async (request) => ({
      body: await run(request, "payment.reverse", (context) =>
        reverse(context, request.params.id, request.body),
      ),
    }),
  }),
  defineRoute({
    method: "post",
    path: "/reversal-messages",
    permission: "payment.reverse",
    stepUp: true,
    tag: TAG,
    summary: "A channel's reversal message, which names the payment by the channel's own serial",
    body: reversalMessageBody,
    response: reversalOut,
    idempotency: "required",
    handle: async (request) => ({
      body: await run(request, "payment.reverse", async (context) => {
        const payment = await findMessagePayment(context, request.body.originalSerial);
        return reverseByMessage(context, payment, request.body);
      }),
    }),
  }),
  defineRoute({
    method: "post",
    path: "/payments/{id}/move-requests",
    permission: "payment.reverse",
    stepUp: true,
    tag: TAG,
    summary: "Ask for the approval of moving a payment to another account",
    params: idParams,
    body: moveRequestBody,
    response: approvalOut,
    status: 201,
    idempotency: "optional",
    handle: async (request) => ({
      body: await run(request, "payment.request-move", async (context) => ({
        approvalId: String(await requestMove(context, request.params.id, request.body)),
      })),
    }),
  }),
  defineRoute({
    method: "post",
    path: "/payments/{id}/move",
    permission: "payment.reverse",
    stepUp: true,
    tag: TAG,
    summary: "Move a payment to the account where it belongs, by an approval",
    params: idParams,
    body: moveBody,
    response: moveOut,
    idempotency: "required",
    handle: async (request) => ({
      body: await run(request, "payment.move", (context) =>
        movePayment(context, request.params.id, request.body),
      ),
    }),
  }),
];

const prepaid: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/accounts/{accountNo}/prepaid/apply",
    permission: "payment.take",
    tag: TAG,
    summary: "Use what the household has prepaid for its open bills",
    params: accountParams,
    response: appliedOut,
    idempotency: "optional",
    handle: async (request) => ({
      body: await run(request, "prepaid.apply", async (context) => {
        const { sql, actor, today } = context;
        const account = await accessAccount(sql, actor, request.params.accountNo, today);
        const shares = await applyPrepaid(context, [account.id]);
        return {
          accountNo: account.accountNo,
          appliedFen: fenJson(shares.reduce((sum, share) => sum + share.amountFen, 0n)),
          bills: shares.map((share) => ({
            billNo: formatBillNo(share.seasonId, share.billId),
            amountFen: fenJson(share.amountFen),
          })),
        };
      }),
    }),
  }),
  defineRoute({
    method: "post",
    path: "/accounts/{accountNo}/prepaid/release-requests",
    permission: "payment.reverse",
    stepUp: true,
    tag: TAG,
    summary: "Ask for the approval of taking applied prepaid money back from a bill",
    params: accountParams,
    body: releaseRequestBody,
    response: approvalOut,
    status: 201,
    idempotency: "optional",
    handle: async (request) => ({
      body: await run(request, "prepaid.request-release", async (context) => ({
        approvalId: String(
          await requestRelease(context, { ...request.body, accountNo: request.params.accountNo }),
        ),
      })),
    }),
  }),
  defineRoute({
    method: "post",
    path: "/accounts/{accountNo}/prepaid/release",
    permission: "payment.reverse",
    stepUp: true,
    tag: TAG,
    summary: "Take applied prepaid money back from a bill, by an approval",
    params: accountParams,
    body: releaseBody,
    response: releaseOut,
    idempotency: "required",
    handle: async (request) => ({
      body: await run(request, "prepaid.release", async (context) => {
        const { accountNo } = request.params;
        return {
          accountNo,
          releasedFen: fenJson(await releasePrepaid(context, { ...request.body, accountNo })),
        };
      }),
    }),
  }),
];

export const reversalRoutes: readonly Route[] = [...reversals, ...prepaid];
