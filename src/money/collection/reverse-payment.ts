/**
 * Reversal (冲正): the opposite posting of a payment, once, whole. What was paid becomes open again, a receipt that names it
 * is void, and the original stays as it was on its own day: a reversal is dated today, whatever day it corrects.
 */
import { fail, must } from "#src/kernel/errors.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import { today as todayOf } from "#src/platform/clock.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { fenJson, type Platform } from "#src/platform/route.ts";
import type { Sql } from "#src/platform/sql.ts";
import {
  type ApproverCredentials,
  approveOnTheSpot,
  proveApprover,
  type ProvenApprover,
  registerApprovalKinds,
  requestApproval,
  useApproval,
} from "#src/office/approvals/index.ts";
import { accessPayment } from "./access-payment.ts";
import type { StoredPayment } from "./queries.ts";
import {
  findPrepaidStanding,
  findReversal,
  findStandingPayment,
  type ReversalKind,
  type ReversalRow,
  reverseOnePayment,
} from "./reversal-queries.ts";
import { findShift, findShiftForPayment } from "./shift-queries.ts";

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
const requireReversible = async (sql: Sql, payment: StoredPayment): Promise<void> => {
  if (payment.state === "reversed") refuseReversed();
  const standing = await findPrepaidStanding(sql, payment);
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
  await requireReversible(context.sql, payment);
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

export type Till = Pick<CommandContext, "sql" | "actor" | "today">;

/**
 * All that a void refuses besides its approver; `readShift` decides whether the shift is held against closing.
 * @throws DomainError `payment.not-found`, `payment.already-reversed`, `prepaid.spent`, `payment.void-not-at-counter`,
 * `shift.not-yours`, `payment.void-too-late`
 */
export const requireVoidable = async (
  { sql, actor, today }: Till,
  paymentId: bigint,
  readShift: typeof findShiftForPayment,
): Promise<StoredPayment> => {
  const payment = await accessPayment(sql, actor, paymentId, today);
  await requireReversible(sql, payment);
  if (payment.shiftId === null) {
    return fail("payment.void-not-at-counter", "only a payment taken at a till is voided at a till", {
      remedy: "ask finance for a correction (POST /payments/{id}/reversal)",
    });
  }
  const shift = must(await readShift(sql, payment.shiftId), "the shift of a payment");
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
  return payment;
};

/**
 * The second person of a void, proven before its command begins. What cannot be voided is refused first, so that it
 * neither counts as a guess nor spends a code. Holds no lock.
 * @throws DomainError as `voidPayment`, and `approval.approver-refused`, `approval.approver-not-ready`,
 * `approval.approver-forbidden`
 */
export const proveVoidApprover = async (
  platform: Platform,
  asked: { readonly actor: Actor; readonly paymentId: bigint; readonly requestId?: string | undefined },
  credentials: ApproverCredentials,
): Promise<ProvenApprover> => {
  const till = { sql: platform.database.sql, actor: asked.actor, today: todayOf(platform.clock) };
  await requireVoidable(till, asked.paymentId, findShift);
  return proveApprover(
    platform,
    { actor: asked.actor, kind: VOID_KIND, requestId: asked.requestId },
    credentials,
  );
};

/**
 * Voids a counter payment in the shift that took it, with a second person who proved to be there. The usual case is
 * money on the wrong home: void, then take it again. Locks the shift (shared), the account and the payment.
 * @throws DomainError `payment.not-found`, `payment.already-reversed`, `payment.void-not-at-counter`, `shift.not-yours`,
 * `payment.void-too-late`, `prepaid.spent`, `approval.own-request`, `approval.person-needed`
 */
export const voidPayment = async (
  context: CommandContext,
  paymentId: bigint,
  order: { readonly reason: string; readonly approver: ProvenApprover },
): Promise<ReversalAnswer> => {
  const payment = await requireVoidable(context, paymentId, findShiftForPayment);
  const approval = await approveOnTheSpot(context, order.approver, {
    kind: VOID_KIND,
    subject: `payment:${paymentId}`,
    accountId: payment.accountId,
    request: reversalRequest(payment, order.reason),
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
  await requireReversible(context.sql, payment);
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
  await requireReversible(context.sql, payment);
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

/** Its money stands on another home: that household is not reversed by a message that cannot mean it. */
const refuseMoved = async (sql: Sql, payment: StoredPayment): Promise<void> => {
  if (payment.state !== "reversed" || (await findStandingPayment(sql, payment.paymentId)) === null) return;
  fail("payment.moved", "this payment's money was moved to another household meanwhile", {
    remedy: "it stays; our finance takes it back there when the day's files are compared",
  });
};

/**
 * A bank's reversal message (冲正报文): the machine of a channel takes back a payment of its own channel on its own
 * accounting day. The message has a serial of its own; the same message again gets the first answer.
 * @throws DomainError `payment.not-found` (also another channel's), `payment.already-reversed`, `payment.moved`,
 * `payment.reversal-too-late`, `prepaid.spent`
 */
export const reverseByMessage = async (
  context: CommandContext,
  payment: StoredPayment,
  order: { readonly reason: string; readonly serial: string },
): Promise<ReversalAnswer> => {
  const first = await answerToMessage(context, payment, order.serial);
  if (first !== null) return first;
  await refuseMoved(context.sql, payment);
  await requireReversible(context.sql, payment);
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
