/** Receipts (收据): numbers without a gap, one paper for several accounts, void but never renumbered. */
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { paymentScope } from "./access-payment.ts";
import { findPaymentsInScope } from "./queries.ts";
import {
  findReceiptsOfPayments,
  formatReceiptNo,
  holdPaymentsForReceipt,
  insertReceipt,
  insertReceiptPayments,
  type ReceiptablePayment,
  type SeriesNumber,
  seriesOf,
  takeNumber,
} from "./receipt-queries.ts";

/** Receipts for money that no till took: electronic ones of the company. */
export const OFFICE_SERIES = "E";

export type IssuedReceipt = {
  readonly receiptId: bigint;
  readonly receiptNo: string;
  readonly totalFen: bigint;
};

/** A number that the transaction holds: it is given back when the transaction does not commit. */
export type HeldNumber = SeriesNumber & { readonly series: string; readonly receiptNo: string };

/**
 * Takes the next number of a till's series of this year, or of the office's. Locks the series until commit, so numbers
 * of one series are given one transaction after the other, without a gap.
 */
export const holdNumber = async (context: CommandContext, place: string): Promise<HeldNumber> => {
  const series = seriesOf(place, context.today);
  const number = await takeNumber(context.sql, series);
  return { ...number, series, receiptNo: formatReceiptNo(number) };
};

/** Writes the receipt that a held number is for. The payments are the caller's, posted in this transaction or held. */
export const writeReceipt = async (
  context: CommandContext,
  held: HeldNumber,
  receipt: {
    readonly shiftId: bigint | null;
    readonly payments: readonly { readonly id: bigint; readonly amountFen: bigint }[];
    readonly payerName: string;
    /** Whose receipt it is, where that is not who acts. */
    readonly issuedBy?: bigint;
  },
): Promise<IssuedReceipt> => {
  const { sql, now, actor } = context;
  const totalFen = receipt.payments.reduce((sum, payment) => sum + payment.amountFen, 0n);
  const receiptId = await insertReceipt(sql, {
    series: held.series,
    number: held.number,
    shiftId: receipt.shiftId,
    now,
    issuedBy: receipt.issuedBy ?? staffIdOf(actor),
    totalFen,
    payerName: receipt.payerName,
  });
  await insertReceiptPayments(sql, { receiptId, paymentIds: receipt.payments.map((payment) => payment.id) });
  context.audit({
    subject: `receipt:${receiptId}`,
    details: { receiptNo: held.receiptNo, totalFen, payments: receipt.payments.length },
  });
  return { receiptId, receiptNo: held.receiptNo, totalFen };
};

const refuseUnfit = (payments: readonly ReceiptablePayment[]): void => {
  const reversed = payments.find((payment) => payment.state === "reversed");
  if (reversed !== undefined) {
    fail("receipt.payment-reversed", "a reversed payment gets no receipt", {
      field: "paymentIds",
      remedy: "leave it out",
      facts: { paymentId: String(reversed.id) },
    });
  }
  if (new Set(payments.map((payment) => payment.shiftId)).size > 1) {
    fail("receipt.mixed-shifts", "these payments were not taken in one shift", {
      field: "paymentIds",
      remedy: "issue a receipt for each shift, and one for what came through banks",
    });
  }
};

/**
 * One receipt for payments that have none: of one shift with the till's number, or of channels with the office's.
 * Holds the payments against reversal. A payment stands on one valid receipt at a time.
 * @throws DomainError `payment.not-found`, `receipt.payment-reversed`, `receipt.mixed-shifts`, `receipt.already-issued`
 */
export const issueReceipt = async (
  context: CommandContext,
  input: { readonly paymentIds: readonly bigint[]; readonly payerName: string },
): Promise<IssuedReceipt> => {
  const { sql, actor, today } = context;
  const wanted = [...new Set(input.paymentIds)];
  const visible = await findPaymentsInScope(sql, wanted, paymentScope(actor, today));
  if (visible.length !== wanted.length) {
    fail("payment.not-found", "there is no payment with one of these numbers", { field: "paymentIds" });
  }
  const payments = await holdPaymentsForReceipt(sql, wanted);
  refuseUnfit(payments);
  const [taken] = await findReceiptsOfPayments(sql, wanted);
  if (taken !== undefined) {
    fail("receipt.already-issued", "one of these payments stands on a receipt", {
      field: "paymentIds",
      remedy: "print that receipt again",
      facts: { paymentId: String(taken.paymentId), receiptNo: formatReceiptNo(taken) },
    });
  }
  const [first] = payments;
  const held = await holdNumber(context, first?.till ?? OFFICE_SERIES);
  return writeReceipt(context, held, {
    shiftId: first?.shiftId ?? null,
    payments,
    payerName: input.payerName,
  });
};
