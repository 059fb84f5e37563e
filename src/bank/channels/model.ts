/**
 * The one stream of events that every bank file becomes, whatever its format. The order is
 * `(file (statement entry* statementEnd)*)+ fileEnd` (an envelope may hold several messages, each begins with its
 * own `file`); a reader that cannot reach `fileEnd` throws a `DomainError`.
 *
 * What the stream promises to the importer:
 * - Nothing may be posted before `fileEnd`: a truncated file, a wrong trailer and a wrong byte are thrown, and they
 *   can stand anywhere, also in the last line.
 * - `amountMinor` is the magnitude in the smallest unit of the entry's own currency (fen, cents, fils) and is never
 *   negative; `direction` alone says whether our balance rises (`credit`) or falls (`debit`). `reversal` and
 *   `kind` explain, they never flip a sign.
 * - Only `status: "booked"` entries are money. `pending` and `info` are shown and never counted.
 * - An entry has at least one transaction, unless its `problem` refuses it. `synthetic` means that the bank gave no detail and the transaction is
 *   the entry itself.
 * - Fields that the bank left out are `null`, never "" and never a filler such as NOTPROVIDED.
 * - Texts are the bank's, trimmed; they may hold personal data and belong in no message and no log.
 */
import type { Day } from "#src/kernel/day.ts";

export type StatementKind = "booked" | "intraday" | "notification" | "collection";
export type Direction = "credit" | "debit";
export type EntryStatus = "booked" | "pending" | "info";
export type TransactionKind = "payment" | "reversal" | "refund";

/**
 * A line, an entry or a statement that cannot be taken as it is. The reader goes on, so that one reading shows all.
 * `refuse`: its money is not certain, the file may not be posted as it stands.
 * `review`: its money is certain, something about it is not; post it as a whole and let a person look.
 */
export type BankProblem = {
  readonly code: string;
  readonly message: string;
  /** 1-based line of the file. */
  readonly row: number;
  readonly field: string | null;
  readonly remedy: string;
  readonly severity: "refuse" | "review";
};

export type Page = { readonly number: number; readonly last: boolean };

export type FileEvent = {
  readonly type: "file";
  /** `delimited`, or the message name such as `camt.053`. */
  readonly format: string;
  /** Of a message such as `001.08`; null when the file does not say. */
  readonly version: string | null;
  readonly encoding: string;
  readonly profile: string;
  readonly profileVersion: number;
  readonly messageId: string | null;
  /** As the bank wrote it. */
  readonly createdAt: string | null;
  /** Of a message that the bank cut into several files. Pages belong to one statement, not to several days. */
  readonly page: Page | null;
  /** From a summary line at the head or from the profile: the bank's day that the file is about. */
  readonly bankDay: Day | null;
};

/** Counts and sums that the bank states about one statement; null where it is silent. */
export type StatedTotals = {
  readonly count: number | null;
  readonly creditCount: number | null;
  readonly debitCount: number | null;
  readonly creditsMinor: bigint | null;
  readonly debitsMinor: bigint | null;
};

export type StatementEvent = {
  readonly type: "statement";
  /** 1-based within the file. */
  readonly ordinal: number;
  readonly kind: StatementKind;
  /** The account of ours that the bank keeps, as written; null in files of a collection channel. */
  readonly account: string | null;
  /** Not unique on its own: a key is account + id + sequence + period. */
  readonly bankStatementId: string | null;
  readonly sequence: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly page: Page | null;
  /** The bank says that it sends this again (COPY, CODU, DUPL). */
  readonly copy: string | null;
  /** ISO 4217; empty when neither account, entry nor balance names one. */
  readonly currency: string;
  /** Booked balances, negative when we owe; available and forward balances are never taken. */
  readonly openingMinor: bigint | null;
  readonly closingMinor: bigint | null;
  readonly stated: StatedTotals;
  /** 1-based line of the file where the statement begins. */
  readonly rawLine: number;
};

export type BankTransaction = {
  /** 1-based within the entry. */
  readonly ordinal: number;
  readonly amountMinor: bigint;
  readonly direction: Direction;
  readonly kind: TransactionKind;
  readonly endToEndId: string | null;
  readonly instructionId: string | null;
  readonly transactionId: string | null;
  readonly mandateId: string | null;
  readonly batchId: string | null;
  /** The bank's or the platform's serial (流水号): unique within bank and day at best. */
  readonly serial: string | null;
  /** The serial of the payment that this one reverses or refunds. */
  readonly originalSerial: string | null;
  /** Our account number (户号) as the bank knows it: half width, trimmed, leading zeros kept. */
  readonly accountNo: string | null;
  readonly payerName: string | null;
  readonly payerAccount: string | null;
  /** Free text in the bank's order; not joined, because banks cut in the middle of words. */
  readonly remittance: readonly string[];
  /** Creditor references with check digits (RF, QR). */
  readonly structuredReferences: readonly string[];
  /** Sub-channel as the bank writes it (counter, app, WeChat …). */
  readonly channelCode: string | null;
  readonly returnReason: string | null;
  /** The bank's wall clock as ISO text with +08:00; null when only the day is known. */
  readonly paidAt: string | null;
  readonly synthetic: boolean;
};

export type EntryEvent = {
  readonly type: "entry";
  /** 1-based within the statement. */
  readonly ordinal: number;
  readonly amountMinor: bigint;
  readonly direction: Direction;
  readonly currency: string;
  readonly status: EntryStatus;
  readonly bookingDay: Day | null;
  readonly valueDay: Day | null;
  /** The entry undoes an earlier one. It explains; it never flips `direction`. */
  readonly reversal: boolean;
  /** The bank's reference of the entry (AcctSvcrRef); repeats in real files. */
  readonly bankReference: string | null;
  readonly entryReference: string | null;
  readonly bankCode: string | null;
  /** Charges inside the amount, when the bank states them in the entry's currency. */
  readonly chargesMinor: bigint | null;
  /** What the bank says of a batch; may disagree with `transactions.length`, and then only the transactions count. */
  readonly statedTransactionCount: number | null;
  /** 1-based line of the file where the entry begins. */
  readonly rawLine: number;
  readonly transactions: readonly BankTransaction[];
  /**
   * The same serial and kind probably stood earlier in this file. Never misses a repetition; about one entry in a
   * hundred thousand is named wrongly. `resolveRepeatedSerials` (or a unique index in staging) tells for certain.
   */
  readonly mayRepeatSerial: boolean;
  readonly problem: BankProblem | null;
};

/** `differenceMinor` = stated minus computed; null when there is nothing to compare. */
export type TotalsCheck = {
  readonly kind: "ok" | "mismatch" | "not-stated";
  readonly differenceMinor: bigint | null;
};

export type StatementEndEvent = {
  readonly type: "statementEnd";
  readonly ordinal: number;
  readonly account: string | null;
  readonly currency: string;
  /** All entries, and those that are booked money. */
  readonly entryCount: number;
  readonly bookedCount: number;
  readonly transactionCount: number;
  /** Of booked entries that can be read. */
  readonly creditsMinor: bigint;
  readonly debitsMinor: bigint;
  readonly openingMinor: bigint | null;
  readonly closingMinor: bigint | null;
  readonly stated: StatedTotals;
  /** opening + credits - debits against closing, over booked entries. */
  readonly check: TotalsCheck;
  /** Entries whose `problem` has severity `refuse`, and `review`. */
  readonly refusedCount: number;
  readonly reviewCount: number;
  /** What is wrong with the statement as a whole: balance, stated totals, mixed currencies. */
  readonly problems: readonly BankProblem[];
};

export type FileEndEvent = {
  readonly type: "fileEnd";
  readonly statedCount: number | null;
  /** In the unit of the entries, whatever unit the summary line was written in. */
  readonly statedTotalMinor: bigint | null;
  readonly computedCount: number;
  /** By the profile's rule (net or gross); for camt the net of booked entries of a single currency, else 0. */
  readonly computedTotalMinor: bigint;
  readonly statementCount: number;
  readonly entryCount: number;
  /** `ok`, or `not-stated` where the profile demands no totals; a mismatch was thrown, unless refused rows hide it. */
  readonly check: TotalsCheck;
  readonly refusedCount: number;
  readonly reviewCount: number;
  readonly bytes: number;
  readonly lines: number;
};

export type BankEvent = FileEvent | StatementEvent | EntryEvent | StatementEndEvent | FileEndEvent;

/** How many events a reader gathers before it hands them on: large enough to be fast, small enough to stay flat. */
export const EVENTS_PER_BATCH = 500;
