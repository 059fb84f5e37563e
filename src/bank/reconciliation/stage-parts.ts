/** A collection file as what staging needs of it: its lines as text for COPY, and what they add up to. */
import { createHash } from "node:crypto";
import {
  type BankProblem,
  type BankProfile,
  type BankTransaction,
  type EntryEvent,
  readBankFile,
  type TotalsCheck,
} from "#src/bank/channels/index.ts";
import type { Day } from "#src/kernel/day.ts";
import { assert } from "#src/kernel/errors.ts";
import { sameBytes } from "./source-file.ts";
import { stagedLine } from "./staged-line.ts";

/** What is read; plain data, so that it can be told to another thread. */
export type StagePlan = {
  readonly fileId: bigint;
  readonly path: string;
  readonly sha256: Uint8Array;
  readonly profile: BankProfile;
};

export type StageSummary = {
  readonly lineCount: number;
  readonly reversalCount: number;
  /** Payments less reversals and refunds. */
  readonly totalFen: bigint;
  readonly bankDay: Day | null;
  readonly contentSha256: Uint8Array;
  readonly maySerialsRepeat: boolean;
  readonly check: TotalsCheck["kind"];
  readonly problems: readonly BankProblem[];
  readonly problemCount: number;
};

export type StagePart =
  | { readonly kind: "copy"; readonly text: Uint8Array<ArrayBuffer> }
  | { readonly kind: "end"; readonly summary: StageSummary };

const COPY_BYTES = 128 * 1024;
/** A refusal lists this many lines and counts the rest. */
const PROBLEMS_LISTED = 50;
/** Beyond what the tables hold: no bank means a line of ten trillion yuan. */
const LARGEST_LINE_FEN = 1_000_000_000_000_000n;
const LONGEST_SERIAL = 64;

const outOfBounds = (entry: EntryEvent, transaction: BankTransaction): BankProblem | null => {
  const problem = (code: string, field: string, what: string): BankProblem => ({
    code,
    message: `line ${entry.rawLine} has ${what}`,
    row: entry.rawLine,
    field,
    remedy: "Check that the profile is the one of this file, and ask the bank.",
    severity: "refuse",
  });
  if (transaction.amountMinor > LARGEST_LINE_FEN)
    return problem("line.amount-too-large", "amount", "an amount beyond any payment");
  const longest = Math.max(transaction.serial?.length ?? 0, transaction.originalSerial?.length ?? 0);
  return longest > LONGEST_SERIAL
    ? problem("line.serial-too-long", "serial", `a serial of more than ${LONGEST_SERIAL} characters`)
    : null;
};

/** Adds up what passes; one instance stages one file. */
class Staging {
  readonly #fileId: bigint;
  readonly #content = createHash("sha256");
  readonly #problems: BankProblem[] = [];
  #problemCount = 0;
  #lineCount = 0;
  #reversalCount = 0;
  #totalFen = 0n;
  #maySerialsRepeat = false;
  /** The one day of the file; null when its lines are of several. */
  #bankDay: Day | null = null;
  #daysDiffer = false;
  #check: TotalsCheck["kind"] = "not-stated";

  constructor(fileId: bigint) {
    this.#fileId = fileId;
  }

  #refuse(problem: BankProblem): string {
    this.#problemCount += 1;
    if (this.#problems.length < PROBLEMS_LISTED) this.#problems.push(problem);
    return "";
  }

  #noteDay(day: Day): void {
    if (this.#bankDay === null && !this.#daysDiffer) this.#bankDay = day;
    else if (this.#bankDay !== day) {
      this.#daysDiffer = true;
      this.#bankDay = null;
    }
  }

  #takeEntry(entry: EntryEvent): string {
    if (entry.problem?.severity === "refuse") return this.#refuse(entry.problem);
    if (entry.status !== "booked") return "";
    const [transaction] = entry.transactions;
    const day = entry.bookingDay;
    assert(transaction !== undefined && day !== null, "a good line has a transaction and a day");
    const bounds = outOfBounds(entry, transaction);
    if (bounds !== null) return this.#refuse(bounds);
    this.#noteDay(day);
    this.#lineCount += 1;
    if (entry.mayRepeatSerial) this.#maySerialsRepeat = true;
    if (transaction.kind === "payment") this.#totalFen += transaction.amountMinor;
    else {
      this.#reversalCount += 1;
      this.#totalFen -= transaction.amountMinor;
    }
    const line = stagedLine(this.#fileId, this.#lineCount, entry, transaction, day);
    this.#content.update(line.contentText);
    return line.copyText;
  }

  async *copyTexts(source: AsyncIterable<Uint8Array>, profile: BankProfile): AsyncGenerator<string> {
    for await (const events of readBankFile(source, profile)) {
      let text = "";
      for (const event of events) {
        if (event.type === "entry") text += this.#takeEntry(event);
        else if (event.type === "file") {
          this.#bankDay = event.bankDay;
          this.#content.update(`${event.bankDay ?? ""}\n`);
        } else if (event.type === "fileEnd") this.#check = event.check.kind;
      }
      if (text !== "") yield text;
    }
  }

  summary(): StageSummary {
    return {
      lineCount: this.#lineCount,
      reversalCount: this.#reversalCount,
      totalFen: this.#totalFen,
      bankDay: this.#bankDay,
      contentSha256: this.#content.digest(),
      maySerialsRepeat: this.#maySerialsRepeat,
      check: this.#check,
      problems: this.#problems,
      problemCount: this.#problemCount,
    };
  }
}

const encoder = new TextEncoder();

/** Gives a buffer that nobody reads any more, if there is one. */
export type SpareBuffer = () => ArrayBuffer | undefined;

/** Room for a part: a batch beyond `COPY_BYTES` characters, most of them of one byte. */
const BUFFER_BYTES = 4 * COPY_BYTES;

/** A new buffer for each part would be garbage that the collector lets grow with the file. */
const encode = (text: string, spare: SpareBuffer): Uint8Array<ArrayBuffer> => {
  const buffer = new Uint8Array(spare() ?? new ArrayBuffer(BUFFER_BYTES));
  const { read, written } = encoder.encodeInto(text, buffer);
  return read === text.length ? buffer.subarray(0, written) : encoder.encode(text);
};

/**
 * Reads the file once and hands out its parts in order; `end` is the last. Holds one batch at a time.
 * @throws DomainError `file.*`; `file.changed` when the bytes are not those that were hashed
 */
export async function* stageParts(
  plan: StagePlan,
  spare: SpareBuffer = () => undefined,
): AsyncGenerator<StagePart> {
  const staging = new Staging(plan.fileId);
  let text = "";
  for await (const batch of staging.copyTexts(sameBytes(plan), plan.profile)) {
    text += batch;
    if (text.length < COPY_BYTES) continue;
    yield { kind: "copy", text: encode(text, spare) };
    text = "";
  }
  if (text !== "") yield { kind: "copy", text: encode(text, spare) };
  yield { kind: "end", summary: staging.summary() };
}
