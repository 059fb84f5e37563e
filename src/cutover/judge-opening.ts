/** When a file of opening balances is refused whole, in this order: nothing in it, rows, households, totals. */
import { DomainError, type ErrorDetail } from "#src/kernel/errors.ts";
import { type Fen, fen, formatYuanGrouped } from "#src/kernel/money.ts";
import type { Sql } from "#src/platform/sql.ts";
import { OPENING_WARNINGS } from "./opening-row.ts";
import { countPendingOfSeason, type JudgedRow, type OpeningFigures } from "./queries.ts";

/** The control totals of the old system's trial balance (试算平衡表). */
export type TrialBalance = {
  readonly receivableFen: Fen;
  readonly prepaidFen: Fen;
  readonly suspenseFen: Fen;
};

/** A refusal that knows its rows, for the error file. */
export class OpeningRefused extends DomainError {
  readonly judged: readonly JudgedRow[];

  constructor(code: string, message: string, detail: ErrorDetail, judged: readonly JudgedRow[]) {
    super(code, message, detail);
    this.judged = judged;
  }
}

/** The number of a bill among its season's opening bills is a smallint. */
const MOST_PENDING_OF_SEASON = 30_000;
const ROWS_NAMED = 20;

const SIDES = ["receivable", "prepaid", "suspense"] as const;

const refuseRows = (judged: readonly JudgedRow[]): void => {
  const rows = judged.filter(({ reason }) => !Object.hasOwn(OPENING_WARNINGS, reason));
  const [first] = rows;
  if (first === undefined) return;
  const posted = rows.filter(({ reason }) => reason === "account-has-postings");
  const unreadable = rows.length - posted.length;
  const facts = {
    rows: rows.length,
    first: rows.slice(0, ROWS_NAMED).map(({ rowNo, reason }) => ({ row: rowNo, reason })),
  };
  if (unreadable > 0) {
    throw new OpeningRefused(
      "opening.rows-refused",
      `${unreadable} rows cannot be read or contradict each other`,
      { row: first.rowNo, remedy: "mend the rows that --errors lists and load the whole file again", facts },
      judged,
    );
  }
  throw new OpeningRefused(
    "opening.account-has-postings",
    `${posted.length} rows are of households that money has moved for already`,
    {
      row: first.rowNo,
      remedy:
        "an opening comes before everything else of a household; take these rows out of file and totals",
      facts,
    },
    judged,
  );
};

const refuseTotals = (
  figures: OpeningFigures,
  trialBalance: TrialBalance,
  judged: readonly JudgedRow[],
): void => {
  const sides = SIDES.map((side) => {
    const expectedFen = trialBalance[`${side}Fen`];
    const foundFen = fen(figures[`${side}Fen`]);
    return { side, expectedFen, foundFen, differenceFen: fen(foundFen - expectedFen) };
  });
  const wrong = sides.filter(({ differenceFen }) => differenceFen !== 0n);
  if (wrong.length === 0) return;
  const sentences = wrong.map(
    ({ side, expectedFen, foundFen, differenceFen }) =>
      `${side} ${formatYuanGrouped(foundFen)} instead of ${formatYuanGrouped(expectedFen)} (${formatYuanGrouped(differenceFen)})`,
  );
  throw new OpeningRefused(
    "opening.totals-differ",
    `the file does not equal the trial balance: ${sentences.join(", ")}`,
    {
      remedy: "find the rows that are missing or twice in the old system's export; nothing was loaded",
      facts: Object.fromEntries(sides.map(({ side, ...amounts }) => [side, amounts])),
    },
    judged,
  );
};

/** @throws OpeningRefused `opening.empty`, `opening.rows-refused`, `opening.account-has-postings`, `opening.too-many-unknown`, `opening.totals-differ` */
export const judgeOpening = async (
  sql: Sql,
  file: {
    readonly figures: OpeningFigures;
    readonly judged: readonly JudgedRow[];
    readonly trialBalance: TrialBalance;
  },
): Promise<void> => {
  const { figures, judged, trialBalance } = file;
  if (figures.rows === 0) {
    throw new OpeningRefused("opening.empty", "the file has no rows", { remedy: "choose another file" }, []);
  }
  refuseRows(judged);
  const pending = await countPendingOfSeason(sql);
  if (pending > MOST_PENDING_OF_SEASON) {
    throw new OpeningRefused(
      "opening.too-many-unknown",
      `${pending} debts of one season are of households that are not on the roll`,
      { remedy: "import the roll first, with the old numbers as aliases" },
      judged,
    );
  }
  refuseTotals(figures, trialBalance, judged);
};
