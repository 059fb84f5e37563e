/**
 * Voids a receipt (作废收据) in the shift that issued it: all its payments at once, with one second person on the spot, so that a property
 * firm's receipt of three hundred homes is gone as a whole or stands as a whole.
 */
import { fail } from "#src/kernel/errors.ts";
import {
  type ApproverCredentials,
  approveOnTheSpot,
  proveApprover,
  type ProvenApprover,
} from "#src/office/approvals/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { today as todayOf } from "#src/platform/clock.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { fenJson, type Platform } from "#src/platform/route.ts";
import { paymentScope } from "./access-payment.ts";
import type { StoredPayment } from "./queries.ts";
import { findReceiptInScope, findReceiptPayments, formatReceiptNo } from "./receipt-queries.ts";
import { postReversal, requireVoidable, type Till, VOID_KIND } from "./reverse-payment.ts";
import { findShift, findShiftForPayment } from "./shift-queries.ts";

export type VoidedReceipt = {
  readonly receiptId: string;
  readonly receiptNo: string;
  readonly totalFen: number;
  readonly payments: number;
  readonly voidedAt: string;
};

type Voidable = {
  readonly receiptNo: string;
  readonly totalFen: bigint;
  readonly payments: readonly StoredPayment[];
};

/** @throws DomainError `receipt.not-found`, `receipt.already-void`, and as `requireVoidable` for each of its payments */
const requireVoidableReceipt = async (
  till: Till,
  receiptId: bigint,
  readShift: typeof findShiftForPayment,
): Promise<Voidable> => {
  const { sql, actor, today } = till;
  const receipt = await findReceiptInScope(sql, receiptId, paymentScope(actor, today));
  if (receipt === null) {
    return fail("receipt.not-found", "there is no receipt with this number", { field: "id" });
  }
  if (receipt.voidedAt !== null) {
    fail("receipt.already-void", "this receipt is void already", {
      remedy: "nothing is left to void on it",
      facts: { voidedAt: receipt.voidedAt.toISOString() },
    });
  }
  const payments: StoredPayment[] = [];
  for (const paymentId of await findReceiptPayments(sql, receiptId)) {
    payments.push(await requireVoidable(till, paymentId, readShift));
  }
  return { receiptNo: formatReceiptNo(receipt), totalFen: receipt.totalFen, payments };
};

/**
 * The second person of the void, proven once for the whole receipt and before its command begins. What cannot be voided is refused
 * first, so that it spends no code. Holds no lock.
 * @throws DomainError as `voidReceipt`, and `approval.approver-*`
 */
export const proveReceiptApprover = async (
  platform: Platform,
  asked: { readonly actor: Actor; readonly receiptId: bigint; readonly requestId?: string | undefined },
  credentials: ApproverCredentials,
): Promise<ProvenApprover> => {
  const till = { sql: platform.database.sql, actor: asked.actor, today: todayOf(platform.clock) };
  await requireVoidableReceipt(till, asked.receiptId, findShift);
  const { actor, requestId } = asked;
  return proveApprover(platform, { actor, kind: VOID_KIND, requestId }, credentials);
};

/**
 * Takes back every payment of the receipt, all or nothing. Locks the shift (shared), the accounts and the payments in the order of the
 * payments. Repeating is refused.
 * @throws DomainError `receipt.not-found`, `receipt.already-void`, `shift.not-yours`, `payment.void-too-late`,
 * `payment.void-not-at-counter`, `payment.already-reversed`, `prepaid.spent`, `approval.*`
 */
export const voidReceipt = async (
  context: CommandContext,
  receiptId: bigint,
  order: { readonly reason: string; readonly approver: ProvenApprover },
): Promise<VoidedReceipt> => {
  const { receiptNo, totalFen, payments } = await requireVoidableReceipt(
    context,
    receiptId,
    findShiftForPayment,
  );
  const [first, ...others] = payments;
  const approval = await approveOnTheSpot(context, order.approver, {
    kind: VOID_KIND,
    subject: `receipt:${receiptId}`,
    ...(first !== undefined && others.length === 0 && { accountId: first.accountId }),
    request: {
      receiptId: String(receiptId),
      totalFen: String(totalFen),
      payments: payments.length,
      reason: order.reason,
    },
  });
  for (const payment of payments) {
    await postReversal(context, payment, {
      kind: "void-in-shift",
      reason: order.reason,
      requestedBy: approval.requestedBy,
      approvedBy: approval.approvedBy,
      approvalId: approval.id,
      serial: null,
    });
  }
  context.audit({
    subject: `receipt:${receiptId}`,
    details: { voided: payments.length, reason: order.reason, approvedBy: approval.approvedBy },
  });
  return {
    receiptId: String(receiptId),
    receiptNo,
    totalFen: fenJson(totalFen),
    payments: payments.length,
    voidedAt: context.now.toISOString(),
  };
};
