/** The third leg: what the bank put on our account for a channel's day, less the fee that it kept. */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { Fen } from "#src/kernel/money.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { postTransfers, type TransferRow } from "#src/money/ledger/index.ts";
import { ensureBankDay } from "./day-queries.ts";
import { channelOfDay } from "./reconcile-day.ts";
import { insertCredit } from "./suspense-queries.ts";

export type BankCredit = {
  readonly channel: string;
  readonly day: Day;
  /** The bank's own reference of the credit: with the channel it is its identity. */
  readonly reference: string;
  /** What arrived on our account. */
  readonly amountFen: Fen;
  /** What the bank kept; the channel's money is amount + fee. */
  readonly feeFen: Fen;
  readonly valueDate: Day;
  readonly bankLineId?: bigint;
  /** Where the money stands until now: on the statement that is being taken (standard), or held as money of nobody. */
  readonly from?: "bank" | "suspense";
};

/**
 * Records a credit and settles the channel's money (docs/postings.md rows 13, 13a and 14), dated today, valued by the bank.
 * @throws DomainError `credit.exists` when it is repeated, `credit.amount-not-positive`, `credit.fee-negative`,
 * `channel.unknown`, `day.closed`
 */
export const recordBankCredit = async (context: CommandContext, credit: BankCredit): Promise<bigint> => {
  const { sql, now } = context;
  const channel = await channelOfDay(sql, credit.channel);
  if (credit.amountFen <= 0n) {
    fail("credit.amount-not-positive", "a credit is more than 0 fen", { field: "amountFen" });
  }
  if (credit.feeFen < 0n) {
    fail("credit.fee-negative", "a fee is 0 or more", { field: "feeFen" });
  }
  await ensureBankDay(sql, channel.id, credit.day);
  const id = await insertCredit(sql, {
    channelId: channel.id,
    day: credit.day,
    reference: credit.reference,
    grossFen: credit.amountFen + credit.feeFen,
    feeFen: credit.feeFen,
    valueDate: credit.valueDate,
    bankLineId: credit.bankLineId ?? null,
    now,
    recordedBy: staffIdOf(context.actor),
  });
  const settled: TransferRow[] = [
    {
      debit: credit.from ?? "bank",
      credit: "channel_clearing",
      amountFen: credit.amountFen,
      channelId: channel.id,
    },
  ];
  if (credit.feeFen > 0n) {
    settled.push({
      debit: "bank_fee",
      credit: "channel_clearing",
      amountFen: credit.feeFen,
      channelId: channel.id,
    });
  }
  await postTransfers(context, {
    kind: "channel-settled",
    sourceId: id,
    valueDate: credit.valueDate,
    transfers: settled,
  });
  context.audit({
    subject: `bank-day:${credit.channel}:${credit.day}`,
    details: { creditId: id, amountFen: credit.amountFen, feeFen: credit.feeFen },
  });
  return id;
};
