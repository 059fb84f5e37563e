/**
 * A statement of several pages is one statement: its pages stand one after the other in a file (StmtPgntn), or in messages
 * of a file (MsgPgntn). Each may repeat the balances of the whole, or carry those up to it (ITBD), or none: what counts is
 * the opening of the first page, the closing of the last, and the entries of all. Pure.
 */
import { formatMinor } from "./decimal.ts";
import type { BankProblem, Page, StatementEndEvent, StatementEvent } from "./model.ts";
import { ofStatement } from "./problems.ts";

export type StatementPart = {
  readonly head: StatementEvent;
  readonly end: StatementEndEvent;
  /** Of its message, where the statement itself names no page. */
  readonly messagePage: Page | null;
};

export type WholeStatement<Part extends StatementPart> = {
  /** In the order of the pages; one where the bank cut nothing. */
  readonly parts: readonly Part[];
  readonly openingMinor: bigint | null;
  readonly closingMinor: bigint | null;
  /** Why the pages do not make a statement. */
  readonly problem: BankProblem | null;
};

const pageOf = (part: StatementPart): Page | null => part.head.page ?? part.messagePage;

const isWhole = (part: StatementPart): boolean => {
  const page = pageOf(part);
  return page === null || (page.number === 1 && page.last);
};

/** Pages of one statement say the same of what they are about. */
const keyOf = ({ head }: StatementPart): string =>
  JSON.stringify([head.account, head.bankStatementId, head.sequence, head.from, head.to, head.currency]);

const FETCH = "Fetch the statement again with all its pages in one file; nothing of it was taken.";

/** Every page number that is not there, up to the last; the page after the highest where none says that it is the last. */
const missingPages = (pages: readonly Page[]): number[] => {
  const highest = Math.max(...pages.map((page) => page.number));
  const until = pages.some((page) => page.last) ? highest : highest + 1;
  const there = new Set(pages.map((page) => page.number));
  return Array.from({ length: until }, (_, index) => index + 1).filter((number) => !there.has(number));
};

const join = <Part extends StatementPart>(found: readonly Part[]): WholeStatement<Part> => {
  const parts = found.toSorted((a, b) => (pageOf(a)?.number ?? 0) - (pageOf(b)?.number ?? 0));
  const [first] = parts;
  const openingMinor = first?.end.openingMinor ?? null;
  const closingMinor = parts.at(-1)?.end.closingMinor ?? null;
  const whole = { parts, openingMinor, closingMinor };
  if (first === undefined || (parts.length === 1 && isWhole(first))) return { ...whole, problem: null };
  const row = first.head.rawLine;
  const pages = parts.map(pageOf).filter((page) => page !== null);
  const numbers = pages.map((page) => page.number);
  const twice = numbers.find((number, index) => numbers.indexOf(number) !== index);
  const id = first.head.bankStatementId ?? "";
  const refuse = (problem: BankProblem): WholeStatement<Part> => ({ ...whole, problem });
  if (twice !== undefined) {
    const message = `page ${twice} of statement ${id} stands twice in the file`;
    return refuse(ofStatement("statement.page-twice", message, row, "PgNb", FETCH));
  }
  const net = parts.reduce((sum, { end }) => sum + end.creditsMinor - end.debitsMinor, 0n);
  const off = openingMinor === null || closingMinor === null ? null : closingMinor - openingMinor - net;
  const missing = missingPages(pages);
  // Pages of a message are not pages of this statement: a statement that adds up may stand whole on one of them.
  const ownPages = parts.every((part) => part.head.page !== null);
  if (missing.length > 0 && (ownPages || off !== 0n)) {
    const message = `statement ${id} lacks page ${missing.join(", ")}`;
    return refuse(ofStatement("statement.page-missing", message, row, "PgNb", FETCH));
  }
  if (off !== null && off !== 0n) {
    const { currency } = first.head;
    const message = `the ${parts.length} pages of statement ${id} together miss the closing balance by ${formatMinor(off, currency)} ${currency}`;
    return refuse(ofStatement("statement.balance-mismatch", message, row, "Bal", FETCH));
  }
  return { ...whole, problem: null };
};

/** The statements of a file, each from its pages, in the order in which they begin. */
export const joinPages = <Part extends StatementPart>(parts: readonly Part[]): WholeStatement<Part>[] => {
  const statements = new Map<string, Part[]>();
  for (const [index, part] of parts.entries()) {
    // What has no pages stands for itself, however often it comes.
    const key = isWhole(part) ? `whole ${index}` : keyOf(part);
    statements.set(key, [...(statements.get(key) ?? []), part]);
  }
  return [...statements.values()].map(join);
};
