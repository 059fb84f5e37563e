import { fail } from "#src/kernel/errors.ts";
import { formatBillNo } from "#src/kernel/ids.ts";
import { registerApprovalKinds, requestApproval, useApproval } from "#src/office/approvals/index.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import { type Bill, cancelBillRow, findPaidBy } from "./bill-queries.ts";

const APPROVAL_KIND = "bill.cancel";
registerApprovalKinds({ [APPROVAL_KIND]: "bill.approve-cancel" });

export type Cancellation = {
  readonly state: "approval-requested" | "cancelled";
  readonly approvalId: string;
  readonly postingId: string | null;
};

/** What has to be undone first, by what paid the bill: prepaid money goes back another way than a payment. */
const waysBack = (paid: {
  readonly prepaidFen: bigint;
  readonly claimedFen: bigint;
  readonly otherFen: bigint;
}) =>
  [
    paid.prepaidFen > 0n && "take prepaid money back (POST /accounts/{accountNo}/prepaid/release)",
    paid.otherFen > 0n && "reverse the payment (POST /payments/{id}/reversal)",
    paid.claimedFen > 0n && "money that was claimed for this household stays where it is",
  ]
    .filter((way) => way !== false)
    .join("; ");

const refuseUncancellable = async (sql: Sql, bill: Bill): Promise<void> => {
  if (bill.state === "cancelled") fail("bill.cancelled", "this bill is cancelled already");
  if (bill.paidFen === 0n) return;
  const paid = await findPaidBy(sql, bill.id);
  fail("bill.has-payments", "something is paid on this bill", {
    remedy: `only what is unpaid can be cancelled: ${waysBack(paid)}`,
    facts: { paidFen: bill.paidFen, ...paid },
  });
};

/**
 * Cancels a bill on which nothing is paid (docs/postings.md row 5). Needs two people: without `approvalId` it asks for the
 * approval and changes nothing, with it the bill is cancelled and its place is free for another one. Locks the household.
 * @throws DomainError `bill.cancelled`, `bill.has-payments`, `bill.reason-needed`, `approval.*`, `day.closed`
 */
export const cancelBill = async (
  context: CommandContext,
  bill: Bill,
  input: { readonly reason: string; readonly approvalId?: bigint | undefined },
): Promise<Cancellation> => {
  const reason = input.reason.trim();
  if (reason === "") fail("bill.reason-needed", "a cancellation says why", { field: "reason" });
  await refuseUncancellable(context.sql, bill);
  const subject = `bill:${bill.id}`;
  const billNo = formatBillNo(bill.seasonId, bill.id);
  const request = { billId: bill.id, billNo, amountFen: bill.amountFen, reason };
  if (input.approvalId === undefined) {
    const approvalId = await requestApproval(context, {
      kind: APPROVAL_KIND,
      subject,
      accountId: bill.accountId,
      request,
    });
    return { state: "approval-requested", approvalId: String(approvalId), postingId: null };
  }
  const people = await useApproval(context, input.approvalId, APPROVAL_KIND, request);
  const postingId = await cancelBillRow(context.sql, {
    billId: bill.id,
    reason,
    approvalId: input.approvalId,
    accountingDate: context.today,
    now: context.now,
    actorId: staffIdOf(context.actor),
  });
  if (postingId === null) {
    fail("bill.changed", "this bill was paid or cancelled meanwhile", { remedy: "read the bill again" });
  }
  context.audit({ subject, details: { ...request, ...people, postingId } });
  context.emit({
    type: "bill.cancelled",
    subject,
    payload: { billId: bill.id, accountId: bill.accountId, postingId },
  });
  return { state: "cancelled", approvalId: String(input.approvalId), postingId: String(postingId) };
};
