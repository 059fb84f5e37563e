/** ISO 20022 camt.052, 053 and 054, any version, namespace or prefix, as the stream of `model.ts`. */
import { fail } from "#src/kernel/errors.ts";
import {
  type Tally,
  balanceProblem,
  checkBalance,
  newTally,
  readBalances,
  readStated,
  statementCurrency,
  summaryProblem,
} from "./camt-balance.ts";
import { readEntry } from "./camt-entry.ts";
import { type DetailDraft, accountId, draftDetail } from "./camt-transaction.ts";
import { rescaleMinor } from "./decimal.ts";
import { TAG_END, decodedBlocks } from "./decoded-blocks.ts";
import {
  type BankEvent,
  type BankProblem,
  EVENTS_PER_BATCH,
  type EntryEvent,
  type Page,
  type StatementEvent,
  type StatementKind,
} from "./model.ts";
import type { CamtProfile } from "./profile-schema.ts";
import { peekXmlEncoding } from "./xml-encoding.ts";
import { type XmlNode, XmlPieces, childrenOf, descend, textAt } from "./xml-tree.ts";

type MessageName = CamtProfile["messages"][number];

const MESSAGES: Readonly<Record<string, MessageName>> = {
  BkToCstmrStmt: "camt.053",
  BkToCstmrAcctRpt: "camt.052",
  BkToCstmrDbtCdtNtfctn: "camt.054",
};
const KINDS: Readonly<Record<string, StatementKind>> = {
  Stmt: "booked",
  Rpt: "intraday",
  Ntfctn: "notification",
};
/** Parts of a statement's head that are gathered and kept until its first entry, or its end. */
const HEAD_PARTS = new Set([
  "Id",
  "ElctrncSeqNb",
  "LglSeqNb",
  "FrToDt",
  "CpyDplctInd",
  "Acct",
  "Bal",
  "TxsSummry",
  "StmtPgntn",
  "RptPgntn",
  "NtfctnPgntn",
]);

const pageOf = (node: XmlNode | null): Page | null => {
  const number = textAt(node, "PgNb");
  if (number === null || !/^\d{1,5}$/.test(number)) return null;
  return { number: Number(number), last: /^(?:true|1)$/.test(textAt(node, "LastPgInd") ?? "") };
};

/** One statement while it is being read. */
class CamtStatement {
  readonly head: XmlNode;
  readonly ordinal: number;
  readonly #kind: StatementKind;
  #opened: StatementEvent | null = null;
  #problems: BankProblem[] = [];
  #all: Tally = newTally();
  #booked: Tally = newTally();
  #transactions = 0;
  refused = 0;
  review = 0;

  constructor(kind: StatementKind, ordinal: number, line: number) {
    this.#kind = kind;
    this.ordinal = ordinal;
    this.head = { name: "head", line, currency: null, text: "", children: [] };
  }

  get entryCount(): number {
    return this.#all.count;
  }

  get bookedNet(): bigint {
    return this.#booked.credits - this.#booked.debits;
  }

  /** Announces the statement; balances and totals stand before the first entry, so they are known by then. */
  open(firstEntryCurrency: string | null, events: BankEvent[]): StatementEvent {
    if (this.#opened !== null) return this.#opened;
    const { head } = this;
    const account = descend(head, "Acct");
    const balances = childrenOf(head, "Bal");
    const currency = statementCurrency(textAt(account, "Ccy"), firstEntryCurrency, balances);
    const { openingMinor, closingMinor, problems } = readBalances(balances, currency);
    this.#problems.push(...problems);
    this.#opened = {
      type: "statement",
      ordinal: this.ordinal,
      kind: this.#kind,
      account: accountId(account),
      bankStatementId: textAt(head, "Id"),
      sequence: textAt(head, "ElctrncSeqNb") ?? textAt(head, "LglSeqNb"),
      from: textAt(head, "FrToDt", "FrDtTm") ?? textAt(head, "FrToDt", "FrDt"),
      to: textAt(head, "FrToDt", "ToDtTm") ?? textAt(head, "FrToDt", "ToDt"),
      page: pageOf(descend(head, "StmtPgntn") ?? descend(head, "RptPgntn") ?? descend(head, "NtfctnPgntn")),
      copy: textAt(head, "CpyDplctInd"),
      currency,
      openingMinor,
      closingMinor,
      stated: readStated(descend(head, "TxsSummry"), currency),
      rawLine: head.line,
    };
    events.push(this.#opened);
    return this.#opened;
  }

  takeEntry(node: XmlNode, drafts: readonly DetailDraft[], events: BankEvent[]): void {
    const statement = this.open(descend(node, "Amt")?.currency ?? null, events);
    const entry = readEntry(node, drafts, this.#all.count + 1, statement.currency);
    events.push(entry);
    this.#transactions += entry.transactions.length;
    if (entry.problem?.severity === "refuse") this.refused += 1;
    else if (entry.problem !== null) this.review += 1;
    this.#add(this.#all, entry, statement.currency);
    if (entry.status === "booked") this.#add(this.#booked, entry, statement.currency);
  }

  /** Adds at face value, also an entry in another currency: that one carries its own problem and the sum shows it. */
  #add(tally: Tally, entry: EntryEvent, currency: string): void {
    const amount = rescaleMinor(entry.amountMinor, entry.currency, currency) ?? 0n;
    tally.count += 1;
    if (entry.direction === "credit") {
      tally.creditCount += 1;
      tally.credits += amount;
    } else {
      tally.debitCount += 1;
      tally.debits += amount;
    }
  }

  close(messagePage: Page | null, events: BankEvent[]): void {
    const statement = this.open(null, events);
    const { openingMinor, closingMinor, currency, stated, account, ordinal } = statement;
    const page = statement.page ?? messagePage;
    const isWhole = page === null || (page.number === 1 && page.last);
    const check = checkBalance(openingMinor, closingMinor, this.#booked);
    const row = this.head.line;
    const wrongTotals = isWhole ? summaryProblem(stated, this.#all, this.#booked, row) : null;
    const found = [balanceProblem(check, currency, row, isWhole), wrongTotals].filter((one) => one !== null);
    events.push({
      type: "statementEnd",
      ordinal,
      account,
      currency,
      entryCount: this.#all.count,
      bookedCount: this.#booked.count,
      transactionCount: this.#transactions,
      creditsMinor: this.#booked.credits,
      debitsMinor: this.#booked.debits,
      openingMinor,
      closingMinor,
      stated,
      check,
      refusedCount: this.refused,
      reviewCount: this.review,
      problems: [...this.#problems, ...found],
    });
  }
}

/** Walks a document: envelope, message, statements. One instance reads one file. */
class CamtFile {
  readonly #profile: CamtProfile;
  readonly #encoding: string;
  readonly #events: BankEvent[] = [];
  readonly #xml: XmlPieces;
  #message: MessageName | null = null;
  #version: string | null = null;
  #announced = false;
  #page: Page | null = null;
  #header: XmlNode | null = null;
  #statement: CamtStatement | null = null;
  #drafts: DetailDraft[] = [];
  #statements = 0;
  #entries = 0;
  #refused = 0;
  #review = 0;
  #statementDepth = 0;
  #currencies = new Set<string>();
  #net = 0n;

  constructor(profile: CamtProfile, encoding: string) {
    this.#profile = profile;
    this.#encoding = encoding;
    this.#xml = new XmlPieces({
      onOpen: (name, namespace, depth) => this.#onOpen(name, namespace, depth),
      onPiece: (node) => this.#onPiece(node),
      onClose: (name) => {
        this.#onClose(name);
      },
    });
  }

  #onOpen(name: string, namespace: string, depth: number): boolean {
    if (depth === 0 && name.toLowerCase() === "html") this.#refuseFormat();
    const version = /camt\.05[234]\.(\d{3}\.\d{2})/.exec(namespace)?.[1];
    if (version !== undefined) this.#version = version;
    const message = MESSAGES[name];
    if (message !== undefined && this.#message === null) {
      if (!this.#profile.messages.includes(message)) {
        fail(
          "file.format-unexpected",
          `the file is a ${message}, which profile ${this.#profile.name} does not take`,
          {
            row: this.#xml.line,
            remedy: "Import it under the channel that it belongs to.",
          },
        );
      }
      this.#message = message;
      this.#announced = false;
      return false;
    }
    if (this.#message === null) return name === "MsgDefIdr";
    const kind = KINDS[name];
    if (this.#statement === null) {
      if (kind !== undefined) {
        this.#announce();
        this.#statements += 1;
        this.#statement = new CamtStatement(kind, this.#statements, this.#xml.line);
        this.#statementDepth = depth;
        return false;
      }
      return name === "GrpHdr";
    }
    return depth === this.#statementDepth + 1 && (name === "Ntry" || HEAD_PARTS.has(name));
  }

  #announce(): void {
    if (this.#announced || this.#message === null) return;
    this.#announced = true;
    this.#page = pageOf(descend(this.#header, "MsgPgntn"));
    this.#events.push({
      type: "file",
      format: this.#message,
      version: this.#version,
      encoding: this.#encoding,
      profile: this.#profile.name,
      profileVersion: this.#profile.version,
      messageId: textAt(this.#header, "MsgId"),
      createdAt: textAt(this.#header, "CreDtTm"),
      page: this.#page,
      bankDay: null,
    });
  }

  #onPiece(node: XmlNode): boolean {
    switch (node.name) {
      case "TxDtls":
        this.#drafts.push(draftDetail(node));
        return true;
      case "MsgDefIdr":
        this.#version ??= /camt\.05[234]\.(\d{3}\.\d{2})/.exec(node.text)?.[1] ?? null;
        return true;
      case "GrpHdr":
        this.#header = node;
        return true;
      case "Ntry":
        this.#statement?.takeEntry(node, this.#drafts, this.#events);
        this.#drafts = [];
        return true;
      default:
        this.#statement?.head.children.push(node);
        return true;
    }
  }

  #onClose(name: string): void {
    if (this.#statement !== null && KINDS[name] !== undefined) {
      const statement = this.#statement;
      this.#statement = null;
      this.#currencies.add(statement.open(null, this.#events).currency);
      statement.close(this.#page, this.#events);
      this.#entries += statement.entryCount;
      this.#refused += statement.refused;
      this.#review += statement.review;
      this.#net += statement.bookedNet;
    } else if (this.#message !== null && MESSAGES[name] === this.#message) {
      this.#announce();
      this.#message = null;
      this.#header = null;
    }
  }

  #refuseFormat(): never {
    return fail("file.format-unknown", "the XML is no camt.052, camt.053 or camt.054 message", {
      remedy: "Check what was fetched: a bank statement is wanted.",
    });
  }

  write(text: string): BankEvent[] {
    this.#xml.write(text);
    return this.#events;
  }

  take(): BankEvent[] {
    return this.#events.splice(0);
  }

  finish(bytes: number): BankEvent[] {
    const lines = this.#xml.line;
    this.#xml.end();
    if (!this.#announced) this.#refuseFormat();
    if (this.#statements === 0) {
      fail("file.no-statement", "the message holds no statement", {
        row: lines,
        remedy: "Fetch the file again: a day without movements still has a statement with its balances.",
      });
    }
    this.#events.push({
      type: "fileEnd",
      statedCount: null,
      statedTotalMinor: null,
      computedCount: this.#entries,
      computedTotalMinor: this.#currencies.size === 1 ? this.#net : 0n,
      statementCount: this.#statements,
      entryCount: this.#entries,
      check: { kind: "not-stated", differenceMinor: null },
      refusedCount: this.#refused,
      reviewCount: this.#review,
      bytes,
      lines,
    });
    return this.take();
  }
}

/**
 * Reads a camt message. Memory is flat in the number of entries; the details of one entry are held together.
 * @throws DomainError `file.xml-invalid` and `file.truncated` with line and column, `file.encoding`,
 * `file.format-unknown`, `file.format-unexpected`, `file.no-statement`, `file.empty`. Wrong balances and totals are
 * problems of the `statementEnd`.
 */
export async function* readCamt(
  source: AsyncIterable<Uint8Array>,
  profile: CamtProfile,
): AsyncGenerator<BankEvent[]> {
  const { encoding, bytes } = await peekXmlEncoding(source);
  const file = new CamtFile(profile, encoding);
  let bytesSoFar = 0;
  for await (const block of decodedBlocks(bytes, encoding, TAG_END)) {
    bytesSoFar = block.bytesSoFar;
    if (file.write(block.text).length >= EVENTS_PER_BATCH) yield file.take();
  }
  yield file.finish(bytesSoFar);
}
