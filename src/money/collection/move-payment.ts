/** Money on the wrong home, found later: taken back there and posted where it belongs, in one command. */
import { fail, must } from "#src/kernel/errors.ts";
import { dayOfInstant } from "#src/kernel/day.ts";
import { fen } from "#src/kernel/money.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { registerApprovalKinds, requestApproval, useApproval } from "#src/office/approvals/index.ts";
import { accessPayment } from "./access-payment.ts";
import {
  loadPaymentFacts,
  type PaymentAnswer,
  type PaymentFacts,
  type PaymentTerms,
  postingTermsOf,
  refuseClosedAccount,
  requireNamedBill,
  tellPosted,
} from "./post-payment.ts";
import { listChannels, noteMovedFrom, postOnePayment, type StoredPayment } from "./queries.ts";
import { collectionPolicyIn, openSeasonIn } from "./reference.ts";
import { postReversal, type ReversalAnswer } from "./reverse-payment.ts";
import { findShiftForPayment } from "./shift-queries.ts";

export const MOVE_KIND = "payment-move";
registerApprovalKinds({ [MOVE_KIND]: "payment.approve-reversal" });

export type MoveOrder = {
  /** Where it belongs. */
  readonly accountNo: string;
  readonly billNo?: string | undefined;
  readonly reason: string;
};

const moveRequest = (payment: StoredPayment, facts: PaymentFacts, order: MoveOrder) => ({
  paymentId: String(payment.paymentId),
  amountFen: String(payment.amountFen),
  toAccountId: String(facts.account.id),
  // Whoever approves reads where the money goes, by the number that people know.
  toAccountNo: facts.account.accountNo,
  billNo: order.billNo ?? null,
  reason: order.reason,
});

const loadMove = async (context: CommandContext, paymentId: bigint, order: MoveOrder) => {
  const payment = await accessPayment(context.sql, context.actor, paymentId, context.today);
  const facts = await loadPaymentFacts(context.sql, context.actor, order, context.today);
  if (facts.account.id === payment.accountId) {
    fail("payment.same-account", "the money is on this account already", {
      field: "accountNo",
      remedy: "name the account where it belongs",
    });
  }
  const billId = requireNamedBill(facts, order);
  return { payment, facts, billId };
};

/** Asks for the approval of a move. @throws DomainError `payment.*`, `account.not-found` */
export const requestMove = async (
  context: CommandContext,
  paymentId: bigint,
  order: MoveOrder,
): Promise<bigint> => {
  const { payment, facts } = await loadMove(context, paymentId, order);
  if (payment.state === "reversed") fail("payment.already-reversed", "this payment was reversed before");
  return requestApproval(context, {
    kind: MOVE_KIND,
    subject: `payment:${paymentId}`,
    accountId: payment.accountId,
    request: moveRequest(payment, facts, order),
  });
};

/** Under today's policy, through the channel by which the money came, open or closed by now. */
const termsNow = async ({ sql, today }: CommandContext, payment: StoredPayment): Promise<PaymentTerms> => {
  const channels = await listChannels(sql);
  return {
    channel: must(
      channels.find((channel) => channel.id === payment.channelId),
      "the channel of a payment",
    ),
    tender: payment.tender,
    policy: await collectionPolicyIn(sql),
    seasonId: await openSeasonIn(sql, today),
  };
};

/** The money lies in the drawer still: a shift that is not closed counts it with the payment that replaces this one. */
const openShiftOf = async ({ sql }: CommandContext, payment: StoredPayment): Promise<bigint | null> => {
  if (payment.shiftId === null) return null;
  const shift = await findShiftForPayment(sql, payment.shiftId);
  return shift?.state === "open" ? shift.id : null;
};

/** The new payment's serial: ours, made of the one it replaces, so that nobody's numbers are used up. */
const movedSerial = (payment: StoredPayment): string =>
  `M${payment.paymentId}-${payment.serial}`.slice(0, 64);

/**
 * Reverses a payment and posts its money on another account, both dated today; the new payment keeps channel, tender,
 * the time when the money came and the shift as long as that is open, and gets a receipt on request. By an approval of
 * exactly this. Locks the shift (shared) and both accounts.
 * @throws DomainError `payment.not-found`, `payment.already-reversed`, `payment.same-account`, `payment.account-closed`,
 * `prepaid.spent`, `approval.*`, `day.closed`
 */
export const movePayment = async (
  context: CommandContext,
  paymentId: bigint,
  order: MoveOrder & { readonly approvalId: bigint },
): Promise<{ readonly reversal: ReversalAnswer; readonly payment: PaymentAnswer }> => {
  const { payment, facts, billId } = await loadMove(context, paymentId, order);
  const people = await useApproval(context, order.approvalId, MOVE_KIND, moveRequest(payment, facts, order));
  const reversal = await postReversal(context, payment, {
    kind: "correction",
    reason: order.reason,
    ...people,
    approvalId: order.approvalId,
    serial: null,
  });
  const shiftId = await openShiftOf(context, payment);
  const terms = await termsNow(context, payment);
  const request = {
    accountNo: facts.account.accountNo,
    amountFen: fen(payment.amountFen),
    channel: payment.channel,
    serial: movedSerial(payment),
    paidAt: payment.paidAt,
  };
  const posted = await postOnePayment(context.sql, {
    ...postingTermsOf(context, terms, shiftId),
    accountId: facts.account.id,
    amountFen: request.amountFen,
    serial: request.serial,
    paidAt: request.paidAt,
    valueDate: dayOfInstant(request.paidAt),
    billId,
  });
  if (posted.outcome === "closed") refuseClosedAccount();
  await noteMovedFrom(context.sql, {
    paymentId: must(posted.paymentId, "the payment that a move makes"),
    movedFromId: payment.paymentId,
  });
  return { reversal, payment: tellPosted(context, terms, request, facts.account, posted) };
};
