/** Reading a camt.053 into statements whose arithmetic holds; every refusal stands here. */
import { createHash } from "node:crypto";
import {
  type BankEvent,
  type BankProblem,
  type BankProfile,
  type EntryEvent,
  joinPages,
  readBankFile,
  type StatementEndEvent,
  type StatementEvent,
  type StatementPart,
  type WholeStatement,
} from "#src/bank/channels/index.ts";
import { type Day, isDay } from "#src/kernel/day.ts";
import { fail, must } from "#src/kernel/errors.ts";
import type { StatementRow } from "./statement-queries.ts";

/** A daily statement of a collection account has tens of entries; this many are another kind of file. */
const MOST_ENTRIES = 100_000;

export type StatementEntry = {
  readonly key: Uint8Array;
  readonly rowNo: number;
  readonly direction: "credit" | "debit";
  readonly amountFen: bigint;
  readonly bookingDay: Day;
  readonly valueDay: Day;
  readonly reversal: boolean;
  readonly reference: string;
  readonly payerName: string;
  readonly text: string;
};

export type ReadStatement = StatementRow & { readonly entries: readonly StatementEntry[] };

const entryText = (entry: EntryEvent): string =>
  entry.transactions
    .flatMap((one) => [
      ...one.remittance,
      ...one.structuredReferences,
      one.endToEndId ?? "",
      one.batchId ?? "",
    ])
    .concat(entry.entryReference ?? "")
    .filter((part) => part !== "")
    .join(" ")
    .replaceAll("\0", "")
    .slice(0, 2000);

/** What an entry is known by, without the number among equals. */
const fingerprint = (entry: EntryEvent, text: string): string =>
  JSON.stringify([
    entry.bookingDay,
    entry.valueDay,
    entry.direction,
    String(entry.amountMinor),
    entry.bankReference,
    entry.entryReference,
    entry.transactions[0]?.payerAccount ?? null,
    text,
  ]);

/** An entry before it is known how many equal ones stand before it in its statement. */
type BareEntry = Omit<StatementEntry, "key"> & { readonly print: string };
type Part = StatementPart & { readonly entries: readonly BareEntry[] };

const refuseProblem = (problem: BankProblem): never => {
  const { code, message, row, field, remedy } = problem;
  return fail(code, `${message}; nothing of the file was taken`, {
    row,
    remedy,
    ...(field !== null && { field }),
  });
};

const refuseTooLarge = (): never =>
  fail("statement.too-large", "a statement with more than 100,000 entries is no collection account's", {
    remedy: "ask the bank for batch entries, or for shorter periods",
  });

const bareEntry = (entry: EntryEvent): BareEntry => {
  const bookingDay = entry.bookingDay ?? entry.valueDay;
  if (bookingDay === null) {
    fail("entry.day-unreadable", `the entry at line ${entry.rawLine} has no day`, {
      row: entry.rawLine,
      remedy: "Ask the bank for a correct statement.",
    });
  }
  const text = entryText(entry);
  return {
    print: fingerprint(entry, text),
    rowNo: entry.rawLine,
    direction: entry.direction,
    amountFen: entry.amountMinor,
    bookingDay,
    valueDay: entry.valueDay ?? bookingDay,
    reversal: entry.reversal,
    reference: (entry.bankReference ?? entry.entryReference ?? "").slice(0, 200),
    payerName: (entry.transactions[0]?.payerName ?? "").replaceAll("\0", ""),
    text,
  };
};

/** Entries with the key by which they are known again: what they say, and their number among equals. */
const keyed = (entries: readonly BareEntry[]): StatementEntry[] => {
  const equals = new Map<string, number>();
  return entries.map(({ print, ...entry }) => {
    const number = (equals.get(print) ?? 0) + 1;
    equals.set(print, number);
    return { key: createHash("sha256").update(`${print}#${number}`).digest(), ...entry };
  });
};

/** Gathers the parts of a file while its events pass. */
class Gathering {
  readonly parts: Part[] = [];
  #head: StatementEvent | null = null;
  #entries: BareEntry[] = [];
  #messagePage: StatementPart["messagePage"] = null;

  take(event: BankEvent): void {
    switch (event.type) {
      case "file":
        this.#messagePage = event.page;
        return;
      case "statement":
        this.#begin(event);
        return;
      case "entry":
        this.#takeEntry(event);
        return;
      case "statementEnd":
        this.#end(event);
        return;
      case "fileEnd":
    }
  }

  #begin(head: StatementEvent): void {
    if (head.kind !== "booked") {
      fail(
        "statement.not-booked",
        "this is an intraday report or a notification; it repeats the statement's money",
        { remedy: "import the end-of-day statement (camt.053)" },
      );
    }
    this.#head = head;
    this.#entries = [];
  }

  #takeEntry(entry: EntryEvent): void {
    if (entry.problem?.severity === "refuse") refuseProblem(entry.problem);
    if (entry.status !== "booked" || entry.amountMinor === 0n) return;
    if (this.#entries.length >= MOST_ENTRIES) refuseTooLarge();
    this.#entries.push(bareEntry(entry));
  }

  #end(end: StatementEndEvent): void {
    const refused = end.problems.find((problem) => problem.severity === "refuse");
    if (refused !== undefined) refuseProblem({ ...refused, field: null });
    const head = must(this.#head, "a statement before its end");
    this.parts.push({ head, end, messagePage: this.#messagePage, entries: this.#entries });
  }
}

const refuseOtherCurrency = ({ currency }: StatementEvent): void => {
  if (currency === "CNY") return;
  fail("statement.currency", `the books are in CNY, this statement is in ${currency || "no currency"}`, {
    remedy: "import statements of CNY accounts",
  });
};

const endOf = (head: StatementEvent, entries: readonly BareEntry[]): Day => {
  const until = head.to?.slice(0, 10) ?? "";
  const days = entries.map((entry) => entry.bookingDay).toSorted();
  const endsOn = isDay(until) ? until : (days.at(-1) ?? null);
  if (endsOn === null) {
    fail("statement.incomplete", "the statement says neither its period nor the day of an entry", {
      remedy: "Ask the bank for a complete statement.",
    });
  }
  return endsOn;
};

/** One statement from its pages, whose arithmetic holds. */
const statementOf = (whole: WholeStatement<Part>): ReadStatement => {
  const { head } = must(whole.parts[0], "the first page of a statement");
  refuseOtherCurrency(head);
  if (whole.problem !== null) refuseProblem(whole.problem);
  const { account } = head;
  const { openingMinor, closingMinor } = whole;
  if (account === null || openingMinor === null || closingMinor === null) {
    fail("statement.incomplete", "the statement does not say its account, opening and closing balance", {
      remedy: "Ask the bank for a complete statement.",
    });
  }
  const entries = whole.parts.flatMap((part) => part.entries);
  if (entries.length > MOST_ENTRIES) refuseTooLarge();
  const sum = (direction: "credit" | "debit"): bigint =>
    entries.reduce((total, entry) => (entry.direction === direction ? total + entry.amountFen : total), 0n);
  const creditsFen = sum("credit");
  const debitsFen = sum("debit");
  if (openingMinor + creditsFen - debitsFen !== closingMinor) {
    fail("statement.balance-mismatch", "opening balance and entries do not lead to the closing balance", {
      remedy: "Ask the bank for the statement again, with all its pages; nothing of it was taken.",
      facts: { differenceFen: String(closingMinor - openingMinor - creditsFen + debitsFen) },
    });
  }
  const endsOn = endOf(head, entries);
  return {
    bankAccountNo: account.replaceAll(" ", ""),
    bankStatementId: head.bankStatementId ?? "",
    sequence: head.sequence ?? "",
    period: `${head.from ?? ""}/${head.to ?? endsOn}`,
    endsOn,
    openingFen: openingMinor,
    closingFen: closingMinor,
    creditsFen,
    debitsFen,
    entries: keyed(entries),
  };
};

/**
 * Reads all statements of a file; the pages of one are taken together. Only booked entries count, and the direction alone
 * moves the balance.
 * @throws DomainError `file.*`, `entry.*`, `statement.*`
 */
export const readStatements = async (
  source: AsyncIterable<Uint8Array>,
  profile: BankProfile,
): Promise<readonly ReadStatement[]> => {
  const gathering = new Gathering();
  for await (const events of readBankFile(source, profile)) {
    for (const event of events) gathering.take(event);
  }
  return joinPages(gathering.parts).map(statementOf);
};
