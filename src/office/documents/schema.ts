/**
 * What our papers say, first of all a bill and a receipt: the view models that billing and collection fill from their data. They hold exact
 * money, area and price; words, units and layout are added here, once, for page and PDF alike.
 */
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import { type Fen, formatYuan, sumFen } from "#src/kernel/money.ts";
import { chargeFen } from "#src/kernel/rate.ts";
import { bankCertificateSchema } from "./certificate-schema.ts";
import { type DemandLetterDocument, demandLetterDocumentSchema } from "./demand-schema.ts";
import { morningPageSchema } from "./morning-schema.ts";
import {
  areaField,
  companyField,
  dayField,
  fenField,
  optionalText,
  priceField,
  text,
  wallTimeField,
} from "./schema-parts.ts";
import {
  caseDocumentSchema,
  postingListDocumentSchema,
  temperatureSlipDocumentSchema,
  testNoticeDocumentSchema,
  workOrderDocumentSchema,
} from "./service-schema.ts";

export const printLocales = ["zh-CN", "en"] as const;
export type PrintLocale = (typeof printLocales)[number];

const formulaLine = z.strictObject({
  kind: z.literal("formula"),
  /** What is charged: `居民 · 套内面积`, the charge point. */
  description: text,
  areaMilliM2: areaField,
  priceMicroYuan: priceField,
  priceUnit: z.enum(["day", "season"]),
  /** Billing days; 1 for a price per season. */
  days: z.int().min(0),
  /** 10000 is a full charge. */
  shareBasisPoints: z.bigint().min(0n).default(10_000n),
  amountFen: fenField,
});

/** A line without a formula: an adjustment, a concession, a late penalty. Signed. */
const amountLine = z.strictObject({
  kind: z.literal("amount"),
  description: text,
  reason: optionalText,
  amountFen: fenField,
});

export const billDocumentSchema = z.strictObject({
  kind: z.literal("bill"),
  paper: z.enum(["a4", "a5"]),
  company: companyField,
  billNo: text,
  issuedOn: dayField,
  accountNo: text,
  /** As given; masking is the caller's decision because it depends on who asks. */
  ownerName: text,
  address: text,
  seasonName: text,
  /** First and last heating day, both inclusive, as the public knows them. */
  seasonFrom: dayField,
  seasonThrough: dayField,
  lines: z.array(z.discriminatedUnion("kind", [formulaLine, amountLine])).min(1),
  /** The price document in words, `郑价公〔…〕…号`. */
  tariffBasis: optionalText,
  totalFen: fenField,
  paidFen: fenField,
  dueFen: fenField,
  /** Last day to pay without consequences; null when the season's rule sets none. */
  payBy: dayField.nullable(),
  /** One way to pay per entry, in the company's words. */
  howToPay: z.array(text),
  notes: z.array(text).default([]),
  printedAt: wallTimeField,
  /** 0 for the original, n for the n-th reprint (补打). */
  reprintCount: z.int().min(0),
  /** A withdrawn or cancelled bill (作废). */
  voided: z.boolean(),
});

export const tenderKinds = [
  "cash",
  "card",
  "wechat",
  "alipay",
  "transfer",
  "cheque",
  "prepaid",
  "other",
] as const;

export const receiptItems = ["heating", "late-penalty", "prepaid", "service", "other"] as const;

export const receiptDocumentSchema = z.strictObject({
  kind: z.literal("receipt"),
  paper: z.enum(["a4", "a5", "needle", "roll-80"]),
  company: companyField,
  receiptNo: text,
  /** Who handed over the money; empty when it is the owner. */
  payerName: optionalText,
  paidAt: wallTimeField,
  lines: z
    .array(
      z.strictObject({
        accountNo: text,
        ownerName: text,
        address: optionalText,
        seasonName: text,
        /** Empty for money that is not on a bill (prepaid). */
        billNo: optionalText,
        item: z.enum(receiptItems),
        amountFen: fenField,
        /** Paid in part: what the bill still lacks afterwards. Null when it is settled or there is no bill. */
        stillDueFen: fenField.nullable().default(null),
      }),
    )
    .min(1),
  tenders: z
    .array(
      z.strictObject({
        kind: z.enum(tenderKinds),
        amountFen: fenField,
        /** The terminal's or the bank's reference; empty for cash. */
        reference: optionalText,
      }),
    )
    .min(1),
  totalFen: fenField,
  cashierName: text,
  shiftNo: text,
  counterName: optionalText,
  note: optionalText,
  printedAt: wallTimeField,
  reprintCount: z.int().min(0),
  /** Null while the receipt stands; else when it was voided and why. */
  voided: z.strictObject({ at: wallTimeField, reason: optionalText }).nullable(),
});

export const printDocumentSchema = z.discriminatedUnion("kind", [
  testNoticeDocumentSchema,
  postingListDocumentSchema,
  billDocumentSchema,
  receiptDocumentSchema,
  workOrderDocumentSchema,
  temperatureSlipDocumentSchema,
  caseDocumentSchema,
  demandLetterDocumentSchema,
  morningPageSchema,
  bankCertificateSchema,
]);

export type BillDocument = z.infer<typeof billDocumentSchema>;
export type ReceiptDocument = z.infer<typeof receiptDocumentSchema>;
/** What callers hand in: the same, with the optional texts left out if they like. */
export type PrintDocument = z.input<typeof printDocumentSchema>;
export type CheckedDocument = z.infer<typeof printDocumentSchema>;
export type Paper = CheckedDocument["paper"];

const refuseDifference = (what: string, printed: Fen, computed: Fen): void => {
  if (printed === computed) return;
  fail("document.total-differs", `${what} does not agree with its parts`, {
    field: what,
    facts: { printedYuan: formatYuan(printed), computedYuan: formatYuan(computed) },
    remedy: "build the document from the stored lines again",
  });
};

const checkBill = (bill: BillDocument): void => {
  for (const [index, line] of bill.lines.entries()) {
    if (line.kind !== "formula") continue;
    const computed = chargeFen(line.areaMilliM2, line.priceMicroYuan, line.days, line.shareBasisPoints);
    refuseDifference(`lines[${index}].amountFen`, line.amountFen, computed);
  }
  refuseDifference("totalFen", bill.totalFen, sumFen(bill.lines.map((line) => line.amountFen)));
  refuseDifference("dueFen", bill.dueFen, (bill.totalFen - bill.paidFen) as Fen);
};

const checkReceipt = (receipt: ReceiptDocument): void => {
  refuseDifference("totalFen", receipt.totalFen, sumFen(receipt.lines.map((line) => line.amountFen)));
  refuseDifference("tenders", sumFen(receipt.tenders.map((tender) => tender.amountFen)), receipt.totalFen);
};

const checkDemand = (letter: DemandLetterDocument): void => {
  for (const [index, bill] of letter.bills.entries()) {
    refuseDifference(`bills[${index}].openFen`, bill.openFen, (bill.amountFen - bill.paidFen) as Fen);
  }
  refuseDifference("totalFen", letter.totalFen, sumFen(letter.bills.map((bill) => bill.openFen)));
};

/**
 * Reads a document strictly and refuses paper that does not add up: a formula that does not give its amount, lines
 * or tenders that do not sum to the total, a due amount that is not total less paid.
 * @throws DomainError `document.unreadable`, `document.total-differs`
 */
export const checkDocument = (document: PrintDocument): CheckedDocument => {
  const parsed = printDocumentSchema.safeParse(document);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    fail("document.unreadable", `the document cannot be printed: ${issue?.message ?? "unknown shape"}`, {
      field: issue?.path.map(String).join(".") ?? "",
    });
  }
  if (parsed.data.kind === "bill") checkBill(parsed.data);
  if (parsed.data.kind === "receipt") checkReceipt(parsed.data);
  if (parsed.data.kind === "demand-letter") checkDemand(parsed.data);
  return parsed.data;
};
