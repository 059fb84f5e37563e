/** A receipt as data and as paper. */
import { type Day, wallTimeOfInstant } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { formatBillNo } from "#src/kernel/ids.ts";
import { fen } from "#src/kernel/money.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { companyOnPaper } from "#src/platform/company.ts";
import type { Sql } from "#src/platform/sql.ts";
import { seasonName } from "#src/office/calendars/index.ts";
import { type Paper, type PrintDocument, tenderKinds } from "#src/office/documents/index.ts";
import { paymentScope } from "./access-payment.ts";
import {
  countReceiptPrint,
  findReceiptInScope,
  findReceiptLines,
  findReceiptTenders,
  formatReceiptNo,
  type ReceiptLine,
  type ReceiptRow,
  type ReceiptTender,
} from "./receipt-queries.ts";

export type ReceiptView = {
  readonly receipt: ReceiptRow;
  readonly receiptNo: string;
  readonly lines: readonly ReceiptLine[];
  readonly tenders: readonly ReceiptTender[];
};

/** @throws DomainError `receipt.not-found` also when one of its households lies outside the scope */
export const viewReceipt = async (
  sql: Sql,
  actor: Actor,
  receiptId: bigint,
  today: Day,
): Promise<ReceiptView> => {
  const receipt = await findReceiptInScope(sql, receiptId, paymentScope(actor, today));
  if (receipt === null) {
    return fail("receipt.not-found", "there is no receipt with this number", { field: "id" });
  }
  const [lines, tenders] = await Promise.all([
    findReceiptLines(sql, receiptId),
    findReceiptTenders(sql, receiptId),
  ]);
  return { receipt, receiptNo: formatReceiptNo(receipt), lines, tenders };
};

const tenderKindOf = ({ tender, channel }: ReceiptTender): (typeof tenderKinds)[number] =>
  tenderKinds.find((kind) => kind === tender) ?? tenderKinds.find((kind) => kind === channel) ?? "other";

const NOTHING = "—";

const documentOf = (
  view: ReceiptView,
  company: { readonly name: string; readonly hotline: string },
  print: { readonly paper: Paper; readonly now: Date; readonly reprintCount: number },
): PrintDocument => {
  const { receipt, lines, tenders } = view;
  return {
    kind: "receipt",
    paper: print.paper,
    company,
    receiptNo: view.receiptNo,
    payerName: receipt.payerName,
    paidAt: wallTimeOfInstant(tenders[0]?.paidAt ?? receipt.issuedAt),
    lines: lines.map((line) => ({
      accountNo: line.accountNo,
      ownerName: line.ownerName ?? NOTHING,
      address: line.address,
      seasonName: line.seasonId === null ? NOTHING : seasonName(line.seasonId),
      billNo: line.billId === null || line.seasonId === null ? "" : formatBillNo(line.seasonId, line.billId),
      item: line.billId === null ? "prepaid" : "heating",
      amountFen: fen(line.amountFen),
      stillDueFen: line.stillDueFen === null || line.stillDueFen <= 0n ? null : fen(line.stillDueFen),
    })),
    tenders: tenders.map((tender) => ({
      kind: tenderKindOf(tender),
      amountFen: fen(tender.amountFen),
      reference: tender.tender === "cash" || tender.tender === "card" ? "" : tender.serial,
    })),
    totalFen: fen(receipt.totalFen),
    cashierName: receipt.issuedBy ?? NOTHING,
    shiftNo: receipt.shiftId === null ? NOTHING : String(receipt.shiftId),
    counterName: receipt.till ?? "",
    printedAt: wallTimeOfInstant(print.now),
    reprintCount: print.reprintCount,
    voided:
      receipt.voidedAt === null
        ? null
        : { at: wallTimeOfInstant(receipt.voidedAt), reason: receipt.voidReason ?? "" },
  };
};

/**
 * The receipt as a document to print. Each call is a print: the first is the original, the n-th after it says that it is
 * the n-th copy (补打), and every one is audited. A void receipt prints with its mark.
 * @throws DomainError `receipt.not-found`
 */
export const printReceipt = async (
  context: CommandContext,
  receiptId: bigint,
  paper: Paper,
): Promise<PrintDocument> => {
  const { sql, actor, today, now } = context;
  const view = await viewReceipt(sql, actor, receiptId, today);
  const printCount = await countReceiptPrint(sql, receiptId);
  context.audit({ subject: `receipt:${receiptId}`, details: { printCount, paper } });
  return documentOf(view, await companyOnPaper(sql), { paper, now, reprintCount: printCount - 1 });
};
