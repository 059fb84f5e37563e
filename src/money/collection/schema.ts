/** The shapes of this room's requests and answers. */
import { z } from "zod";
import { accountNoIn, fenIn, fenOut, rowIdIn } from "#src/platform/route.ts";

/** More fits no household; a file that confuses fen and yuan is stopped here. */
const LARGEST_PAYMENT_FEN = 10_000_000_000n;

export const TENDERS = ["cash", "card", "transfer", "wallet"] as const;
export type Tender = (typeof TENDERS)[number];

export const instantIn = z.iso
  .datetime({ offset: true, error: "a time with its zone, such as 2026-11-10T09:31:00+08:00" })
  .transform((text) => new Date(text));

/** Above 0 is refused by the command with its own code, so that every way in says the same. */
const amountIn = fenIn.refine((amount) => amount <= LARGEST_PAYMENT_FEN, "at most 100 million yuan");

const serialIn = z.string().regex(/^[\x21-\x7e]{1,64}$/, "1 to 64 visible ASCII characters");
const channelIn = z.string().regex(/^[a-z0-9-]{2,30}$/, "the code of a channel");
const billNoIn = z.string().max(24);

export const paymentBody = z.strictObject({
  accountNo: accountNoIn,
  amountFen: amountIn,
  channel: channelIn,
  serial: serialIn,
  paidAt: instantIn,
  billNo: billNoIn.optional(),
  tender: z.enum(TENDERS).optional(),
  shiftId: rowIdIn.optional(),
});

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
  state: z.enum(["posted", "doubtful", "reversed"]),
  shiftId: z.string().nullable(),
});

export const channelOut = z.object({
  code: z.string(),
  name: z.string(),
  kind: z.enum(["counter", "bank", "wallet", "agent"]),
  realTime: z.boolean(),
  active: z.boolean(),
});

export const balanceOut = z.object({
  accountNo: z.string(),
  offeredFen: fenOut,
  receivableFen: fenOut,
  prepaidFen: fenOut,
});

export const idParams = z.strictObject({ id: rowIdIn });
export const accountParams = z.strictObject({ accountNo: accountNoIn });
