/**
 * Money of a channel is reported by that channel's machine. What a machine failed to report, and the bank says it has, finance
 * enters by hand (手工补录), and a second person agrees to exactly that.
 */
import { fail } from "#src/kernel/errors.ts";
import { type Actor, can } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import { registerApprovalKinds, requestApproval, useApproval } from "#src/office/approvals/index.ts";
import {
  loadPaymentFacts,
  type PaymentFacts,
  type PaymentRequest,
  refuseClosedAccount,
  refuseEarly,
  requireNamedBill,
} from "./post-payment.ts";
import type { Channel } from "./queries.ts";
import { channelOfCode } from "./reference.ts";

export const BY_HAND_KIND = "payment-by-hand";
registerApprovalKinds({ [BY_HAND_KIND]: "payment.approve-reversal" });

/** At a till the shift and its cash answer for a payment; elsewhere only the channel's own machine speaks for it. */
const isByHand = (actor: Actor, channel: Channel): boolean =>
  channel.kind !== "counter" && !(actor.kind === "machine" && actor.channelId === channel.id);

const requireHand = (actor: Actor): void => {
  if (can(actor, "payment.by-hand")) return;
  fail("forbidden.channel", "this channel's payments are reported by its own machine", {
    field: "channel",
    remedy:
      "take cash or card at the counter; finance enters what the bank has and its machine did not report",
  });
};

/**
 * Whether the payment is entered by hand; then it names its approval and its reason.
 * @throws DomainError `forbidden.channel`, `payment.approval-needed`, `payment.approval-unneeded`
 */
export const requireApprovalByHand = (actor: Actor, channel: Channel, request: PaymentRequest): void => {
  if (isByHand(actor, channel)) {
    requireHand(actor);
    if (request.approvalId !== undefined) return;
    fail("payment.approval-needed", "a channel's payment that is entered by hand needs a second person", {
      field: "approvalId",
      remedy: "ask for it (POST /payment-requests), then send the same with its id and reason",
    });
  }
  if (request.approvalId === undefined && request.reason === undefined) return;
  fail("payment.approval-unneeded", "this payment needs no approval", {
    field: request.approvalId === undefined ? "reason" : "approvalId",
    remedy: "leave approvalId and reason out",
  });
};

const handRequest = (request: PaymentRequest, facts: PaymentFacts) => ({
  accountId: String(facts.account.id),
  amountFen: String(request.amountFen),
  channel: request.channel,
  serial: request.serial,
  paidAt: request.paidAt.toISOString(),
  billNo: request.billNo ?? null,
  reason: request.reason ?? "",
});

/**
 * Asks for the approval of a payment by hand, with every figure that will be posted.
 * @throws DomainError `payment.*`, `account.not-found`, `channel.*`, `forbidden.channel`
 */
export const requestPaymentByHand = async (
  platform: Platform,
  context: CommandContext,
  request: PaymentRequest & { readonly reason: string },
): Promise<bigint> => {
  const { sql, actor, today, now } = context;
  const channel = await channelOfCode(platform.database, request.channel);
  if (!isByHand(actor, channel)) {
    fail("payment.approval-unneeded", "this payment needs no approval", {
      field: "channel",
      remedy: "take it as it is (POST /payments)",
    });
  }
  requireHand(actor);
  refuseEarly(request, actor, channel, now);
  const facts = await loadPaymentFacts(sql, actor, request, today);
  if (facts.account.state === "closed") refuseClosedAccount();
  requireNamedBill(facts, request);
  return requestApproval(context, {
    kind: BY_HAND_KIND,
    subject: `channel:${request.channel}`,
    accountId: facts.account.id,
    request: handRequest(request, facts),
  });
};

/** Uses the approval of a payment that was just posted by hand. @throws DomainError `approval.*` */
export const useApprovalByHand = async (
  context: CommandContext,
  request: PaymentRequest,
  facts: PaymentFacts,
): Promise<void> => {
  if (request.approvalId === undefined) return;
  await useApproval(context, request.approvalId, BY_HAND_KIND, handRequest(request, facts));
};
