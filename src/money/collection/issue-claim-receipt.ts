/** A receipt of money of nobody that was claimed for a household: like any other, with the office's number. */
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { paymentScope } from "./access-payment.ts";
import { holdNumber, type IssuedReceipt, OFFICE_SERIES } from "./issue-receipt.ts";
import { holdClaimForReceipt, insertReceiptClaim, receiptOfClaim } from "./movement-queries.ts";
import { insertReceipt } from "./receipt-queries.ts";

export type ClaimReceipt = {
  readonly itemId: bigint;
  readonly payerName: string;
  /** The only household that is meant. */
  readonly accountId?: bigint;
};

/**
 * Issues it once. Holds the item against a second one.
 * @throws DomainError `suspense.not-found`, `receipt.already-issued`
 */
export const issueClaimReceipt = async (
  context: CommandContext,
  input: ClaimReceipt,
): Promise<IssuedReceipt> => {
  const { sql, now, actor, today } = context;
  const item = await holdClaimForReceipt(sql, { itemId: input.itemId, ...paymentScope(actor, today) });
  if (item === null || (input.accountId !== undefined && item.accountId !== input.accountId)) {
    return fail("suspense.not-found", "no claimed money has this number", { field: "claimId" });
  }
  const standing = await receiptOfClaim(sql, item.id);
  if (standing !== null) {
    fail("receipt.already-issued", "this money stands on a receipt", {
      field: "claimId",
      remedy: "print that receipt again",
      facts: { receiptId: String(standing.receiptId) },
    });
  }
  const held = await holdNumber(context, OFFICE_SERIES);
  const receiptId = await insertReceipt(sql, {
    series: held.series,
    number: held.number,
    shiftId: null,
    now,
    issuedBy: staffIdOf(actor),
    totalFen: item.amountFen,
    payerName: input.payerName,
  });
  await insertReceiptClaim(sql, { receiptId, itemId: item.id });
  context.audit({
    subject: `receipt:${receiptId}`,
    details: { receiptNo: held.receiptNo, totalFen: item.amountFen, claimOf: item.id },
  });
  return { receiptId, receiptNo: held.receiptNo, totalFen: item.amountFen };
};
