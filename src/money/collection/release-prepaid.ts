/** The way back from a bill to prepaid: before money that was paid ahead, and used since, can be reversed. */
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { registerApprovalKinds, requestApproval, useApproval } from "#src/office/approvals/index.ts";
import { loadPaymentFacts, requireNamedBill } from "./post-payment.ts";
import { releasePrepaidRows } from "./prepaid-queries.ts";

export const RELEASE_KIND = "prepaid-release";
registerApprovalKinds({ [RELEASE_KIND]: "payment.approve-reversal" });

export type ReleaseOrder = { readonly accountNo: string; readonly billNo: string; readonly reason: string };

const loadRelease = async (context: CommandContext, order: ReleaseOrder) => {
  const facts = await loadPaymentFacts(context.sql, context.actor, order, context.today);
  const billId =
    requireNamedBill(facts, order) ??
    fail("payment.bill-unknown", "this account has no bill with this number", { field: "billNo" });
  return {
    accountId: facts.account.id,
    billId,
    request: {
      accountId: String(facts.account.id),
      billId: String(billId),
      billNo: order.billNo,
      reason: order.reason,
    },
  };
};

/** Asks for the approval of a release. @throws DomainError `account.not-found`, `payment.bill-unknown` */
export const requestRelease = async (context: CommandContext, order: ReleaseOrder): Promise<bigint> => {
  const { accountId, request } = await loadRelease(context, order);
  return requestApproval(context, {
    kind: RELEASE_KIND,
    subject: `account:${accountId}`,
    accountId,
    request,
  });
};

/**
 * Takes back into prepaid all that was applied from it to a bill, which is open again by that much. By an approval of
 * exactly this, used once. Locks the account.
 * @returns the fen that are prepaid again
 * @throws DomainError `account.not-found`, `payment.bill-unknown`, `prepaid.not-applied`, `approval.*`, `day.closed`
 */
export const releasePrepaid = async (
  context: CommandContext,
  order: ReleaseOrder & { readonly approvalId: bigint },
): Promise<bigint> => {
  const { sql, today, now } = context;
  const { accountId, billId, request } = await loadRelease(context, order);
  await useApproval(context, order.approvalId, RELEASE_KIND, request);
  const released = await releasePrepaidRows(sql, {
    billId,
    accountingDate: today,
    actorId: staffIdOf(context.actor),
    now,
  });
  if (released.length === 0) {
    fail("prepaid.not-applied", "no prepaid money stands on this bill", {
      field: "billNo",
      remedy: "see the bill's payments",
    });
  }
  const releasedFen = released.reduce((sum, row) => sum + row.amountFen, 0n);
  context.audit({
    subject: `account:${accountId}`,
    details: { billId, releasedFen, reason: order.reason },
  });
  context.emit({ type: "prepaid.released", subject: `account:${accountId}`, payload: { accountId, billId } });
  return releasedFen;
};
