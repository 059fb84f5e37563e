/** Taking one payment: at a counter, or from a channel that reports in real time. */
import { dayOfInstant, type Day } from "#src/kernel/day.ts";
import { fail, must } from "#src/kernel/errors.ts";
import { formatBillNo, parseBillNo } from "#src/kernel/ids.ts";
import type { Fen } from "#src/kernel/money.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext, CommandOutcome, Idempotency } from "#src/platform/command.ts";
import { fenJson, type Platform } from "#src/platform/route.ts";
import type { Sql } from "#src/platform/sql.ts";
import { type Account, accessAccount } from "#src/town/accounts/index.ts";
import {
  billForDesignation,
  type Channel,
  findPaymentBySerial,
  postOnePayment,
  type Share,
  type StoredPayment,
} from "./queries.ts";
import { channelOfCode, collectionPolicy, type CollectionPolicy, openSeason } from "./reference.ts";
import { requireOpenShift } from "./shift-queries.ts";

export type Tender = "cash" | "card" | "transfer" | "wallet";

export type PaymentRequest = {
  readonly accountNo: string;
  readonly amountFen: Fen;
  readonly channel: string;
  /** The channel's own number of the payment (流水号): with the channel it is the payment's identity. */
  readonly serial: string;
  readonly paidAt: Date;
  /** The bill that the payer or the bank names; the money goes there first. */
  readonly billNo?: string;
  readonly tender?: Tender;
  /** The cashier's open shift: needed at a counter, refused elsewhere. */
  readonly shiftId?: bigint;
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
  readonly allocations: readonly {
    readonly billNo: string;
    readonly seasonId: number;
    readonly amountFen: number;
    readonly rule: string;
  }[];
  readonly prepaidFen: number;
};

const FUTURE_TOLERANCE_MS = 10 * 60_000;

export const paymentAnswer = (
  payment: Omit<StoredPayment, "accountId" | "shiftId" | "state">,
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

/** Everything that can be refused without the database: amount, time, channel, tender, shift. */
const refuseEarly = (request: PaymentRequest, actor: Actor, channel: Channel, now: Date): Tender => {
  if (request.amountFen <= 0n) {
    fail("payment.amount-not-positive", "a payment is more than 0 fen", {
      field: "amountFen",
      remedy: "money that goes back is a reversal or a refund",
    });
  }
  if (request.paidAt.getTime() > now.getTime() + FUTURE_TOLERANCE_MS) {
    fail("payment.in-future", "paidAt lies in the future", {
      field: "paidAt",
      remedy: "send the time with its zone",
    });
  }
  if (actor.channelId !== undefined && actor.channelId !== channel.id) {
    fail("forbidden.channel", "this token belongs to another channel", { field: "channel" });
  }
  const atCounter = channel.kind === "counter";
  const tender = request.tender ?? (channel.kind === "wallet" ? "wallet" : "transfer");
  if (atCounter && tender !== "cash" && tender !== "card") {
    fail("payment.tender", "at a counter the tender is cash or card", { field: "tender" });
  }
  if (!atCounter && (tender === "cash" || tender === "card")) {
    fail("payment.tender", "cash and card belong to a counter and its shift", { field: "tender" });
  }
  if (atCounter && request.shiftId === undefined) {
    fail("payment.shift-needed", "a counter payment belongs to an open shift", {
      field: "shiftId",
      remedy: "open a shift first",
    });
  }
  if (!atCounter && request.shiftId !== undefined) {
    fail("payment.shift", "only counter payments have a shift", { field: "shiftId" });
  }
  return tender;
};

/** The bill that was named, checked to be this household's and still there. */
const designatedBill = async (
  sql: Sql,
  request: PaymentRequest,
  account: Account,
): Promise<bigint | null> => {
  if (request.billNo === undefined) return null;
  const parsed = parseBillNo(request.billNo);
  const bill = parsed === null ? null : await billForDesignation(sql, parsed.billId);
  if (
    parsed === null ||
    bill === null ||
    bill.seasonId !== parsed.seasonId ||
    bill.accountId !== account.id
  ) {
    fail("payment.bill-unknown", "this account has no bill with this number", {
      field: "billNo",
      remedy: "leave billNo out, or take one from the account's bills",
    });
  }
  if (bill.state === "cancelled") {
    fail("payment.bill-cancelled", "this bill was withdrawn", {
      field: "billNo",
      remedy: "leave billNo out",
    });
  }
  return parsed.billId;
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
 * as the first time, so repeating is safe.
 * @throws DomainError `payment.*`, `account.not-found`, `shift.*`, `day.closed`
 */
export const postPayment = async (
  context: CommandContext,
  terms: PaymentTerms,
  request: PaymentRequest,
  account: Account,
): Promise<PaymentAnswer> => {
  const { sql, now, today } = context;
  const { channel, tender } = terms;
  if (request.shiftId !== undefined) await requireOpenShift(sql, request.shiftId, context.actor, today);
  const billId = await designatedBill(sql, request, account);
  const posted = await postOnePayment(sql, {
    channelId: channel.id,
    debit: tender === "cash" ? "cash" : tender === "card" ? "pos_clearing" : "channel_clearing",
    tender,
    shiftId: request.shiftId ?? null,
    accountingDate: today,
    actorId: staffIdOf(context.actor),
    now,
    policy: terms.policy,
    seasonId: terms.seasonId,
    accountId: account.id,
    amountFen: request.amountFen,
    serial: request.serial,
    paidAt: request.paidAt,
    valueDate: dayOfInstant(request.paidAt),
    billId,
  });
  if (posted.outcome === "closed") {
    fail("payment.account-closed", "this account is closed", {
      field: "accountNo",
      remedy: "ask the payer for the number on the current bill",
    });
  }
  if (posted.outcome === "duplicate") return firstAnswer(sql, channel, request, account);
  const paymentId = must(posted.paymentId, "the id of a posted payment");
  context.audit({
    subject: `payment:${paymentId}`,
    details: { accountId: account.id, channelId: channel.id, amountFen: request.amountFen },
  });
  context.emit({
    type: "payment.posted",
    subject: `account:${account.id}`,
    payload: { paymentId: String(paymentId) },
  });
  return answerOf(
    paymentId,
    request,
    account,
    tender,
    must(posted.shares, "the shares of a posted payment"),
    now,
    today,
  );
};

const answerOf = (
  paymentId: bigint,
  request: PaymentRequest,
  account: Account,
  tender: Tender,
  shares: readonly Share[],
  now: Date,
  today: Day,
): PaymentAnswer =>
  paymentAnswer({
    paymentId,
    accountNo: account.accountNo,
    amountFen: request.amountFen,
    channel: request.channel,
    serial: request.serial,
    tender,
    paidAt: request.paidAt,
    accountingDate: today,
    postedAt: now,
    shares,
  });

/** The whole command: reference data, early refusals, then one transaction. */
export const takePayment = async (
  platform: Platform,
  actor: Actor,
  request: PaymentRequest,
  options: { readonly idempotency?: Idempotency | undefined; readonly requestId?: string },
): Promise<CommandOutcome<PaymentAnswer>> => {
  const { database } = platform;
  const now = platform.clock.now();
  const channel = await channelOfCode(database, request.channel);
  const tender = refuseEarly(request, actor, channel, now);
  const terms: PaymentTerms = {
    channel,
    tender,
    policy: await collectionPolicy(database),
    seasonId: await openSeason(database, dayOfInstant(now)),
  };
  return platform.commands.run(
    {
      name: "payment.take",
      actor,
      ...(options.idempotency && { idempotency: options.idempotency }),
      ...(options.requestId !== undefined && { requestId: options.requestId }),
      prefetch: (sql, today) => accessAccount(sql, actor, request.accountNo, today),
    },
    (context, account) => postPayment(context, terms, request, account),
  );
};
