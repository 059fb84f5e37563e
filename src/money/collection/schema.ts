/** The shapes of this room's requests and answers. */
import { z } from "zod";
import { accountNoIn, dayIn, fenIn, fenOut, pageIn, rowIdIn } from "#src/platform/route.ts";
import { CHANNEL_KINDS } from "./channels.ts";
import { MOVEMENT_KINDS } from "./movement-queries.ts";

/** More fits no household; a file that confuses fen and yuan is stopped here. */
const LARGEST_PAYMENT_FEN = 10_000_000_000n;

export const TENDERS = ["cash", "card", "transfer", "wallet"] as const;
export type Tender = (typeof TENDERS)[number];

export const instantIn = z.iso
  .datetime({ offset: true, error: "a time with its zone, such as 2026-11-10T09:31:00+08:00" })
  .transform((text) => new Date(text));

/** Above 0 is refused by the command with its own code, so that every way in says the same. */
const amountIn = fenIn.refine((amount) => amount <= LARGEST_PAYMENT_FEN, {
  error: "at most 100 million yuan",
  params: { rule: "largest-payment", mostFen: Number(LARGEST_PAYMENT_FEN) },
});

const serialIn = z.string().regex(/^[\x21-\x7e]{1,64}$/, "1 to 64 visible ASCII characters");
const channelIn = z.string().regex(/^[a-z0-9-]{2,30}$/, "the code of a channel");
const billNoIn = z.string().max(24);
const reasonIn = z.string().trim().min(2).max(200);

export const paymentBody = z.strictObject({
  accountNo: accountNoIn,
  amountFen: amountIn,
  channel: channelIn,
  serial: serialIn,
  paidAt: instantIn,
  billNo: billNoIn.optional(),
  tender: z.enum(TENDERS).optional(),
  shiftId: rowIdIn.optional(),
  /** Of a channel's payment that is entered by hand: who else agreed, and why. */
  approvalId: rowIdIn.optional(),
  reason: reasonIn.optional(),
});

/** What a second person is asked to agree to. */
export const paymentRequestBody = paymentBody
  .omit({ shiftId: true, approvalId: true })
  .extend({ reason: reasonIn });

const allocationOut = z.object({
  billNo: z.string(),
  seasonId: z.int(),
  amountFen: fenOut,
  rule: z.string(),
});

/** The answer to a payment: facts that never change afterwards. */
export const paymentAnswerOut = z.object({
  paymentId: z.string(),
  accountNo: z.string(),
  amountFen: fenOut,
  channel: z.string(),
  serial: z.string(),
  tender: z.string(),
  paidAt: z.string(),
  accountingDate: z.string(),
  postedAt: z.string(),
  allocations: z.array(allocationOut),
  prepaidFen: fenOut,
});

/** A payment as it stands now. */
export const paymentOut = paymentAnswerOut.extend({
  channelName: z.string(),
  /** Null: nobody gave one, and the code has to do. */
  channelNameEn: z.string().nullable(),
  channelKind: z.enum(CHANNEL_KINDS),
  state: z.enum(["posted", "doubtful", "reversed"]),
  shiftId: z.string().nullable(),
});

/** What brought money to a household: a payment, claimed money of nobody (认领), or prepaid of the opening (期初预存). */
export const movementOut = paymentOut.extend({
  id: z.string(),
  kind: z.enum(MOVEMENT_KINDS),
  paymentId: z.string().nullable(),
  claimId: z.string().nullable(),
  channel: z.string().nullable(),
  channelName: z.string().nullable(),
  channelKind: z.enum(CHANNEL_KINDS).nullable(),
  receiptId: z.string().nullable(),
  receiptNo: z.string().nullable(),
});

export const balanceOut = z.object({
  accountNo: z.string(),
  offeredFen: fenOut,
  receivableFen: fenOut,
  prepaidFen: fenOut,
});

export const idParams = z.strictObject({ id: rowIdIn });
export const accountParams = z.strictObject({ accountNo: accountNoIn });

const payerNameIn = z.string().trim().max(100);
const tillIn = z.string().regex(/^[A-Z0-9]{1,12}$/, "1 to 12 capital letters or digits, such as T01");
/** An amount that may be 0 and never less: what lies in a drawer. */
const countIn = fenIn.refine((amount) => amount >= 0n && amount <= LARGEST_PAYMENT_FEN, {
  error: "0 or more fen",
  params: { rule: "counted-cash", mostFen: Number(LARGEST_PAYMENT_FEN) },
});

export const counterBody = z.strictObject({
  shiftId: rowIdIn,
  tender: z.enum(["cash", "card"]),
  items: z
    .array(z.strictObject({ accountNo: accountNoIn, amountFen: amountIn, billNo: billNoIn.optional() }))
    .min(1)
    .max(500),
  payerName: payerNameIn.optional(),
  channel: channelIn.optional(),
});

export const counterAnswerOut = z.object({
  receiptId: z.string(),
  receiptNo: z.string(),
  totalFen: fenOut,
  payments: z.array(paymentAnswerOut),
});

export const voidBody = z.strictObject({
  reason: reasonIn,
  approver: z.strictObject({
    login: z.string().min(2).max(40),
    password: z.string().min(1).max(200),
    totp: z
      .string()
      .regex(/^\d{6}$/)
      .optional(),
  }),
});

/** A person sends the approval; the machine of a channel sends the serial of its message. */
export const reversalBody = z.strictObject({
  reason: reasonIn,
  approvalId: rowIdIn.optional(),
  serial: serialIn.optional(),
});

export const reversalOut = z.object({
  paymentId: z.string(),
  kind: z.enum(["void-in-shift", "correction", "bank-reversal"]),
  amountFen: fenOut,
  accountingDate: z.string(),
  reversedAt: z.string(),
  voidedReceipts: z.array(z.string()),
});

export const reversalMessageBody = z.strictObject({
  /** The payment, by the number that the channel gave it. */
  originalSerial: serialIn,
  /** The channel's own number of this message. */
  serial: serialIn,
  reason: reasonIn,
});

export const reasonBody = z.strictObject({ reason: reasonIn });
export const approvalOut = z.object({ approvalId: z.string() });

export const moveRequestBody = z.strictObject({
  accountNo: accountNoIn,
  billNo: billNoIn.optional(),
  reason: reasonIn,
});
export const moveBody = moveRequestBody.extend({ approvalId: rowIdIn });
export const moveOut = z.object({ reversal: reversalOut, payment: paymentAnswerOut });

export const releaseRequestBody = z.strictObject({ billNo: billNoIn, reason: reasonIn });
export const releaseBody = releaseRequestBody.extend({ approvalId: rowIdIn });
export const releaseOut = z.object({ accountNo: z.string(), releasedFen: fenOut });

export const appliedOut = z.object({
  accountNo: z.string(),
  appliedFen: fenOut,
  bills: z.array(z.object({ billNo: z.string(), amountFen: fenOut })),
});

export const openShiftBody = z.strictObject({ till: tillIn, openingCashFen: countIn });
export const closeShiftBody = z.strictObject({
  countedCashFen: countIn,
  posTotalFen: countIn,
  depositSlipNo: z.string().trim().min(1).max(60).optional(),
  differenceReason: reasonIn.optional(),
});

export const closeInPlaceBody = closeShiftBody.extend({
  /** Why the cashier does not count. */
  reason: reasonIn,
});

export const shiftRowOut = z.object({
  id: z.string(),
  cashier: z.string(),
  till: z.string(),
  businessDay: z.string(),
  state: z.enum(["open", "closed"]),
  openedAt: z.string(),
  closedAt: z.string().nullable(),
  openingCashFen: fenOut,
  expectedCashFen: fenOut.nullable(),
  countedCashFen: fenOut.nullable(),
  expectedPosFen: fenOut.nullable(),
  posTotalFen: fenOut.nullable(),
  depositSlipNo: z.string().nullable(),
  differenceReason: z.string().nullable(),
  /** Who counted in the cashier's place, and why. */
  closedInPlaceBy: z.string().nullable(),
  inPlaceReason: z.string().nullable(),
});

export const shiftOut = shiftRowOut.extend({
  tenders: z.array(
    z.object({
      tender: z.string(),
      takenCount: z.int(),
      takenFen: fenOut,
      reversedCount: z.int(),
      reversedFen: fenOut,
      keptFen: fenOut,
    }),
  ),
  receipts: z.object({
    issuedCount: z.int(),
    voidedCount: z.int(),
    firstNumber: z.int().nullable(),
    lastNumber: z.int().nullable(),
  }),
  /** What is still at the terminal: it must end before the shift can close. */
  openCharge: z
    .object({ id: z.string(), kind: z.enum(["card", "qr"]), amountFen: fenOut, state: z.string() })
    .nullable(),
});

export const receiptBody = z.union([
  z.strictObject({ paymentIds: z.array(rowIdIn).min(1).max(500), payerName: payerNameIn.optional() }),
  z.strictObject({ claimId: rowIdIn, payerName: payerNameIn.optional() }),
]);

export const receiptIssuedOut = z.object({
  receiptId: z.string(),
  receiptNo: z.string(),
  totalFen: fenOut,
});

const receiptFacts = receiptIssuedOut.extend({
  shiftId: z.string().nullable(),
  till: z.string().nullable(),
  issuedAt: z.string(),
  /** The name of whoever gave it; null when a machine did. */
  cashier: z.string().nullable(),
  payerName: z.string(),
  printCount: z.int(),
  voidedAt: z.string().nullable(),
});

/** A day of the tills, today when left out. */
export const receiptListQuery = pageIn.extend({ day: dayIn.optional() });

export const receiptRowOut = receiptFacts.extend({
  tenders: z.array(z.string()),
  /** The first homes on it, as they stand on the paper. */
  homes: z.array(z.object({ accountNo: z.string(), address: z.string() })),
  homeCount: z.int(),
});

export const receiptOut = receiptFacts.extend({
  voidReason: z.string().nullable(),
  tenders: z.array(
    z.object({
      tender: z.string(),
      channel: z.string(),
      channelName: z.string(),
      channelNameEn: z.string().nullable(),
      amountFen: fenOut,
    }),
  ),
  lines: z.array(
    z.object({
      /** Null on the receipt of claimed money. */
      paymentId: z.string().nullable(),
      accountNo: z.string(),
      address: z.string(),
      billNo: z.string().nullable(),
      amountFen: fenOut,
      stillDueFen: fenOut.nullable(),
    }),
  ),
});

export const receiptVoidedOut = receiptIssuedOut.extend({ payments: z.int(), voidedAt: z.string() });

export const printQuery = z.strictObject({
  paper: z.enum(["a4", "a5", "needle", "roll-80"]).default("a5"),
  lang: z.enum(["zh-CN", "en"]).default("zh-CN"),
});
