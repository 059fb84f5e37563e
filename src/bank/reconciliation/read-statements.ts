/** Reading a camt.053 into statements whose arithmetic holds; every refusal stands here. */
import { createHash } from "node:crypto";
import {
  type BankProfile,
  type EntryEvent,
  readBankFile,
  type StatementEvent,
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

class Gathering {
  readonly statements: ReadStatement[] = [];
  #head: StatementEvent | null = null;
  #entries: StatementEntry[] = [];
  #equals = new Map<string, number>();
  #last: Day | null = null;

  begin(head: StatementEvent): void {
    if (head.kind !== "booked") {
      fail(
        "statement.not-booked",
        "this is an intraday report or a notification; it repeats the statement's money",
        {
          remedy: "import the end-of-day statement (camt.053)",
        },
      );
    }
    this.#head = head;
    this.#entries = [];
    this.#equals = new Map();
    this.#last = null;
  }

  take(entry: EntryEvent): void {
    if (entry.problem?.severity === "refuse") {
      const { code, message, row, field, remedy } = entry.problem;
      fail(code, `${message}; nothing of the file was taken`, {
        row,
        remedy,
        ...(field !== null && { field }),
      });
    }
    if (entry.status !== "booked" || entry.amountMinor === 0n) return;
    if (this.#entries.length >= MOST_ENTRIES) {
      fail("statement.too-large", "a statement with more than 100,000 entries is no collection account's", {
        remedy: "ask the bank for batch entries, or for shorter periods",
      });
    }
    const bookingDay = entry.bookingDay ?? entry.valueDay;
    if (bookingDay === null) {
      fail("entry.day-unreadable", `the entry at line ${entry.rawLine} has no day`, {
        row: entry.rawLine,
        remedy: "Ask the bank for a correct statement.",
      });
    }
    const text = entryText(entry);
    const print = fingerprint(entry, text);
    const number = (this.#equals.get(print) ?? 0) + 1;
    this.#equals.set(print, number);
    if (this.#last === null || bookingDay > this.#last) this.#last = bookingDay;
    this.#entries.push({
      key: createHash("sha256").update(`${print}#${number}`).digest(),
      rowNo: entry.rawLine,
      direction: entry.direction,
      amountFen: entry.amountMinor,
      bookingDay,
      valueDay: entry.valueDay ?? bookingDay,
      reversal: entry.reversal,
      reference: (entry.bankReference ?? entry.entryReference ?? "").slice(0, 200),
      payerName: (entry.transactions[0]?.payerName ?? "").replaceAll("\0", ""),
      text,
    });
  }

  end(): void {
    const head = must(this.#head, "a statement before its end");
    const { account, openingMinor, closingMinor } = head;
    if (head.currency !== "CNY") {
      fail(
        "statement.currency",
        `the books are in CNY, this statement is in ${head.currency || "no currency"}`,
        {
          remedy: "import statements of CNY accounts",
        },
      );
    }
    if (account === null || openingMinor === null || closingMinor === null) {
      fail("statement.incomplete", "the statement does not say its account, opening and closing balance", {
        remedy: "Ask the bank for a complete statement.",
      });
    }
    const sum = (direction: "credit" | "debit"): bigint =>
      this.#entries.reduce(
        (total, entry) => (entry.direction === direction ? total + entry.amountFen : total),
        0n,
      );
    const creditsFen = sum("credit");
    const debitsFen = sum("debit");
    if (openingMinor + creditsFen - debitsFen !== closingMinor) {
      fail("statement.balance-mismatch", "opening balance and entries do not lead to the closing balance", {
        remedy: "Ask the bank for the statement again, with all its pages; nothing of it was taken.",
        facts: { differenceFen: String(closingMinor - openingMinor - creditsFen + debitsFen) },
      });
    }
    const until = head.to?.slice(0, 10) ?? "";
    const endsOn = isDay(until) ? until : this.#last;
    if (endsOn === null) {
      fail("statement.incomplete", "the statement says neither its period nor the day of an entry", {
        remedy: "Ask the bank for a complete statement.",
      });
    }
    this.statements.push({
      bankAccountNo: account.replaceAll(" ", ""),
      bankStatementId: head.bankStatementId ?? "",
      sequence: head.sequence ?? "",
      period: `${head.from ?? ""}/${head.to ?? endsOn}`,
      endsOn,
      openingFen: openingMinor,
      closingFen: closingMinor,
      creditsFen,
      debitsFen,
      entries: this.#entries,
    });
  }
}

/**
 * Reads all statements of a file. Only booked entries count, and the direction alone moves the balance.
 * @throws DomainError `file.*`, `entry.*`, `statement.*`
 */
export const readStatements = async (
  source: AsyncIterable<Uint8Array>,
  profile: BankProfile,
): Promise<readonly ReadStatement[]> => {
  const gathering = new Gathering();
  for await (const events of readBankFile(source, profile)) {
    for (const event of events) {
      if (event.type === "statement") gathering.begin(event);
      else if (event.type === "entry") gathering.take(event);
      else if (event.type === "statementEnd") {
        const refused = event.problems.find((problem) => problem.severity === "refuse");
        if (refused !== undefined) {
          fail(refused.code, `${refused.message}; nothing of the file was taken`, {
            row: refused.row,
            remedy: refused.remedy,
          });
        }
        gathering.end();
      }
    }
  }
  return gathering.statements;
};
