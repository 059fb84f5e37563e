/** What closing a shift posts, from what was expected and what was counted. Pure. */
import type { TransferRow } from "#src/money/ledger/index.ts";

export type ClosingFigures = {
  /** The float with which the drawer was opened; it stays in the drawer. */
  readonly openingCashFen: bigint;
  /** By the ledger: what came in by cash and stayed. */
  readonly cashTakenFen: bigint;
  readonly posTakenFen: bigint;
  /** All the cash in the drawer, the float included. */
  readonly countedCashFen: bigint;
  readonly posTotalFen: bigint;
};

export type Closing = {
  readonly expectedCashFen: bigint;
  /** Counted less expected: negative is short (短款), positive is over (长款). */
  readonly cashSurplusFen: bigint;
  readonly posSurplusFen: bigint;
  /** What goes to the bank with the deposit slip; 0 when not even the float is there. */
  readonly depositFen: bigint;
  /** Rows 17 and 18 of docs/postings.md. */
  readonly differences: readonly TransferRow[];
  /** Rows 15 and 16. */
  readonly deposits: readonly TransferRow[];
};

/** What is missing or too much, against the money account that it is missing from. */
const differenceOf = (code: "cash" | "pos_clearing", surplusFen: bigint): TransferRow[] => {
  if (surplusFen === 0n) return [];
  return surplusFen < 0n
    ? [{ debit: "cash_difference", credit: code, amountFen: -surplusFen }]
    : [{ debit: code, credit: "cash_difference", amountFen: surplusFen }];
};

const depositOf = (code: "cash" | "pos_clearing", amountFen: bigint): TransferRow[] =>
  amountFen > 0n ? [{ debit: "bank", credit: code, amountFen }] : [];

/** The cash above the float and the terminal's whole total go to the bank; differences are posted for themselves. */
export const closingOf = (figures: ClosingFigures): Closing => {
  const expectedCashFen = figures.openingCashFen + figures.cashTakenFen;
  const cashSurplusFen = figures.countedCashFen - expectedCashFen;
  const posSurplusFen = figures.posTotalFen - figures.posTakenFen;
  const aboveFloatFen = figures.countedCashFen - figures.openingCashFen;
  const depositFen = aboveFloatFen > 0n ? aboveFloatFen : 0n;
  return {
    expectedCashFen,
    cashSurplusFen,
    posSurplusFen,
    depositFen,
    differences: [...differenceOf("cash", cashSurplusFen), ...differenceOf("pos_clearing", posSurplusFen)],
    deposits: [...depositOf("cash", depositFen), ...depositOf("pos_clearing", figures.posTotalFen)],
  };
};
