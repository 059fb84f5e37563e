/** Head of a statement: which account, which balances, which totals the bank states; and the proof at its end. */
import { exponentOf, formatMinor, parseMinor } from "./decimal.ts";
import type { BankProblem, StatedTotals, TotalsCheck } from "./model.ts";
import { ofStatement } from "./problems.ts";
import { type XmlNode, descend, textAt } from "./xml-tree.ts";

const ASK = "Fetch the statement again; if it stays, ask the bank. Nothing of the statement may be posted.";

export type Balances = {
  readonly openingMinor: bigint | null;
  readonly closingMinor: bigint | null;
  readonly problems: readonly BankProblem[];
};

const codeOf = (balance: XmlNode): string =>
  textAt(balance, "Tp", "CdOrPrtry", "Cd") ?? textAt(balance, "Tp", "Cd") ?? "";

/**
 * Opening and closing among the balances of a statement. Opening is OPBD, else the previous day's close (PRCD);
 * closing is CLBD. An interim balance (ITBD) stands in for what is missing: the only one, or the last of several, as
 * closing; the first as opening where a page has a close of its own or two of them. Available and forward balances
 * (CLAV, FWAV …) hold money of other days and are never taken.
 */
const pickBalances = (balances: readonly XmlNode[]): { opening: XmlNode | null; closing: XmlNode | null } => {
  const first = (code: string): XmlNode | null =>
    balances.find((balance) => codeOf(balance) === code) ?? null;
  const interim = balances.filter((balance) => codeOf(balance) === "ITBD");
  const booked = first("CLBD");
  const closing = booked ?? interim.at(-1) ?? null;
  const spare = booked === null ? interim.slice(0, -1) : interim;
  return { opening: first("OPBD") ?? first("PRCD") ?? spare[0] ?? null, closing };
};

/** The currency a statement is in: its account's, else its entries', else its balances'. */
export const statementCurrency = (
  accountCurrency: string | null,
  entryCurrency: string | null,
  balances: readonly XmlNode[],
): string => accountCurrency ?? entryCurrency ?? descend(balances[0] ?? null, "Amt")?.currency ?? "";

/** Reads the balances in minor units of `currency`, negative when we owe. What is wrong comes back as problems. */
export const readBalances = (balances: readonly XmlNode[], currency: string): Balances => {
  const problems: BankProblem[] = [];
  const read = (balance: XmlNode | null): bigint | null => {
    if (balance === null) return null;
    const amount = descend(balance, "Amt");
    const parsed = parseMinor(amount?.text.trim() ?? "", exponentOf(currency));
    const indicator = textAt(balance, "CdtDbtInd");
    if (parsed.kind !== "amount" || (indicator !== "CRDT" && indicator !== "DBIT")) {
      const message = `the balance at line ${balance.line} cannot be read`;
      problems.push(ofStatement("statement.balance-unreadable", message, balance.line, "Bal", ASK));
      return null;
    }
    const other = amount?.currency ?? currency;
    if (other !== currency) {
      const message = `the balance at line ${balance.line} is in ${other}, the statement in ${currency}`;
      problems.push(ofStatement("statement.currency-mixed", message, balance.line, "Bal", ASK));
    }
    return indicator === "DBIT" ? -parsed.minor : parsed.minor;
  };
  const { opening, closing } = pickBalances(balances);
  return { openingMinor: read(opening), closingMinor: read(closing), problems };
};

const countAt = (node: XmlNode | null, ...path: string[]): number | null => {
  const text = textAt(node, ...path);
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
};

const sumAt = (node: XmlNode | null, currency: string, ...path: string[]): bigint | null => {
  const parsed = parseMinor(textAt(node, ...path) ?? "", exponentOf(currency));
  return parsed.kind === "amount" ? parsed.minor : null;
};

/** TxsSummry: what the bank says it sent. Optional, and sometimes wrong: it is compared, never used. */
export const readStated = (summary: XmlNode | null, currency: string): StatedTotals => ({
  count: countAt(summary, "TtlNtries", "NbOfNtries"),
  creditCount: countAt(summary, "TtlCdtNtries", "NbOfNtries"),
  debitCount: countAt(summary, "TtlDbtNtries", "NbOfNtries"),
  creditsMinor: sumAt(summary, currency, "TtlCdtNtries", "Sum"),
  debitsMinor: sumAt(summary, currency, "TtlDbtNtries", "Sum"),
});

/** One side of a statement's arithmetic: all entries, or the booked ones. */
export type Tally = {
  count: number;
  creditCount: number;
  debitCount: number;
  credits: bigint;
  debits: bigint;
};

export const newTally = (): Tally => ({ count: 0, creditCount: 0, debitCount: 0, credits: 0n, debits: 0n });

const agrees = (stated: StatedTotals, tally: Tally): boolean =>
  (stated.count === null || stated.count === tally.count) &&
  (stated.creditCount === null || stated.creditCount === tally.creditCount) &&
  (stated.debitCount === null || stated.debitCount === tally.debitCount) &&
  (stated.creditsMinor === null || stated.creditsMinor === tally.credits) &&
  (stated.debitsMinor === null || stated.debitsMinor === tally.debits);

/** The stated totals must fit all entries or all booked ones (banks differ in what they count). */
export const summaryProblem = (
  stated: StatedTotals,
  all: Tally,
  booked: Tally,
  row: number,
): BankProblem | null => {
  if (agrees(stated, all) || agrees(stated, booked)) return null;
  const message = `the statement's own totals (${stated.count ?? "?"} entries) do not fit its ${all.count} entries`;
  return ofStatement("statement.summary-mismatch", message, row, "TxsSummry", ASK);
};

/** opening + credits - debits against closing, at face value: mixed currencies are a problem of their own. */
export const checkBalance = (opening: bigint | null, closing: bigint | null, booked: Tally): TotalsCheck => {
  if (opening === null || closing === null) return { kind: "not-stated", differenceMinor: null };
  const differenceMinor = closing - (opening + booked.credits - booked.debits);
  return { kind: differenceMinor === 0n ? "ok" : "mismatch", differenceMinor };
};

/** A page of several may repeat the balances of the whole; then only the pages together can be proved. */
export const balanceProblem = (
  check: TotalsCheck,
  currency: string,
  row: number,
  isWhole: boolean,
): BankProblem | null => {
  if (check.kind !== "mismatch" || check.differenceMinor === null) return null;
  const off = formatMinor(check.differenceMinor, currency);
  const message = `opening + credits - debits misses the closing balance by ${off} ${currency}`;
  const problem = ofStatement("statement.balance-mismatch", message, row, "Bal", ASK);
  if (isWhole) return problem;
  return { ...problem, severity: "review", remedy: "This is one page of several: prove the pages together." };
};
