/** `POST /payments` as a command. */
import type { Actor } from "#src/platform/actor.ts";
import type { CommandOutcome, Idempotency } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import {
  inFirstOrder,
  loadPaymentFacts,
  type PaymentAnswer,
  type PaymentRequest,
  paymentTerms,
  postPayment,
  refuseEarly,
} from "./post-payment.ts";
import { channelOfCode } from "./reference.ts";
import { takeAtOnce } from "./take-at-once.ts";
import { requireApprovalByHand, useApprovalByHand } from "./take-by-hand.ts";

/**
 * The whole command: reference data, early refusals, then one transaction: in one statement where the payment is an
 * ordinary one of a channel, else the long way. Repeating with the same key or serial is safe and answers alike.
 * Money of a channel comes from that channel's machine, or by hand with a second person's approval.
 * @throws DomainError `payment.*`, `account.*`, `channel.*`, `forbidden.channel`, `approval.*`, `shift.*`, `day.closed`,
 * `request.*`
 */
export const takePayment = async (
  platform: Platform,
  actor: Actor,
  request: PaymentRequest,
  options: { readonly idempotency?: Idempotency | undefined; readonly requestId?: string | undefined },
): Promise<CommandOutcome<PaymentAnswer>> => {
  const channel = await channelOfCode(platform.database, request.channel);
  const tender = refuseEarly(request, actor, channel, platform.clock.now());
  requireApprovalByHand(actor, channel, request);
  const terms = await paymentTerms(platform, channel, tender);
  const atOnce = await takeAtOnce(platform, actor, terms, request, options);
  if (atOnce !== null) return { result: inFirstOrder(atOnce), replayed: false };
  const outcome = await platform.commands.run(
    {
      name: "payment.take",
      actor,
      ...(options.idempotency && { idempotency: options.idempotency }),
      ...(options.requestId !== undefined && { requestId: options.requestId }),
      prefetch: (sql, today) => loadPaymentFacts(sql, actor, request, today),
    },
    (context, facts) =>
      postPayment(context, terms, request, facts, () => useApprovalByHand(context, request, facts)),
  );
  return outcome.replayed ? { ...outcome, result: inFirstOrder(outcome.result) } : outcome;
};
