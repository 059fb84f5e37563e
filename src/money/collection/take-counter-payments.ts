/** Several payments and one receipt, in one command at a till: a family's three flats, a property firm's list. */
import { dayOfInstant } from "#src/kernel/day.ts";
import { DomainError, fail, must } from "#src/kernel/errors.ts";
import type { Fen } from "#src/kernel/money.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { CommandContext, CommandOutcome, Idempotency } from "#src/platform/command.ts";
import { fenJson, type Platform } from "#src/platform/route.ts";
import { holdNumber, writeReceipt } from "./issue-receipt.ts";
import {
  loadPaymentFacts,
  type PaymentAnswer,
  type PaymentFacts,
  type PaymentRequest,
  paymentTerms,
  type PaymentTerms,
  postingTermsOf,
  refuseClosedAccount,
  requireNamedBill,
  requirePositive,
  tellPosted,
} from "./post-payment.ts";
import { postManyPayments } from "./queries.ts";
import { counterChannel } from "./reference.ts";
import { findShiftForPayment } from "./shift-queries.ts";
import { requireOpenShift, requireSettlingShift } from "./shifts.ts";
import { settleCharge } from "./terminal-queries.ts";

export type CounterItem = {
  readonly accountNo: string;
  readonly amountFen: Fen;
  readonly billNo?: string | undefined;
};

export type CounterRequest = {
  readonly shiftId: bigint;
  readonly tender: "cash" | "card";
  readonly items: readonly CounterItem[];
  readonly payerName?: string | undefined;
  /** The counter channel, where there are several. */
  readonly channel?: string | undefined;
  /** The charge at the terminal whose money this is: it gets this receipt, and no other. */
  readonly terminalChargeId?: bigint | undefined;
};

export type CounterAnswer = {
  readonly receiptId: string;
  readonly receiptNo: string;
  readonly totalFen: number;
  payments: PaymentAnswer[];
};

/** A refusal about an item says which: `items[2].accountNo`. */
export const namingItem = async <T>(index: number, work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof DomainError) || error.detail.field === undefined) throw error;
    const field = `items[${index}].${error.detail.field}`;
    throw new DomainError(error.code, error.message, { ...error.detail, field });
  }
};

/**
 * One home twice in one order is a mistake of the list: two numbers of it (户号 and an old one) are two lines.
 * Two bills of one home that are both named are two payments.
 * @throws DomainError `payment.account-twice`
 */
export const refuseDoubles = (items: readonly CounterItem[], accountIds: readonly bigint[]): void => {
  const seen = new Set<string>();
  for (const [index, item] of items.entries()) {
    const about = `${accountIds[index]} ${item.billNo ?? ""}`;
    if (seen.has(about)) {
      fail("payment.account-twice", "this home stands twice in one order", {
        field: `items[${index}].accountNo`,
        remedy: "leave one of them out; two numbers may be of one home",
      });
    }
    seen.add(about);
  }
};

const loadItems = async (context: CommandContext, items: readonly CounterItem[]): Promise<PaymentFacts[]> => {
  const facts: PaymentFacts[] = [];
  // One after the other: the first bad row is the one that is named, not the fastest.
  for (const [index, item] of items.entries()) {
    const loading = loadPaymentFacts(context.sql, context.actor, item, context.today);
    facts.push(await namingItem(index, loading));
  }
  refuseDoubles(
    items,
    facts.map(({ account }) => account.id),
  );
  return facts;
};

/** Approved money is posted once: the second who tries finds that the charge has its receipt. */
const settleTerminal = async (
  context: CommandContext,
  chargeId: bigint | undefined,
  receipt: { readonly receiptId: bigint; readonly totalFen: bigint },
): Promise<void> => {
  if (chargeId === undefined) return;
  const settled = { chargeId, receiptId: receipt.receiptId, amountFen: receipt.totalFen };
  if (!(await settleCharge(context.sql, settled))) {
    fail("terminal.settled", "the money of this charge has its receipt already", {
      remedy: "look at the charge again",
    });
  }
};

const postItems = async (
  context: CommandContext,
  terms: PaymentTerms,
  request: CounterRequest,
): Promise<CounterAnswer> => {
  const { sql, actor, now, today } = context;
  const named = await findShiftForPayment(sql, request.shiftId);
  // What a customer has paid at the terminal belongs into its shift while that is open, whatever the day.
  const isSettling = request.terminalChargeId !== undefined;
  const shift = isSettling ? requireSettlingShift(named, actor) : requireOpenShift(named, actor, today);
  const facts = await loadItems(context, request.items);
  const bills = request.items.map((item, index) =>
    requireNamedBill(must(facts[index], "the facts of an item"), item, `items[${index}].billNo`),
  );
  const held = await holdNumber(context, shift.till);
  const payments: PaymentRequest[] = request.items.map((item, index) => ({
    ...item,
    channel: terms.channel.code,
    serial: `${held.receiptNo}-${index + 1}`,
    paidAt: now,
    tender: terms.tender,
    shiftId: shift.id,
  }));
  const posted = await postManyPayments(
    sql,
    postingTermsOf(context, terms, shift.id),
    payments.map((payment, index) => ({
      accountId: must(facts[index], "the facts of an item").account.id,
      amountFen: payment.amountFen,
      serial: payment.serial,
      paidAt: payment.paidAt,
      valueDate: isSettling ? shift.businessDay : dayOfInstant(payment.paidAt),
      billId: bills[index] ?? null,
    })),
  );
  const answers = posted.map((row, index) => {
    if (row.outcome === "closed") refuseClosedAccount(`items[${index}].accountNo`);
    const { account } = must(facts[index], "the facts of an item");
    return tellPosted(context, terms, must(payments[index], "the payment of an item"), account, row);
  });
  const receipt = await writeReceipt(context, held, {
    shiftId: shift.id,
    payments: answers.map((answer) => ({
      id: BigInt(answer.paymentId),
      amountFen: BigInt(answer.amountFen),
    })),
    payerName: request.payerName ?? "",
    // Also when somebody else settles in the cashier's place: it is the receipt of this shift.
    ...(isSettling && { issuedBy: shift.staffId }),
  });
  await settleTerminal(context, request.terminalChargeId, receipt);
  return {
    receiptId: String(receipt.receiptId),
    receiptNo: receipt.receiptNo,
    totalFen: fenJson(receipt.totalFen),
    payments: answers,
  };
};

/**
 * Takes several payments at a till and issues their receipt: all or nothing. The serial of each is the receipt's number
 * and its place on it, so the idempotency key is what makes repeating safe. Locks the shift (shared), the till's number
 * series and the accounts in id order.
 * @throws DomainError `payment.*`, `account.not-found`, `shift.*`, `channel.*`, `day.closed`
 */
export const takeCounterPayments = async (
  platform: Platform,
  actor: Actor,
  request: CounterRequest,
  options: { readonly idempotency?: Idempotency | undefined; readonly requestId?: string | undefined },
): Promise<CommandOutcome<CounterAnswer>> => {
  for (const [index, item] of request.items.entries()) {
    requirePositive(item.amountFen, `items[${index}].amountFen`);
  }
  const channel = await counterChannel(platform.database, request.channel);
  const terms = await paymentTerms(platform, channel, request.tender);
  return platform.commands.run(
    {
      name: "payment.take-at-counter",
      actor,
      ...(options.idempotency && { idempotency: options.idempotency }),
      ...(options.requestId !== undefined && { requestId: options.requestId }),
    },
    (context) => postItems(context, terms, request),
  );
};
