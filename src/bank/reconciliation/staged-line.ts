/** One booked transaction of a collection file as a row of COPY, and as the text that its content is known by. */
import type { BankTransaction, EntryEvent } from "#src/bank/channels/index.ts";
import type { Day } from "#src/kernel/day.ts";
import { parseBillNo } from "#src/kernel/ids.ts";
import { foldAccountText } from "#src/town/accounts/index.ts";

const SPECIAL = /[\\\t\n\r]/;
const escape = (text: string): string =>
  SPECIAL.test(text)
    ? text.replaceAll("\\", "\\\\").replaceAll("\t", "\\t").replaceAll("\n", "\\n").replaceAll("\r", "\\r")
    : text;

const NULL = "\\N";
/** Postgres has no zero character; a bank that sends one means nothing by it. */
const clean = (text: string): string => (text.includes("\0") ? text.replaceAll("\0", "") : text);
const textOrNull = (text: string | null): string => (text === null ? NULL : escape(clean(text)));

export type StagedLine = {
  /** For COPY, with its line end. */
  readonly copyText: string;
  /**
   * What the line says about money, without names and free text: a copy in another encoding, whose rare characters may
   * have been lost, has the same.
   */
  readonly contentText: string;
};

/** The bill that the bank names in the free text, when the text is a bill's number and nothing else. */
const designatedBill = (remittance: string): string => {
  if (remittance.charCodeAt(4) !== 0x2d) return NULL;
  const named = parseBillNo(remittance);
  return named === null ? NULL : String(named.billId);
};

export const stagedLine = (
  fileId: bigint,
  ordinal: number,
  entry: EntryEvent,
  transaction: BankTransaction,
  day: Day,
): StagedLine => {
  const serial = escape(clean(transaction.serial ?? ""));
  const account = transaction.accountNo === null ? "" : escape(clean(foldAccountText(transaction.accountNo)));
  const remittance = clean(transaction.remittance.join(" "));
  const original = textOrNull(transaction.originalSerial);
  const valueDay = entry.valueDay ?? day;
  const paidAt = transaction.paidAt ?? NULL;
  const money = `${transaction.kind}\t${serial}\t${original}\t${account}\t${transaction.amountMinor}\t${day}\t${valueDay}\t${paidAt}`;
  return {
    copyText: `${fileId}\t${ordinal}\t${entry.rawLine}\t${money}\t${textOrNull(transaction.payerName ?? "")}\t${escape(remittance)}\t${designatedBill(remittance)}\t${entry.problem?.code ?? NULL}\n`,
    contentText: `${money}\n`,
  };
};
