/** `nuan bank inspect`: what a bank file says, without a database. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { DomainError, fail } from "#src/kernel/errors.ts";
import { formatMinor } from "./decimal.ts";
import type {
  BankEvent,
  BankProblem,
  EntryEvent,
  FileEvent,
  Page,
  StatementEndEvent,
  StatementEvent,
  TotalsCheck,
} from "./model.ts";
import type { BankProfile } from "./profile-schema.ts";
import { listProfiles, loadProfile } from "./profiles.ts";
import { readBankFile } from "./read-bank-file.ts";
import { resolveRepeatedSerials } from "./repeated-serials.ts";
import { joinPages, type StatementPart } from "./statement-pages.ts";

/** A report shows this many problems and counts the rest. */
const PROBLEMS_SHOWN = 100;
/** More suspected serials than this are no accident; the first ones are proof enough. */
const SUSPECTS_KEPT = 10_000;
const CAMT_PROFILE = "camt053";

export type InspectMessage = {
  readonly format: string;
  readonly messageId: string | null;
  readonly createdAt: string | null;
  readonly page: { readonly number: number; readonly last: boolean } | null;
};

/** Amounts are decimal text in the statement's currency. Sums are over booked entries. */
export type InspectStatement = {
  readonly id: string | null;
  readonly kind: StatementEvent["kind"];
  readonly account: string | null;
  readonly currency: string;
  readonly sequence: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly entries: number;
  readonly booked: number;
  readonly transactions: number;
  readonly credits: string;
  readonly debits: string;
  readonly opening: string | null;
  readonly closing: string | null;
  readonly check: TotalsCheck["kind"];
  /** closing - (opening + credits - debits) */
  readonly difference: string | null;
};

export type InspectReport = {
  readonly format: string;
  readonly version: string | null;
  readonly encoding: string;
  readonly profile: string;
  readonly profileVersion: number;
  readonly sha256: string;
  readonly bytes: number;
  readonly lines: number;
  readonly bankDay: string | null;
  readonly messages: readonly InspectMessage[];
  readonly statements: readonly InspectStatement[];
  readonly stated: { readonly count: number | null; readonly total: string | null };
  readonly computed: { readonly count: number; readonly total: string };
  /** false when an importer would refuse the file as it stands. */
  readonly acceptable: boolean;
  readonly problemCount: number;
  readonly problems: readonly Pick<
    BankProblem,
    "code" | "message" | "row" | "field" | "remedy" | "severity"
  >[];
};

/** Decides the profile by content where content decides: XML is camt; text needs to be told what it is. */
const chooseProfile = async (path: string, named: string | undefined): Promise<BankProfile> => {
  if (named !== undefined) return loadProfile(named);
  const file = await open(path, "r");
  let start: string;
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(64), 0, 64, 0);
    start = buffer
      .toString("latin1", 0, bytesRead)
      .replace(/^\u00ef\u00bb\u00bf/, "")
      .trimStart();
  } finally {
    await file.close();
  }
  if (start.startsWith("<")) return loadProfile(CAMT_PROFILE);
  if (start === "") fail("file.empty", "the file is empty", { remedy: "Fetch it again." });
  if (start.startsWith("{1:") || /^:\d\d[A-Z]?:/.test(start)) {
    fail("file.format-unknown", "this looks like SWIFT MT940 or MT942, which this version does not read", {
      remedy: "Ask the bank for camt.053.",
    });
  }
  const profiles = (await listProfiles()).filter((name) => name !== CAMT_PROFILE);
  fail("file.profile-needed", "a delimited file does not say its encoding and columns; name its profile", {
    field: "profile",
    remedy: `Use --profile with one of ${profiles.join(", ")}, or the path of a .yaml file.`,
    facts: { profiles },
  });
};

/** Gathers the report while the events pass. */
class Inspection {
  readonly messages: InspectMessage[] = [];
  readonly statements: InspectStatement[] = [];
  readonly problems: BankProblem[] = [];
  readonly suspects = new Set<string>();
  problemCount = 0;
  refusals = 0;
  file: FileEvent | null = null;
  fileEnd: Extract<BankEvent, { type: "fileEnd" }> | null = null;
  readonly parts: StatementPart[] = [];
  #statement: StatementEvent | null = null;
  #messagePage: Page | null = null;

  note(problem: BankProblem): void {
    this.problemCount += 1;
    if (problem.severity === "refuse") this.refusals += 1;
    if (this.problems.length < PROBLEMS_SHOWN) this.problems.push(problem);
  }

  take(event: BankEvent): void {
    switch (event.type) {
      case "file":
        this.file ??= event;
        this.#messagePage = event.page;
        this.messages.push({
          format: event.version === null ? event.format : `${event.format}.${event.version}`,
          messageId: event.messageId,
          createdAt: event.createdAt,
          page: event.page,
        });
        return;
      case "statement":
        this.#statement = event;
        return;
      case "entry":
        this.#takeEntry(event);
        return;
      case "statementEnd":
        this.#takeStatement(event);
        return;
      case "fileEnd":
        this.fileEnd = event;
    }
  }

  #takeEntry(event: EntryEvent): void {
    if (event.problem !== null) this.note(event.problem);
    const serial = event.mayRepeatSerial ? event.transactions[0]?.serial : null;
    if (serial !== null && serial !== undefined && this.suspects.size < SUSPECTS_KEPT)
      this.suspects.add(serial);
  }

  #takeStatement(end: StatementEndEvent): void {
    const money = (minor: bigint | null): string | null =>
      minor === null ? null : formatMinor(minor, end.currency);
    for (const problem of end.problems) this.note(problem);
    if (this.#statement !== null) {
      this.parts.push({ head: this.#statement, end, messagePage: this.#messagePage });
    }
    this.statements.push({
      id: this.#statement?.bankStatementId ?? null,
      kind: this.#statement?.kind ?? "booked",
      account: end.account,
      currency: end.currency,
      sequence: this.#statement?.sequence ?? null,
      from: this.#statement?.from ?? null,
      to: this.#statement?.to ?? null,
      entries: end.entryCount,
      booked: end.bookedCount,
      transactions: end.transactionCount,
      credits: formatMinor(end.creditsMinor, end.currency),
      debits: formatMinor(end.debitsMinor, end.currency),
      opening: money(end.openingMinor),
      closing: money(end.closingMinor),
      check: end.check.kind,
      difference: money(end.check.differenceMinor),
    });
  }
}

const serialProblem = (repeated: Awaited<ReturnType<typeof resolveRepeatedSerials>>[number]): BankProblem => {
  const row = repeated.rows[1] ?? 0;
  const first = repeated.rows[0] ?? 0;
  const shared = { row, field: "serial" };
  return repeated.sameContent
    ? {
        ...shared,
        code: "line.serial-repeated",
        message: `line ${row} repeats line ${first}: same serial, same content`,
        remedy: "It is one payment; ask the bank why it was sent twice.",
        severity: "review",
      }
    : {
        ...shared,
        code: "line.serial-conflict",
        message: `lines ${first} and ${row} have the same serial and different content`,
        remedy: "Ask the bank which one is right; neither may be posted before.",
        severity: "refuse",
      };
};

const openFile = (path: string): AsyncIterable<Uint8Array> =>
  createReadStream(path, { highWaterMark: 256 * 1024 });

/** Hashes the bytes as they pass, so that the file is read once. */
async function* hashed(
  source: AsyncIterable<Uint8Array>,
  hash: { update(bytes: Uint8Array): unknown },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    hash.update(chunk);
    yield chunk;
  }
}

const UNREADABLE = new Set(["ENOENT", "EISDIR", "EACCES", "EPERM", "ENAMETOOLONG", "ENOTDIR"]);

const refuseUnreadablePath = (error: unknown): never => {
  if (error instanceof DomainError || !(error instanceof Error) || !("code" in error)) throw error;
  const code = typeof error.code === "string" ? error.code : "";
  if (!UNREADABLE.has(code)) throw error;
  return fail("file.not-readable", `the file cannot be opened (${code})`, {
    remedy: "Check path and rights.",
  });
};

/**
 * Reads a file and sums it up; nothing is stored. The format is found by content, the encoding of a delimited file
 * never: that takes a profile (a name or the path of a .yaml file).
 * @throws DomainError `file.profile-needed` listing the profiles, and every refusal of `readBankFile`. Problems of
 * rows, wrong balances and repeated serials are in the report.
 */
export const inspectBankFile = async (
  path: string,
  options: { readonly profile?: string | undefined } = {},
): Promise<InspectReport> => {
  try {
    const profile = await chooseProfile(path, options.profile);
    const hash = createHash("sha256");
    const inspection = new Inspection();
    for await (const events of readBankFile(hashed(openFile(path), hash), profile)) {
      for (const event of events) inspection.take(event);
    }
    for (const { problem } of joinPages(inspection.parts)) if (problem !== null) inspection.note(problem);
    const repeated = await resolveRepeatedSerials(() => openFile(path), profile, inspection.suspects);
    for (const one of repeated) inspection.note(serialProblem(one));
    return reportOf(inspection, profile, hash.digest("hex"));
  } catch (error) {
    return refuseUnreadablePath(error);
  }
};

const reportOf = (inspection: Inspection, profile: BankProfile, sha256: string): InspectReport => {
  const { file, fileEnd, statements } = inspection;
  if (file === null || fileEnd === null) throw new Error("a reader ended without file and fileEnd");
  const currency = statements[0]?.currency ?? "";
  return {
    format: file.format,
    version: file.version,
    encoding: file.encoding,
    profile: profile.name,
    profileVersion: profile.version,
    sha256,
    bytes: fileEnd.bytes,
    lines: fileEnd.lines,
    bankDay: file.bankDay,
    messages: inspection.messages,
    statements,
    stated: {
      count: fileEnd.statedCount,
      total: fileEnd.statedTotalMinor === null ? null : formatMinor(fileEnd.statedTotalMinor, currency),
    },
    computed: { count: fileEnd.computedCount, total: formatMinor(fileEnd.computedTotalMinor, currency) },
    acceptable: inspection.refusals === 0,
    problemCount: inspection.problemCount,
    problems: inspection.problems,
  };
};
