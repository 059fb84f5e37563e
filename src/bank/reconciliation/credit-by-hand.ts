/**
 * A credit that no statement of ours brought, entered by a person. It settles no more than the channel's files of the day leave
 * open: what the bank brought beyond them comes with a statement and is money of nobody until two people book it.
 */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { formatYuan, fen } from "#src/kernel/money.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { ensureBankDay } from "./day-queries.ts";
import { channelByCode } from "./import-queries.ts";
import { channelOfDay, readBankDay } from "./reconcile-day.ts";
import { type BankCredit, recordBankCredit } from "./record-credit.ts";
import { refuseKnownCredit } from "./suspense-queries.ts";

const refuseValueDate = (valueDate: Day, bankDay: Day, today: Day): void => {
  if (valueDate >= bankDay && valueDate <= today) return;
  fail("credit.value-date", "the bank credits a day from that day on, and not in the future", {
    field: "valueDate",
    remedy: "take the value date from the bank's advice",
    facts: { from: bankDay, until: today },
  });
};

/**
 * Locks the bank day, so that two credits at once do not settle more than there is.
 * @throws DomainError `credit.not-a-bank`, `credit.value-date`, `credit.no-file`, `credit.more-than-open`, and as
 * `recordBankCredit`
 */
export const recordCreditByHand = async (context: CommandContext, credit: BankCredit): Promise<bigint> => {
  const { sql, today } = context;
  const { id: channelId } = await channelOfDay(sql, credit.channel);
  const channel = await channelByCode(sql, credit.channel);
  if (channel?.kind === "counter" || channel?.profile === null) {
    fail("credit.not-a-bank", `channel "${credit.channel}" sends no files: no bank credits its days`, {
      field: "channel",
      remedy: "name the bank's channel",
    });
  }
  refuseValueDate(credit.valueDate, credit.day, today);
  await ensureBankDay(sql, channelId, credit.day);
  await refuseKnownCredit(sql, channelId, credit.reference);
  const { files, bridge, credits } = await readBankDay(sql, credit.channel, credit.day);
  if (bridge.file === null || !files.some((file) => file.state === "posted")) {
    fail("credit.no-file", "there is no posted file of this bank day", {
      field: "day",
      remedy: "import the day's file first",
    });
  }
  const openFen = bridge.file.fen - credits.grossFen;
  if (credit.amountFen + credit.feeFen > openFen) {
    fail("credit.more-than-open", `the day's files leave ${formatYuan(fen(openFen))} yuan to be credited`, {
      field: "amountFen",
      remedy: "what the bank brought beyond that is booked from its statement",
      facts: { openFen: String(openFen), fileFen: String(bridge.file.fen) },
    });
  }
  return recordBankCredit(context, credit);
};
