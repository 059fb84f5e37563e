/** Delimited collection files: preamble, summary, header, rows and trailer become the stream of `model.ts`. */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { placeColumns } from "./delimited-columns.ts";
import { DelimitedRowReader } from "./delimited-row.ts";
import { type Row, type RowBlock, delimitedRows } from "./delimited-rows.ts";
import { type Summary, checkSummary, isTrailer, readSummary } from "./delimited-summary.ts";
import { trimField } from "./field-text.ts";
import { type BankEvent, EVENTS_PER_BATCH, type StatedTotals } from "./model.ts";
import type { DelimitedProfile } from "./profile-schema.ts";

const STATES_NOTHING: StatedTotals = Object.freeze({
  count: null,
  creditCount: null,
  debitCount: null,
  creditsMinor: null,
  debitsMinor: null,
});

/** What a server sends instead of a file: a web page, an XML or JSON error, the wallets' "no bill" answer. */
const refuseAnswer = (firstRow: Row): void => {
  const start = trimField(firstRow.fields[0] ?? "", "");
  if (!start.startsWith("<") && !start.startsWith("{") && !start.toLowerCase().startsWith("no bill exist"))
    return;
  fail("file.not-a-statement", "this is an answer of a server (a page or an error), not a bank's file", {
    row: firstRow.line,
    remedy:
      "Fetch the file again. An answer is not an empty day: a day without business is a file that says 0.",
  });
};

/** Walks the parts of a file in their order and adds up; one instance reads one file. */
class DelimitedFile {
  readonly #profile: DelimitedProfile;
  #stage: "summary" | "header" | "rows" | "after";
  #summary: Summary | null = null;
  #header: Row | null = null;
  #reader: DelimitedRowReader | null = null;
  #sawAnything = false;
  #entries = 0;
  #booked = 0;
  #transactions = 0;
  #credits = 0n;
  #debits = 0n;
  #totalCount = 0;
  #totalMinor = 0n;
  #unknownAmounts = 0;
  #refused = 0;
  #review = 0;
  #lastBlock: { bytesSoFar: number; lines: number } = { bytesSoFar: 0, lines: 0 };

  constructor(profile: DelimitedProfile) {
    this.#profile = profile;
    this.#stage = this.#firstStage();
  }

  #firstStage(): "summary" | "header" | "rows" {
    if (this.#profile.summary?.at === "head") return "summary";
    return this.#profile.layout.header === undefined ? "rows" : "header";
  }

  takeBlock(block: RowBlock, events: BankEvent[]): void {
    this.#lastBlock = block;
    for (const row of block.rows) this.#takeRow(row, events);
  }

  #takeRow(row: Row, events: BankEvent[]): void {
    if (!this.#sawAnything) {
      this.#sawAnything = true;
      refuseAnswer(row);
    }
    if (row.line <= this.#profile.layout.preambleLines) return;
    switch (this.#stage) {
      case "summary":
        this.#summary = readSummary(row, this.#profile);
        this.#stage = this.#profile.layout.header === undefined ? "rows" : "header";
        return;
      case "header":
        this.#header = row;
        this.#stage = "rows";
        this.#open(events);
        return;
      case "rows":
        if (isTrailer(row, this.#profile)) {
          this.#open(events);
          this.#summary = readSummary(row, this.#profile);
          this.#stage = "after";
        } else this.#takeEntry(row, events);
        return;
      case "after":
        fail("file.after-trailer", `line ${row.line} stands after the summary line that ends the file`, {
          row: row.line,
          remedy: "Two files may have been joined. Fetch the file again.",
        });
    }
  }

  /** Announces file and statement once everything before the first row is known. */
  #open(events: BankEvent[]): DelimitedRowReader {
    if (this.#reader !== null) return this.#reader;
    const profile = this.#profile;
    const bankDay: Day | null = this.#summary?.bankDay ?? null;
    const places = placeColumns(profile, this.#header?.fields ?? null, this.#header?.line ?? 0);
    this.#reader = new DelimitedRowReader(profile, places, bankDay);
    events.push(
      {
        type: "file",
        format: "delimited",
        version: null,
        encoding: profile.layout.encoding,
        profile: profile.name,
        profileVersion: profile.version,
        messageId: null,
        createdAt: null,
        page: null,
        bankDay,
      },
      {
        type: "statement",
        ordinal: 1,
        kind: "collection",
        account: null,
        bankStatementId: null,
        sequence: null,
        from: bankDay,
        to: bankDay,
        page: null,
        copy: null,
        currency: profile.currency,
        openingMinor: null,
        closingMinor: null,
        stated: STATES_NOTHING,
        rawLine: 1,
      },
    );
    return this.#reader;
  }

  #takeEntry(row: Row, events: BankEvent[]): void {
    const reader = this.#reader ?? this.#open(events);
    this.#entries += 1;
    const { entry, writtenMinor } = reader.read(row, this.#entries);
    events.push(entry);
    this.#transactions += entry.transactions.length;
    if (entry.problem?.severity === "refuse") this.#refused += 1;
    else if (entry.problem !== null) this.#review += 1;
    const moved = entry.status === "booked";
    if (moved || this.#profile.summary?.over === "all") {
      this.#totalCount += 1;
      if (writtenMinor === null) this.#unknownAmounts += 1;
      else {
        const counted = entry.direction === "credit" || this.#profile.summary?.totalRule === "gross";
        this.#totalMinor += counted ? writtenMinor : -writtenMinor;
      }
    }
    if (!moved || entry.problem?.severity === "refuse") return;
    this.#booked += 1;
    if (entry.direction === "credit") this.#credits += entry.amountMinor;
    else this.#debits += entry.amountMinor;
  }

  #refuseUnfinished(): void {
    if (!this.#sawAnything) {
      fail("file.empty", "the file is empty", {
        remedy:
          "Fetch it again. A day without business is a file that says 0, or the channel's calendar says so.",
      });
    }
    const missing = this.#stage === "rows" && this.#profile.summary?.at === "trailer" ? "summary line" : null;
    const early = this.#stage === "summary" || this.#stage === "header" ? `${this.#stage} line` : missing;
    if (early !== null) {
      fail("file.truncated", `the file ends after line ${this.#lastBlock.lines} without its ${early}`, {
        row: this.#lastBlock.lines,
        remedy: "Fetch the file again; nothing of it was taken.",
      });
    }
  }

  /** Checks the end of the file and closes the stream; see `checkSummary` for what is thrown. */
  finish(events: BankEvent[]): void {
    this.#refuseUnfinished();
    this.#open(events);
    const computed = {
      count: this.#totalCount,
      totalMinor: this.#totalMinor,
      unknownAmounts: this.#unknownAmounts,
    };
    const check = checkSummary(this.#summary, computed, this.#profile);
    const shared = {
      entryCount: this.#entries,
      refusedCount: this.#refused,
      reviewCount: this.#review,
      check,
    };
    events.push(
      {
        ...shared,
        type: "statementEnd",
        ordinal: 1,
        account: null,
        currency: this.#profile.currency,
        bookedCount: this.#booked,
        transactionCount: this.#transactions,
        creditsMinor: this.#credits,
        debitsMinor: this.#debits,
        openingMinor: null,
        closingMinor: null,
        stated: { ...STATES_NOTHING, count: this.#summary?.count ?? null },
        problems: [],
      },
      {
        ...shared,
        type: "fileEnd",
        statedCount: this.#summary?.count ?? null,
        statedTotalMinor: this.#summary?.totalMinor ?? null,
        computedCount: this.#totalCount,
        computedTotalMinor: this.#totalMinor,
        statementCount: 1,
        bytes: this.#lastBlock.bytesSoFar,
        lines: this.#lastBlock.lines,
      },
    );
  }
}

/**
 * Reads a delimited file. Flat memory, whatever the length of the file.
 * @throws DomainError `file.*`; problems of single rows are on the entries.
 */
export async function* readDelimited(
  source: AsyncIterable<Uint8Array>,
  profile: DelimitedProfile,
): AsyncGenerator<BankEvent[]> {
  const file = new DelimitedFile(profile);
  let events: BankEvent[] = [];
  for await (const block of delimitedRows(source, profile)) {
    file.takeBlock(block, events);
    if (events.length >= EVENTS_PER_BATCH) {
      yield events;
      events = [];
    }
  }
  file.finish(events);
  yield events;
}
