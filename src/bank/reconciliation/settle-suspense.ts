/**
 * A credit of the bank (到账) that was held, because it is not what the day's file less the contract's fee should have
 * brought, becomes the money of a channel's day. Which day it is, and what the difference is, people decide: two of them.
 */
import { fail } from "#src/kernel/errors.ts";
import { type Fen, fen } from "#src/kernel/money.ts";
import type { Day } from "#src/kernel/day.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { registerApprovalKinds, requestApproval, useApproval } from "#src/office/approvals/index.ts";
import { ensureBankDay } from "./day-queries.ts";
import { channelOfDay } from "./reconcile-day.ts";
import { recordBankCredit } from "./record-credit.ts";
import { contractFee } from "./statement-match.ts";
import { settledSoFar } from "./statement-queries.ts";
import { answerBreaks, openItem } from "./suspense.ts";
import { findFeeTerms, settleItem, type SuspenseItem } from "./suspense-queries.ts";

const SETTLE_KIND = "suspense-settle";
registerApprovalKinds({ [SETTLE_KIND]: "bank.certify" });

/**
 * fee            the bank kept it: the day is settled whole, and what is missing is its fee (手续费)
 * bank-owes      the bank still owes it (少划): it stays in the channel's clearing until another credit brings it
 * bank-overpaid  the bank sent it too much (多划): the day is settled, the rest stays money of nobody until it is returned
 */
export const CREDIT_DIFFERENCES = ["fee", "bank-owes", "bank-overpaid"] as const;
export type CreditDifference = (typeof CREDIT_DIFFERENCES)[number];

export type SettleOrder = {
  readonly itemId: bigint;
  readonly channel: string;
  readonly day: Day;
  readonly difference: CreditDifference;
  readonly reason: string;
};

type Settlement = {
  readonly item: SuspenseItem;
  /** What is taken out of the item. */
  readonly bookedFen: Fen;
  readonly feeFen: Fen;
};

const wrongDifference = (remainingFen: bigint, amountFen: bigint): never =>
  fail("credit.wrong-difference", "the amounts do not differ that way", {
    field: "difference",
    remedy: "see what the day still has to bring, and name the difference by it",
    facts: { remainingFen: String(remainingFen), amountFen: String(amountFen) },
  });

/** Every figure of the settlement. Locks the item and the day, so that two credits of one day take turns. */
const settlementOf = async (context: CommandContext, order: SettleOrder): Promise<Settlement> => {
  const { sql } = context;
  const item = await openItem(context, order.itemId);
  if (!item.ofStatement) {
    fail("suspense.not-a-credit", "this money did not come as a credit on our account", {
      remedy: "claim it for a household, or return it",
    });
  }
  const channel = await channelOfDay(sql, order.channel);
  await ensureBankDay(sql, channel.id, order.day);
  const soFar = await settledSoFar(sql, channel.id, order.day);
  if (soFar.files === 0n) {
    fail("bank-day.no-file", "no file of this day was posted", { field: "day" });
  }
  const remainingFen = soFar.totalFen - soFar.grossFen;
  const agreed = contractFee(await findFeeTerms(sql, channel.id), soFar.items, soFar.totalFen) - soFar.feeFen;
  const agreedFen = agreed > 0n ? agreed : 0n;
  const { amountFen } = item;
  const settle = (bookedFen: bigint, feeFen: bigint): Settlement => ({
    item,
    bookedFen: fen(bookedFen),
    feeFen: fen(feeFen),
  });
  if (order.difference === "fee") {
    return amountFen > remainingFen
      ? wrongDifference(remainingFen, amountFen)
      : settle(amountFen, remainingFen - amountFen);
  }
  if (order.difference === "bank-owes") {
    return amountFen + agreedFen >= remainingFen
      ? wrongDifference(remainingFen - agreedFen, amountFen)
      : settle(amountFen, agreedFen);
  }
  const bookedFen = remainingFen - agreedFen;
  return bookedFen <= 0n || bookedFen >= amountFen
    ? wrongDifference(bookedFen, amountFen)
    : settle(bookedFen, agreedFen);
};

const settleRequest = ({ item, bookedFen, feeFen }: Settlement, order: SettleOrder) => ({
  itemId: String(item.id),
  amountFen: String(item.amountFen),
  channel: order.channel,
  day: order.day,
  difference: order.difference,
  bookedFen: String(bookedFen),
  feeFen: String(feeFen),
  reason: order.reason,
});

/**
 * Asks for the approval of a settlement, with every figure that will be posted.
 * @throws DomainError `suspense.*`, `channel.unknown`, `bank-day.no-file`, `credit.wrong-difference`
 */
export const requestSettlement = async (context: CommandContext, order: SettleOrder): Promise<bigint> => {
  const settlement = await settlementOf(context, order);
  return requestApproval(context, {
    kind: SETTLE_KIND,
    subject: `suspense:${settlement.item.id}`,
    request: settleRequest(settlement, order),
  });
};

/**
 * Books held money as a channel's day (docs/postings.md rows 13a and 14), by an approval of exactly these figures, used
 * once. Locks item and day; a second time is refused as settled.
 * @throws DomainError as `requestSettlement`, and `approval.*`, `day.closed`
 */
export const settleSuspense = async (
  context: CommandContext,
  order: SettleOrder & { readonly approvalId: bigint },
): Promise<void> => {
  const settlement = await settlementOf(context, order);
  const { item, bookedFen, feeFen } = settlement;
  await useApproval(context, order.approvalId, SETTLE_KIND, settleRequest(settlement, order));
  const creditId = await recordBankCredit(context, {
    channel: order.channel,
    day: order.day,
    reference: `suspense:${item.id}`,
    amountFen: bookedFen,
    feeFen,
    valueDate: item.valueDate ?? item.receivedOn,
    from: "suspense",
    ...(item.bankLineId !== null && { bankLineId: item.bankLineId }),
  });
  await settleItem(context.sql, {
    id: item.id,
    bookedFen,
    approvalId: order.approvalId,
    note: order.reason,
    now: context.now,
  });
  if (bookedFen === item.amountFen) await answerBreaks(context, item, "settled", order.approvalId);
  context.audit({
    subject: `suspense:${item.id}`,
    details: {
      settledAs: creditId,
      channel: order.channel,
      day: order.day,
      difference: order.difference,
      bookedFen,
      feeFen,
      leftFen: item.amountFen - bookedFen,
      approvalId: order.approvalId,
    },
  });
};
