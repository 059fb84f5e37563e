/** Ntry: one movement on the account. `CdtDbtInd` alone gives the sign; everything else explains. */
import { type Day, isDay } from "#src/kernel/day.ts";
import {
  type DetailDraft,
  directionOf,
  draftAmount,
  reference,
  settleDraft,
  syntheticTransaction,
} from "./camt-transaction.ts";
import { exponentOf, parseMinor } from "./decimal.ts";
import type { BankProblem, BankTransaction, Direction, EntryEvent, EntryStatus } from "./model.ts";
import * as problems from "./problems.ts";
import { type XmlNode, childrenOf, descend, textAt } from "./xml-tree.ts";

/** `<Sts>BOOK</Sts>` up to version 07, `<Sts><Cd>BOOK</Cd></Sts>` since 08. Null: none that we know. */
const statusOf = (entry: XmlNode): EntryStatus | null => {
  switch (textAt(entry, "Sts", "Cd") ?? textAt(entry, "Sts")) {
    case "BOOK":
      return "booked";
    case "PDNG":
      return "pending";
    case "INFO":
    case "FUTR":
      return "info";
    default:
      return null;
  }
};

/** The calendar day as the bank wrote it; of a date and time its date, without converting zones. */
const dayOf = (entry: XmlNode, name: string): Day | null | "unreadable" => {
  const text = textAt(entry, name, "Dt") ?? textAt(entry, name, "DtTm");
  if (text === null) return null;
  const date = text.slice(0, 10);
  return isDay(date) ? date : "unreadable";
};

const bankCodeOf = (entry: XmlNode): string | null => {
  const domain = descend(entry, "BkTxCd", "Domn");
  const parts = [textAt(domain, "Cd"), textAt(domain, "Fmly", "Cd"), textAt(domain, "Fmly", "SubFmlyCd")];
  const known = parts.filter((part) => part !== null);
  return known.length > 0 ? known.join("/") : textAt(entry, "BkTxCd", "Prtry", "Cd");
};

const chargesOf = (entry: XmlNode, currency: string): bigint | null => {
  const blocks = childrenOf(entry, "Chrgs");
  const amounts = blocks.flatMap((block) => {
    const total = descend(block, "TtlChrgsAndTaxAmt");
    if (total !== null) return [total];
    const records = childrenOf(block, "Rcrd");
    return (records.length > 0 ? records : [block]).flatMap((record) => descend(record, "Amt") ?? []);
  });
  let sum = 0n;
  for (const amount of amounts) {
    const parsed = parseMinor(amount.text.trim(), exponentOf(currency));
    if ((amount.currency ?? currency) !== currency || parsed.kind !== "amount") return null;
    sum += parsed.minor;
  }
  return amounts.length > 0 ? sum : null;
};

const signed = (amountMinor: bigint, direction: Direction): bigint =>
  direction === "credit" ? amountMinor : -amountMinor;

type Settled = { readonly transactions: BankTransaction[]; readonly problem: BankProblem | null };

/** The money of an entry, as far as its details need it. */
type Money = {
  readonly amountMinor: bigint;
  readonly direction: Direction;
  readonly currency: string;
  readonly reversal: boolean;
};

/** One detail is the entry, whatever amount was instructed: a returned debit carries the bank's fee inside. */
const settleSingle = (draft: DetailDraft, money: Money, row: number): Settled => {
  const { amountMinor, direction, currency, reversal } = money;
  const stated = draftAmount(draft, currency, true);
  const differs = stated !== null && stated !== amountMinor;
  const opposite = draft.direction !== null && draft.direction !== direction;
  return {
    transactions: [settleDraft(draft, 1, amountMinor, direction, reversal)],
    problem:
      differs || opposite
        ? problems.detailsUnclear(row, "its one detail has another amount or direction than the entry")
        : null,
  };
};

/** Several details must add up to the entry, each in the entry's currency; else the entry is one amount for people. */
const settleMany = (drafts: readonly DetailDraft[], money: Money, row: number): Settled => {
  const { amountMinor, direction, currency, reversal } = money;
  let total = 0n;
  let unknown = 0;
  const transactions = drafts.map((draft, index) => {
    const amount = draftAmount(draft, currency, false);
    const way = draft.direction ?? direction;
    if (amount === null) unknown += 1;
    else total += signed(amount, way);
    return settleDraft(draft, index + 1, amount ?? 0n, way, reversal);
  });
  if (unknown > 0) {
    const why = `${unknown} of its ${drafts.length} details have no amount in ${currency}`;
    return { transactions, problem: problems.detailsUnclear(row, why) };
  }
  const fits = total === signed(amountMinor, direction);
  return {
    transactions,
    problem: fits ? null : problems.detailsUnclear(row, "its details do not add up to it"),
  };
};

const settleDetails = (entry: XmlNode, drafts: readonly DetailDraft[], money: Money): Settled => {
  const only = drafts[0];
  if (only === undefined) {
    const information = textAt(entry, "AddtlNtryInf");
    const { amountMinor, direction, reversal } = money;
    const remittance = information === null ? [] : [information];
    return {
      transactions: [syntheticTransaction(amountMinor, direction, reversal, remittance)],
      problem: null,
    };
  }
  return drafts.length === 1 ? settleSingle(only, money, entry.line) : settleMany(drafts, money, entry.line);
};

type ReadAmount = { readonly minor: bigint; readonly problem: BankProblem | null };

const readAmount = (entry: XmlNode, currency: string): ReadAmount => {
  const text = textAt(entry, "Amt") ?? "";
  const parsed = parseMinor(text, exponentOf(currency));
  if (parsed.kind === "too-precise")
    return { minor: 0n, problem: problems.tooPrecise(entry.line, "Amt", currency) };
  if (parsed.kind === "unreadable" || text.startsWith("-") || currency === "") {
    return { minor: 0n, problem: problems.unreadable(entry.line, "Amt") };
  }
  return { minor: parsed.minor, problem: parsed.minor === 0n ? problems.zeroEntry(entry.line) : null };
};

const statedTransactions = (entry: XmlNode): number | null => {
  const counts = childrenOf(entry, "NtryDtls").map((details) => textAt(details, "Btch", "NbOfTxs"));
  const numbers = counts.filter((count) => count !== null && /^\d{1,9}$/.test(count)).map(Number);
  return numbers.length > 0 ? numbers.reduce((sum, count) => sum + count, 0) : null;
};

const firstProblem = (...found: (BankProblem | null)[]): BankProblem | null => {
  const known = found.filter((problem) => problem !== null);
  return known.find((problem) => problem.severity === "refuse") ?? known[0] ?? null;
};

/**
 * Reads one complete Ntry, whose TxDtls were drafted while they passed.
 * What makes its money uncertain (amount, direction, status, currency) refuses it; what only makes its details
 * uncertain asks for a person.
 */
export const readEntry = (
  entry: XmlNode,
  drafts: readonly DetailDraft[],
  ordinal: number,
  statementCurrency: string,
): EntryEvent => {
  const currency = descend(entry, "Amt")?.currency ?? statementCurrency;
  const amount = readAmount(entry, currency);
  const direction = directionOf(entry);
  const status = statusOf(entry);
  const reversal = /^(?:true|1)$/.test(textAt(entry, "RvslInd") ?? "");
  const bookingDay = dayOf(entry, "BookgDt");
  const valueDay = dayOf(entry, "ValDt");
  const money: Money = { amountMinor: amount.minor, direction: direction ?? "credit", currency, reversal };
  const settled = settleDetails(entry, drafts, money);
  const problem = firstProblem(
    amount.problem,
    direction === null ? problems.unreadable(entry.line, "CdtDbtInd") : null,
    status === null ? problems.unreadable(entry.line, "Sts") : null,
    currency === statementCurrency ? null : problems.entryCurrency(entry.line, currency, statementCurrency),
    settled.problem,
    bookingDay === "unreadable" ? problems.dayMissing(entry.line, "BookgDt") : null,
    valueDay === "unreadable" ? problems.dayMissing(entry.line, "ValDt") : null,
  );
  return {
    type: "entry",
    ordinal,
    amountMinor: amount.minor,
    direction: money.direction,
    currency,
    status: status ?? "info",
    bookingDay: bookingDay === "unreadable" ? null : bookingDay,
    valueDay: valueDay === "unreadable" ? null : valueDay,
    reversal,
    bankReference: reference(entry, "AcctSvcrRef"),
    entryReference: reference(entry, "NtryRef"),
    bankCode: bankCodeOf(entry),
    chargesMinor: chargesOf(entry, currency),
    statedTransactionCount: statedTransactions(entry),
    rawLine: entry.line,
    transactions: settled.transactions,
    mayRepeatSerial: false,
    problem,
  };
};
