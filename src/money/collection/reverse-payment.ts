/**
 * Reversal (冲正): the opposite posting of a payment, once, whole. What was paid becomes open again, a receipt that names it
 * is void, and the original stays as it was on its own day: a reversal is dated today, whatever day it corrects.
 */
import { fail, must } from "#src/kernel/errors.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { fenJson, type Platform } from "#src/platform/route.ts";
import {
  approveOnTheSpot,
  registerApprovalKinds,
  requestApproval,
  useApproval,
} from "#src/office/approvals/index.ts";
import { accessPayment } from "./access-payment.ts";
import type { StoredPayment } from "./queries.ts";
import {
  findPrepaidStanding,
  findReversal,
  type ReversalKind,
  type ReversalRow,
  reverseOnePayment,
} from "./reversal-queries.ts";
import { findShiftForPayment } from "./shift-queries.ts";

export const VOID_KIND = "payment-void";
export const REVERSAL_KIND = "payment-reversal";
registerApprovalKinds({ [VOID_KIND]: "approval.decide", [REVERSAL_KIND]: "payment.approve-reversal" });

/** What exactly is approved: this payment, this amount, for this reason. */
const reversalRequest = (payment: StoredPayment, reason: string) => ({
  paymentId: String(payment.paymentId),
  amountFen: String(payment.amountFen),
  reason,
});

export type ReversalAnswer = {
  readonly paymentId: string;
  readonly kind: ReversalKind;
  readonly amountFen: number;
  readonly accountingDate: string;
  readonly reversedAt: string;
  voidedReceipts: string[];
};

export const reversalAnswer = (row: ReversalRow): ReversalAnswer => ({
  paymentId: String(row.paymentId),
  kind: row.kind,
  amountFen: fenJson(row.amountFen),
  accountingDate: row.accountingDate,
  reversedAt: row.reversedAt.toISOString(),
  voidedReceipts: row.voidedReceipts,
});

export type ReversalOrder = {
  readonly kind: ReversalKind;
  readonly reason: string;
  /** Who asked and who agreed, when two people were needed. */
  readonly requestedBy: bigint | null;
  readonly approvedBy: bigint | null;
  readonly approvalId: bigint | null;
  /** The channel's own number of its reversal message. */
  readonly serial: string | null;
};

const refuseReversed = (): never =>
  fail("payment.already-reversed", "this payment was reversed before", {
    remedy: "nothing is left to reverse; take the money again as a new payment if it came",
  });

/** @throws DomainError `payment.already-reversed`, `prepaid.spent` */
const requireReversible = async (context: CommandContext, payment: StoredPayment): Promise<void> => {
  if (payment.state === "reversed") refuseReversed();
  const standing = await findPrepaidStanding(context.sql, payment);
  if (standing.broughtFen > standing.balanceFen) {
    fail("prepaid.spent", "what this payment prepaid was used for bills meanwhile", {
      remedy:
        "take what the bills took back into prepaid first (POST /accounts/{accountNo}/prepaid/release), then reverse",
      facts: {
        prepaidFen: standing.broughtFen,
        leftFen: standing.balanceFen,
        billIds: standing.billIds.map(String),
      },
    });
  }
};

/**
 * Posts the reversal within a command whose caller has settled who may. Locks the shift (shared), the account and the
 * payment. Refuses what cannot be undone; repeating is refused, so it happens once.
 * @throws DomainError `payment.already-reversed`, `prepaid.spent`, `day.closed`
 */
export const postReversal = async (
  context: CommandContext,
  payment: StoredPayment,
  order: ReversalOrder,
): Promise<ReversalAnswer> => {
  const { sql, today, now } = context;
  await requireReversible(context, payment);
  // A shift that closes at this moment either counts the reversal or does not: its row decides.
  if (payment.shiftId !== null) await findShiftForPayment(sql, payment.shiftId);
  const done = await reverseOnePayment(sql, {
    paymentId: payment.paymentId,
    kind: order.kind,
    reason: order.reason,
    accountingDate: today,
    valueDate: today,
    requestedBy: order.requestedBy,
    approvedBy: order.approvedBy,
    now,
    channelId: order.serial === null ? null : payment.channelId,
    serial: order.serial,
    approvalId: order.approvalId,
  });
  if (!done) {
    const first = order.serial === null ? null : await answerToMessage(context, payment, order.serial);
    return first ?? refuseReversed();
  }
  context.audit({
    subject: `payment:${payment.paymentId}`,
    details: {
      reversed: order.kind,
      reason: order.reason,
      amountFen: payment.amountFen,
      approvedBy: order.approvedBy,
    },
  });
  context.emit({
    type: "payment.reversed",
    subject: `account:${payment.accountId}`,
    payload: { paymentId: String(payment.paymentId) },
  });
  return reversalAnswer(must(await findReversal(sql, payment.paymentId), "the reversal just posted"));
};

export type Approver = {
  readonly login: string;
  readonly password: string;
  readonly totp?: string | undefined;
};

/**
 * Voids a counter payment in the shift that took it, with a second person who proves to be there. The usual case is
 * money on the wrong home: void, then take it again.
 * @throws DomainError `payment.not-found`, `payment.already-reversed`, `payment.void-not-at-counter`, `shift.not-yours`,
 * `payment.void-too-late`, `prepaid.spent`, `approval.*`
 */
export const voidPayment = async (
  context: CommandContext,
  platform: Platform,
  paymentId: bigint,
  order: { readonly reason: string; readonly approver: Approver },
): Promise<ReversalAnswer> => {
  const { sql, actor, today } = context;
  const payment = await accessPayment(sql, actor, paymentId, today);
  await requireReversible(context, payment);
  if (payment.shiftId === null) {
    return fail("payment.void-not-at-counter", "only a payment taken at a till is voided at a till", {
      remedy: "ask finance for a correction (POST /payments/{id}/reversal)",
    });
  }
  const shift = must(await findShiftForPayment(sql, payment.shiftId), "the shift of a payment");
  if (actor.kind !== "staff" || shift.staffId !== actor.id) {
    fail("shift.not-yours", "this payment was taken in another cashier's shift", {
      remedy: "let the cashier who took it void it, or ask finance for a correction",
    });
  }
  if (shift.state !== "open" || shift.businessDay !== today) {
    fail("payment.void-too-late", "the shift of this payment is over", {
      remedy: "ask finance for a correction (POST /payments/{id}/reversal)",
      facts: { businessDay: shift.businessDay },
    });
  }
  const approval = await approveOnTheSpot(context, platform, {
    kind: VOID_KIND,
    subject: `payment:${paymentId}`,
    accountId: payment.accountId,
    request: reversalRequest(payment, order.reason),
    approverLogin: order.approver.login,
    approverPassword: order.approver.password,
    totp: order.approver.totp,
  });
  return postReversal(context, payment, {
    kind: "void-in-shift",
    reason: order.reason,
    requestedBy: approval.requestedBy,
    approvedBy: approval.approvedBy,
    approvalId: approval.id,
    serial: null,
  });
};

/** Asks for the approval of a correction. @throws DomainError `payment.not-found`, `payment.already-reversed` */
export const requestReversal = async (
  context: CommandContext,
  paymentId: bigint,
  reason: string,
): Promise<bigint> => {
  const payment = await accessPayment(context.sql, context.actor, paymentId, context.today);
  await requireReversible(context, payment);
  return requestApproval(context, {
    kind: REVERSAL_KIND,
    subject: `payment:${paymentId}`,
    accountId: payment.accountId,
    request: reversalRequest(payment, reason),
  });
};

/**
 * Corrects a payment of any day, by an approval of exactly this, used once. Dated today.
 * @throws DomainError `payment.not-found`, `payment.already-reversed`, `prepaid.spent`, `approval.*`, `day.closed`
 */
export const correctPayment = async (
  context: CommandContext,
  paymentId: bigint,
  order: { readonly reason: string; readonly approvalId: bigint },
): Promise<ReversalAnswer> => {
  const payment = await accessPayment(context.sql, context.actor, paymentId, context.today);
  await requireReversible(context, payment);
  const people = await useApproval(
    context,
    order.approvalId,
    REVERSAL_KIND,
    reversalRequest(payment, order.reason),
  );
  return postReversal(context, payment, {
    kind: "correction",
    reason: order.reason,
    ...people,
    approvalId: order.approvalId,
    serial: null,
  });
};

/** Whether the actor is the machine of a channel, which takes back only what it brought. */
export const isChannelMachine = (actor: Actor): boolean =>
  actor.kind === "machine" && actor.channelId !== undefined;

/** The answer that this very message got before, or null. */
const answerToMessage = async (
  context: CommandContext,
  payment: StoredPayment,
  serial: string,
): Promise<ReversalAnswer | null> => {
  const reversal = await findReversal(context.sql, payment.paymentId);
  return reversal !== null && reversal.serial === serial ? reversalAnswer(reversal) : null;
};

/**
 * A bank's reversal message (冲正报文): the machine of a channel takes back a payment of its own channel on its own
 * accounting day. The message has a serial of its own; the same message again gets the first answer.
 * @throws DomainError `payment.not-found` (also another channel's), `payment.already-reversed`,
 * `payment.reversal-too-late`, `prepaid.spent`
 */
export const reverseByMessage = async (
  context: CommandContext,
  payment: StoredPayment,
  order: { readonly reason: string; readonly serial: string },
): Promise<ReversalAnswer> => {
  const first = await answerToMessage(context, payment, order.serial);
  if (first !== null) return first;
  await requireReversible(context, payment);
  if (payment.accountingDate !== context.today) {
    fail("payment.reversal-too-late", "the day of this payment is over", {
      remedy: "it stays; our finance corrects it when the day's files are compared",
      facts: { accountingDate: payment.accountingDate },
    });
  }
  return postReversal(context, payment, {
    kind: "bank-reversal",
    reason: order.reason,
    requestedBy: staffIdOf(context.actor),
    approvedBy: null,
    approvalId: null,
    serial: order.serial,
  });
};
