/** Taking one payment: at a counter, or from a channel that reports in real time. */
import { dayOfInstant, type Day } from "#src/kernel/day.ts";
import { fail, must } from "#src/kernel/errors.ts";
import { formatBillNo, parseBillNo } from "#src/kernel/ids.ts";
import type { Fen } from "#src/kernel/money.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { fenJson, type Platform } from "#src/platform/route.ts";
import type { Sql } from "#src/platform/sql.ts";
import { type Account, accessAccount } from "#src/town/accounts/index.ts";
import {
  billForDesignation,
  type Channel,
  findPaymentBySerial,
  type MoneyCode,
  type NamedBill,
  postOnePayment,
  type PostedPayment,
  type PostingTerms,
  type StoredPayment,
} from "./queries.ts";
import { collectionPolicy, type CollectionPolicy, openSeason } from "./reference.ts";
import type { Tender } from "./schema.ts";
import { findShiftForPayment, type ShiftRow } from "./shift-queries.ts";
import { requireOpenShift } from "./shifts.ts";

export type PaymentRequest = {
  readonly accountNo: string;
  readonly amountFen: Fen;
  readonly channel: string;
  /** The channel's own number of the payment (流水号): with the channel it is the payment's identity. */
  readonly serial: string;
  readonly paidAt: Date;
  /** The bill that the payer or the bank names; the money goes there first. */
  readonly billNo?: string | undefined;
  readonly tender?: Tender | undefined;
  /** The cashier's open shift: needed at a counter, refused elsewhere. */
  readonly shiftId?: bigint | undefined;
  /** A channel's payment that finance enters by hand: the second person's approval of it, and why. */
  readonly approvalId?: bigint | undefined;
  readonly reason?: string | undefined;
};

/** The answer to a payment: made of stored facts only, so that every repetition gets the same one. */
export type PaymentAnswer = {
  readonly paymentId: string;
  readonly accountNo: string;
  readonly amountFen: number;
  readonly channel: string;
  readonly serial: string;
  readonly tender: string;
  readonly paidAt: string;
  readonly accountingDate: string;
  readonly postedAt: string;
  readonly allocations: { billNo: string; seasonId: number; amountFen: number; rule: string }[];
  readonly prepaidFen: number;
};

/** A stored answer has lost the order of its fields; this gives it back, so that a repetition is equal byte for byte. */
export const inFirstOrder = (answer: PaymentAnswer): PaymentAnswer => ({
  paymentId: answer.paymentId,
  accountNo: answer.accountNo,
  amountFen: answer.amountFen,
  channel: answer.channel,
  serial: answer.serial,
  tender: answer.tender,
  paidAt: answer.paidAt,
  accountingDate: answer.accountingDate,
  postedAt: answer.postedAt,
  allocations: answer.allocations.map(({ billNo, seasonId, amountFen, rule }) => ({
    billNo,
    seasonId,
    amountFen,
    rule,
  })),
  prepaidFen: answer.prepaidFen,
});

/** Serials of payments that come with their receipt: the receipt's number and the place on it. */
const OWN_SERIAL = /^[A-Z0-9]{1,12}-\d{4}-\d{6,}-\d+$/;

const FUTURE_TOLERANCE_MS = 10 * 60_000;

export const paymentAnswer = (
  payment: Omit<
    StoredPayment,
    "accountId" | "channelId" | "channelName" | "channelNameEn" | "channelKind" | "shiftId" | "state"
  >,
): PaymentAnswer => ({
  paymentId: String(payment.paymentId),
  accountNo: payment.accountNo,
  amountFen: fenJson(payment.amountFen),
  channel: payment.channel,
  serial: payment.serial,
  tender: payment.tender,
  paidAt: payment.paidAt.toISOString(),
  accountingDate: payment.accountingDate,
  postedAt: payment.postedAt.toISOString(),
  allocations: payment.shares.flatMap((share) =>
    share.billId === null || share.seasonId === null
      ? []
      : [
          {
            billNo: formatBillNo(share.seasonId, BigInt(share.billId)),
            seasonId: share.seasonId,
            amountFen: share.amountFen,
            rule: share.rule,
          },
        ],
  ),
  prepaidFen: payment.shares.reduce((sum, share) => (share.billId === null ? sum + share.amountFen : sum), 0),
});

/** @throws DomainError `payment.amount-not-positive` */
export const requirePositive = (amountFen: Fen, field = "amountFen"): void => {
  if (amountFen > 0n) return;
  fail("payment.amount-not-positive", "a payment is more than 0 fen", {
    field,
    remedy: "money that goes back is a reversal or a refund",
  });
};

/** Everything that can be refused without the database: amount, time, channel, tender, shift. */
export const refuseEarly = (request: PaymentRequest, actor: Actor, channel: Channel, now: Date): Tender => {
  requirePositive(request.amountFen);
  if (request.paidAt.getTime() > now.getTime() + FUTURE_TOLERANCE_MS) {
    fail("payment.in-future", "paidAt lies in the future", {
      field: "paidAt",
      remedy: "send the time with its zone",
    });
  }
  if (actor.channelId !== undefined && actor.channelId !== channel.id) {
    fail("forbidden.channel", "this token belongs to another channel", {
      field: "channel",
      remedy: "send the token's own channel",
    });
  }
  const atCounter = channel.kind === "counter";
  const tender = request.tender ?? (channel.kind === "wallet" ? "wallet" : "transfer");
  if (atCounter && tender !== "cash" && tender !== "card") {
    fail("payment.tender", "at a counter the tender is cash or card", {
      field: "tender",
      remedy: "send cash or card",
    });
  }
  if (!atCounter && (tender === "cash" || tender === "card")) {
    fail("payment.tender", "cash and card belong to a counter and its shift", {
      field: "tender",
      remedy: "leave tender out",
    });
  }
  if (atCounter && OWN_SERIAL.test(request.serial)) {
    fail("payment.serial-reserved", "serials like this are made from receipt numbers", {
      field: "serial",
      remedy: "send the till's own number",
    });
  }
  if (atCounter && request.shiftId === undefined) {
    fail("payment.shift-needed", "a counter payment belongs to an open shift", {
      field: "shiftId",
      remedy: "open a shift first",
    });
  }
  if (!atCounter && request.shiftId !== undefined) {
    fail("payment.shift", "only counter payments have a shift", {
      field: "shiftId",
      remedy: "leave shiftId out",
    });
  }
  return tender;
};

/** What the database knows about a request before anything is written: read in one flight. */
export type PaymentFacts = {
  readonly account: Account;
  readonly shift: ShiftRow | null;
  readonly bill: NamedBill | null;
};

/**
 * Reads the account (within the actor's scope), the shift (held against closing) and the named bill.
 * @throws DomainError `account.not-found`
 */
export const loadPaymentFacts = async (
  sql: Sql,
  actor: Actor,
  request: Pick<PaymentRequest, "accountNo" | "billNo" | "shiftId">,
  today: Day,
): Promise<PaymentFacts> => {
  const parsed = request.billNo === undefined ? null : parseBillNo(request.billNo);
  const [account, shift, bill] = await Promise.all([
    accessAccount(sql, actor, request.accountNo, today),
    request.shiftId === undefined ? null : findShiftForPayment(sql, request.shiftId),
    parsed === null ? null : billForDesignation(sql, parsed.billId),
  ]);
  return { account, shift, bill: bill?.seasonId === parsed?.seasonId ? bill : null };
};

/** The bill that was named, checked to be this household's and still there. */
export const requireNamedBill = (
  facts: PaymentFacts,
  request: Pick<PaymentRequest, "billNo">,
  field = "billNo",
): bigint | null => {
  if (request.billNo === undefined) return null;
  const { bill, account } = facts;
  if (bill === null || bill.accountId !== account.id) {
    fail("payment.bill-unknown", "this account has no bill with this number", {
      field,
      remedy: "leave billNo out, or take one from the account's bills",
    });
  }
  if (bill.state === "cancelled") {
    fail("payment.bill-cancelled", "this bill was withdrawn", { field, remedy: "leave billNo out" });
  }
  return bill.billId;
};

/** What a repeated serial gets: the first answer, or a refusal when it asks for something else. */
const firstAnswer = async (
  sql: Sql,
  channel: Channel,
  request: PaymentRequest,
  account: Account,
): Promise<PaymentAnswer> => {
  const first = must(
    await findPaymentBySerial(sql, channel.id, request.serial),
    "the payment of a used serial",
  );
  if (first.accountId !== account.id || first.amountFen !== request.amountFen) {
    fail("payment.serial-reused", "this serial belongs to another payment of the channel", {
      field: "serial",
      remedy: "a new payment needs a new serial",
      facts: { paymentId: String(first.paymentId) },
    });
  }
  return paymentAnswer(first);
};

export type PaymentTerms = {
  readonly channel: Channel;
  readonly policy: CollectionPolicy;
  readonly seasonId: number;
  readonly tender: Tender;
};

/**
 * Posts one payment inside a command. Locks the account. A serial that the channel has used posts nothing and answers
 * as the first time, so repeating is safe. `onPosted` is done with it, and undoes it when it refuses.
 * @throws DomainError `payment.*`, `account.not-found`, `shift.*`, `day.closed`
 */
export const postPayment = async (
  context: CommandContext,
  terms: PaymentTerms,
  request: PaymentRequest,
  facts: PaymentFacts,
  onPosted: () => Promise<void> = async () => undefined,
): Promise<PaymentAnswer> => {
  const { sql, today } = context;
  const { account } = facts;
  if (request.shiftId !== undefined) requireOpenShift(facts.shift, context.actor, today);
  const billId = requireNamedBill(facts, request);
  const posted = await postOnePayment(sql, {
    ...postingTermsOf(context, terms, request.shiftId ?? null),
    accountId: account.id,
    amountFen: request.amountFen,
    serial: request.serial,
    paidAt: request.paidAt,
    valueDate: dayOfInstant(request.paidAt),
    billId,
  });
  if (posted.outcome === "closed") refuseClosedAccount();
  if (posted.outcome === "duplicate") return firstAnswer(sql, terms.channel, request, account);
  await onPosted();
  return tellPosted(context, terms, request, account, posted);
};

/** @throws DomainError `payment.account-closed` */
export const refuseClosedAccount = (field = "accountNo"): never =>
  fail("payment.account-closed", "this account is closed", {
    field,
    remedy: "ask the payer for the number on the current bill",
  });

/** What is the same for every payment of a command. */
export const postingTermsOf = (
  context: CommandContext,
  terms: PaymentTerms,
  shiftId: bigint | null,
): PostingTerms => ({
  channelId: terms.channel.id,
  debit: moneyCodeOf(terms.tender),
  tender: terms.tender,
  shiftId,
  accountingDate: context.today,
  actorId: staffIdOf(context.actor),
  now: context.now,
  policy: terms.policy,
  seasonId: terms.seasonId,
});

const moneyCodeOf = (tender: Tender): MoneyCode =>
  tender === "cash" ? "cash" : tender === "card" ? "pos_clearing" : "channel_clearing";

/** Leaves the audit row and the event of a payment that was just posted, and makes its answer. */
export const tellPosted = (
  context: CommandContext,
  terms: PaymentTerms,
  request: PaymentRequest,
  account: Account,
  posted: PostedPayment,
): PaymentAnswer => {
  const paymentId = must(posted.paymentId, "the id of a posted payment");
  context.audit({
    subject: `payment:${paymentId}`,
    details: { accountId: account.id, channelId: terms.channel.id, amountFen: request.amountFen },
  });
  context.emit({
    type: "payment.posted",
    subject: `account:${account.id}`,
    payload: { paymentId: String(paymentId) },
  });
  return paymentAnswer({
    paymentId,
    accountNo: account.accountNo,
    amountFen: request.amountFen,
    channel: request.channel,
    serial: request.serial,
    tender: terms.tender,
    paidAt: request.paidAt,
    accountingDate: context.today,
    postedAt: context.now,
    shares: must(posted.shares, "the shares of a posted payment"),
  });
};

/** The terms under which a channel's money is posted now. */
export const paymentTerms = async (
  platform: Platform,
  channel: Channel,
  tender: Tender,
): Promise<PaymentTerms> => ({
  channel,
  tender,
  policy: await collectionPolicy(platform.database),
  seasonId: await openSeason(platform.database, dayOfInstant(platform.clock.now())),
});
