/** One row of a delimited file becomes one entry with one transaction. This is the hot path: no regex per field. */
import { type Day, parseBankDay } from "#src/kernel/day.ts";
import { DomainError } from "#src/kernel/errors.ts";
import { exponentOf, parseMinor } from "./decimal.ts";
import type { Places } from "./delimited-columns.ts";
import type { Row } from "./delimited-rows.ts";
import { toHalfWidth, trimField } from "./field-text.ts";
import type { BankProblem, EntryEvent, TransactionKind } from "./model.ts";
import * as problems from "./problems.ts";
import type { DelimitedProfile } from "./profile-schema.ts";
import { SerialSieve } from "./serial-sieve.ts";

export type ReadRow = {
  readonly entry: EntryEvent;
  /** The amount with the sign that the bank wrote; null when it cannot be read. */
  readonly writtenMinor: bigint | null;
};

const NOTHING: readonly string[] = Object.freeze([]);
const SALT: Readonly<Record<TransactionKind, number>> = { payment: 0x51, reversal: 0x52, refund: 0x53 };

const twoDigits = (text: string, at: number, limit: number): boolean => {
  const high = text.charCodeAt(at) - 0x30;
  const low = text.charCodeAt(at + 1) - 0x30;
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 && high * 10 + low < limit;
};

/** `HHMMSS` or `HH:MM:SS` as `HH:MM:SS`; null when it is no time of day. */
const readTime = (text: string, withColons: boolean): string | null => {
  if (withColons) {
    const shaped = text.length === 8 && text.charAt(2) === ":" && text.charAt(5) === ":";
    return shaped && twoDigits(text, 0, 24) && twoDigits(text, 3, 60) && twoDigits(text, 6, 60) ? text : null;
  }
  const valid =
    text.length === 6 && twoDigits(text, 0, 24) && twoDigits(text, 2, 60) && twoDigits(text, 4, 60);
  return valid ? `${text.slice(0, 2)}:${text.slice(2, 4)}:${text.slice(4)}` : null;
};

/** What is wrong with a row whose amount and kind are known; the gravest first. */
const firstProblem = (
  line: number,
  minor: bigint,
  day: Day | null,
  clock: string | null | undefined,
  serial: string | null,
  accountNo: string | null,
): BankProblem | null => {
  if (minor <= 0n) return problems.notPositive(line);
  if (day === null) return problems.unreadable(line, "day");
  if (clock === undefined) return problems.unreadable(line, "time");
  if (serial === null) return problems.missing(line, "serial");
  return accountNo === null ? problems.accountMissing(line) : null;
};

/** Reads rows of one file; keeps the last day (rows of a file share it) and the sieve of serials. */
export class DelimitedRowReader {
  readonly #profile: DelimitedProfile;
  readonly #places: Places;
  readonly #bankDay: Day | null;
  readonly #strip: string;
  readonly #exponent: number;
  readonly #dayLength: number;
  readonly #dayPattern: "plain" | "dashed";
  readonly #kinds: ReadonlyMap<string, TransactionKind>;
  readonly #successCodes: ReadonlySet<string>;
  readonly #sieve = new SerialSieve();
  #dayText = "";
  #day: Day | null = null;

  constructor(profile: DelimitedProfile, places: Places, bankDay: Day | null) {
    this.#profile = profile;
    this.#places = places;
    this.#bankDay = bankDay;
    this.#strip = profile.layout.strip;
    this.#exponent = profile.amountUnit === "fen" ? 0 : exponentOf(profile.currency);
    this.#dayLength = profile.dayFormat.startsWith("yyyymmdd") ? 8 : 10;
    this.#dayPattern = this.#dayLength === 8 ? "plain" : "dashed";
    this.#kinds = new Map(Object.entries(profile.kinds));
    this.#successCodes = new Set(profile.successCodes);
  }

  #field(row: Row, place: number): string {
    return place < 0 ? "" : trimField(row.fields[place] ?? "", this.#strip);
  }

  #text(row: Row, place: number): string | null {
    const text = this.#field(row, place);
    return text === "" ? null : text;
  }

  #number(row: Row, place: number): string | null {
    const text = toHalfWidth(this.#field(row, place));
    return text === "" ? null : text;
  }

  #readDay(text: string): Day | null {
    const part = text.slice(0, this.#dayLength);
    if (part === this.#dayText) return this.#day;
    let found: Day | null = null;
    const plain = part.charCodeAt(4) >= 0x30 && part.charCodeAt(4) <= 0x39;
    if (part.length === this.#dayLength && plain === (this.#dayPattern === "plain")) {
      try {
        found = parseBankDay(part);
      } catch (error) {
        // A date that does not exist is a problem of the row, reported by the caller.
        if (!(error instanceof DomainError)) throw error;
      }
    }
    this.#dayText = part;
    this.#day = found;
    return found;
  }

  /** The bank's wall clock: undefined when it is there and wrong, null when the file has only days. */
  #readClock(row: Row, dayText: string): string | null | undefined {
    const { dayFormat, timeFormat } = this.#profile;
    if (timeFormat !== undefined) {
      const text = toHalfWidth(this.#field(row, this.#places.time));
      return text === "" ? null : (readTime(text, timeFormat === "hh:mm:ss") ?? undefined);
    }
    if (dayFormat === "yyyymmddhhmmss") return readTime(dayText.slice(8), false) ?? undefined;
    if (dayFormat === "yyyy-mm-dd hh:mm:ss") return readTime(dayText.slice(11), true) ?? undefined;
    return dayText.length === this.#dayLength ? null : undefined;
  }

  #kindOf(row: Row): TransactionKind | null {
    if (this.#places.kind < 0) return "payment";
    return this.#kinds.get(this.#field(row, this.#places.kind)) ?? null;
  }

  #moved(row: Row): boolean {
    return (
      this.#places.status < 0 || this.#successCodes.has(toHalfWidth(this.#field(row, this.#places.status)))
    );
  }

  /** A row that cannot be read at all: an entry without money that carries the problem. */
  #lost(row: Row, ordinal: number, problem: BankProblem): ReadRow {
    const entry: EntryEvent = {
      type: "entry",
      ordinal,
      amountMinor: 0n,
      direction: "credit",
      currency: this.#profile.currency,
      status: "booked",
      bookingDay: this.#bankDay,
      valueDay: null,
      reversal: false,
      bankReference: null,
      entryReference: null,
      bankCode: null,
      chargesMinor: null,
      statedTransactionCount: null,
      rawLine: row.line,
      transactions: [],
      mayRepeatSerial: false,
      problem,
    };
    return { entry, writtenMinor: null };
  }

  /** Reads one row. A row that is wrong comes back with a `problem`; only a file can be thrown out, and not here. */
  read(row: Row, ordinal: number): ReadRow {
    const places = this.#places;
    if (row.fields.length !== places.fieldCount) {
      return this.#lost(row, ordinal, problems.fieldCount(row.line, row.fields.length, places.fieldCount));
    }
    const amount = parseMinor(toHalfWidth(this.#field(row, places.amount)), this.#exponent);
    if (amount.kind === "unreadable")
      return this.#lost(row, ordinal, problems.unreadable(row.line, "amount"));
    if (amount.kind === "too-precise") {
      return this.#lost(row, ordinal, problems.tooPrecise(row.line, "amount", this.#profile.currency));
    }
    const kind = this.#kindOf(row);
    if (kind === null) return this.#lost(row, ordinal, problems.kindUnknown(row.line));
    const dayText = toHalfWidth(this.#field(row, places.day));
    const day = this.#readDay(dayText);
    const clock = this.#readClock(row, dayText);
    const serial = this.#number(row, places.serial);
    const accountNo = this.#number(row, places.accountNo);
    const problem = firstProblem(row.line, amount.minor, day, clock, serial, accountNo);
    const direction = kind === "payment" ? "credit" : "debit";
    const amountMinor = amount.minor < 0n ? -amount.minor : amount.minor;
    const remittance = this.#text(row, places.remittance);
    const entry: EntryEvent = {
      type: "entry",
      ordinal,
      amountMinor,
      direction,
      currency: this.#profile.currency,
      status: this.#moved(row) ? "booked" : "info",
      bookingDay: this.#bankDay ?? day,
      valueDay: day,
      reversal: kind !== "payment",
      bankReference: null,
      entryReference: null,
      bankCode: null,
      chargesMinor: null,
      statedTransactionCount: null,
      rawLine: row.line,
      transactions: [
        {
          ordinal: 1,
          amountMinor,
          direction,
          kind,
          endToEndId: null,
          instructionId: null,
          transactionId: null,
          mandateId: null,
          batchId: null,
          serial,
          originalSerial: this.#number(row, places.originalSerial),
          accountNo,
          payerName: this.#text(row, places.payerName),
          payerAccount: this.#number(row, places.payerAccount),
          remittance: remittance === null ? NOTHING : [remittance],
          structuredReferences: NOTHING,
          channelCode: this.#text(row, places.channel),
          returnReason: null,
          paidAt: day === null || clock === null || clock === undefined ? null : `${day}T${clock}+08:00`,
          synthetic: false,
        },
      ],
      mayRepeatSerial: serial !== null && this.#sieve.addAndTest(serial, SALT[kind]),
      problem,
    };
    return { entry, writtenMinor: amount.minor };
  }
}
