/**
 * The first look at a bank's file, for whoever is about to import it: how it reads under a profile, its first lines, its totals
 * beside the computed ones, and what is wrong. Nothing is stored. A file that cannot be taken still shows what was read until then.
 */
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { Day } from "#src/kernel/day.ts";
import { DomainError } from "#src/kernel/errors.ts";
import { parseYuan } from "#src/kernel/money.ts";
import type { BankEvent, BankProblem, EntryEvent, TotalsCheck } from "./model.ts";
import type { BankProfile } from "./profile-schema.ts";
import { listProfiles, loadProfile } from "./profiles.ts";
import { readBankFile } from "./read-bank-file.ts";

const ENTRIES_SHOWN = 20;
const PROBLEMS_SHOWN = 50;
const HEAD_BYTES = 64 * 1024;
const HEAD_LINES = 5;
const LONGEST_SHOWN = 300;

export type LookedEntry = {
  readonly row: number;
  readonly kind: string;
  readonly serial: string | null;
  readonly accountNo: string | null;
  readonly payerName: string | null;
  readonly amountMinor: bigint;
  readonly day: Day | null;
  readonly problem: string | null;
};

/** How the bytes of the beginning read, whatever the profile says: what a wrong encoding is told by. */
export const BYTES_LOOKS = ["utf-8", "gb18030", "ascii", "xml", "workbook", "empty", "unknown"] as const;
export type BytesLook = (typeof BYTES_LOOKS)[number];

export type Refusal = {
  readonly code: string;
  readonly message: string;
  readonly row: number | null;
  readonly field: string | null;
  readonly remedy: string | null;
};

export type Look = {
  readonly format: string | null;
  readonly encoding: string;
  readonly bankDay: Day | null;
  readonly bytes: number | null;
  readonly lines: number | null;
  readonly stated: { readonly count: number | null; readonly totalMinor: bigint | null };
  readonly computed: { readonly count: number; readonly totalMinor: bigint } | null;
  readonly check: TotalsCheck["kind"] | null;
  readonly entries: readonly LookedEntry[];
  /** The first lines as the profile's encoding decodes them, wrong bytes as U+FFFD. */
  readonly head: readonly string[];
  readonly problems: readonly Omit<BankProblem, "severity">[];
  readonly problemCount: number;
  /** Why nothing of it can be taken; null when it can. */
  readonly refusal: Refusal | null;
  readonly looksLike: BytesLook;
};

export const refusalOf = (error: DomainError): Refusal => ({
  code: error.code,
  message: error.message,
  row: error.detail.row ?? null,
  field: error.detail.field ?? null,
  remedy: error.detail.remedy ?? null,
});

const encodingOf = (profile: BankProfile): string =>
  profile.format === "delimited" ? profile.layout.encoding : "utf-8";

const decodes = (bytes: Uint8Array, encoding: string): boolean => {
  try {
    // The head may end in the middle of a character.
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    // Not swallowed: the failure is the answer.
    return false;
  }
};

/** How XLSX (a ZIP) and the older XLS begin. */
const WORKBOOKS = ["504b0304", "d0cf11e0"];

const looksLike = (head: Uint8Array): BytesLook => {
  if (head.length === 0) return "empty";
  if (WORKBOOKS.includes(Buffer.from(head.subarray(0, 4)).toString("hex"))) return "workbook";
  if (/^(\u00ef\u00bb\u00bf)?\s*<\?xml/.test(Buffer.from(head.subarray(0, 64)).toString("latin1")))
    return "xml";
  if (head.every((byte) => byte < 0x80)) return "ascii";
  if (decodes(head, "utf-8")) return "utf-8";
  return decodes(head, "gb18030") ? "gb18030" : "unknown";
};

const readHead = async (path: string): Promise<Uint8Array> => {
  const file = await open(path, "r");
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};

const headLines = (head: Uint8Array, encoding: string): string[] =>
  new TextDecoder(encoding)
    .decode(head, { stream: true })
    .split(/\r?\n/)
    .slice(0, HEAD_LINES)
    .map((line) => line.slice(0, LONGEST_SHOWN));

const shownEntry = (entry: EntryEvent): LookedEntry => {
  const [first] = entry.transactions;
  return {
    row: entry.rawLine,
    kind: first?.kind ?? "payment",
    serial: first?.serial ?? entry.bankReference,
    accountNo: first?.accountNo ?? null,
    payerName: first?.payerName ?? null,
    amountMinor: entry.amountMinor,
    day: entry.bookingDay,
    problem: entry.problem?.code ?? null,
  };
};

/** Without what only decides whether the file is taken. */
const shownProblem = ({ code, message, row, field, remedy }: BankProblem) => ({
  code,
  message,
  row,
  field,
  remedy,
});

/** Gathers what passes, so that a refusal in the last line still leaves the first ones. */
class Looking {
  format: string | null = null;
  bankDay: Day | null = null;
  problemCount = 0;
  refusing: BankProblem | null = null;
  end: Extract<BankEvent, { type: "fileEnd" }> | null = null;
  readonly entries: LookedEntry[] = [];
  readonly problems: BankProblem[] = [];

  #note(problem: BankProblem): void {
    this.problemCount += 1;
    if (problem.severity === "refuse") this.refusing ??= problem;
    if (this.problems.length < PROBLEMS_SHOWN) this.problems.push(problem);
  }

  take(event: BankEvent): void {
    if (event.type === "file") {
      this.format ??= event.version === null ? event.format : `${event.format}.${event.version}`;
      this.bankDay ??= event.bankDay;
    } else if (event.type === "entry") {
      if (event.problem !== null) this.#note(event.problem);
      if (this.entries.length < ENTRIES_SHOWN) this.entries.push(shownEntry(event));
    } else if (event.type === "statementEnd") for (const problem of event.problems) this.#note(problem);
    else if (event.type === "fileEnd") this.end = event;
  }
}

type Totals = Pick<Look, "stated" | "computed">;

/** Both sides of totals that differ: the reader refuses such a file before its end, and says them. */
const differingTotals = (error: DomainError): Totals | null => {
  const { statedCount, computedCount, statedTotal, computedTotal } = error.detail.facts ?? {};
  if (error.code !== "file.trailer-mismatch") return null;
  return {
    stated: { count: Number(statedCount), totalMinor: parseYuan(String(statedTotal)) },
    computed: { count: Number(computedCount), totalMinor: parseYuan(String(computedTotal)) },
  };
};

/** Reads the file at `path` under `profile`. Everything that `readBankFile` refuses is in the answer. */
export const lookAtBankFile = async (path: string, profile: BankProfile): Promise<Look> => {
  const looking = new Looking();
  let refusal: Refusal | null = null;
  let differing: Totals | null = null;
  try {
    for await (const events of readBankFile(createReadStream(path), profile)) {
      for (const event of events) looking.take(event);
    }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    refusal = refusalOf(error);
    differing = differingTotals(error);
  }
  const { end, refusing } = looking;
  const head = await readHead(path);
  const bytesLook = looksLike(head);
  return {
    format: looking.format,
    encoding: encodingOf(profile),
    bankDay: looking.bankDay,
    bytes: end?.bytes ?? null,
    lines: end?.lines ?? null,
    stated: differing?.stated ?? {
      count: end?.statedCount ?? null,
      totalMinor: end?.statedTotalMinor ?? null,
    },
    computed:
      differing?.computed ?? (end && { count: end.computedCount, totalMinor: end.computedTotalMinor }),
    check: differing === null ? (end?.check.kind ?? null) : "mismatch",
    entries: looking.entries,
    // What a compressed file decodes to says nothing to anybody.
    head: bytesLook === "workbook" ? [] : headLines(head, encodingOf(profile)),
    problems: looking.problems.map(shownProblem),
    problemCount: looking.problemCount,
    refusal: refusal ?? (refusing && shownProblem(refusing)),
    looksLike: bytesLook,
  };
};

const reads = async (path: string, profile: BankProfile): Promise<boolean> => {
  const look = await lookAtBankFile(path, profile);
  return look.refusal === null && (look.computed?.count ?? 0) > 0;
};

/** The names of the other profiles under which the file reads to its end: what to try when one does not fit. */
export const fittingProfiles = async (path: string, except: string): Promise<string[]> => {
  const fitting: string[] = [];
  for (const name of await listProfiles()) {
    if (name !== except && (await reads(path, await loadProfile(name)))) fitting.push(name);
  }
  return fitting;
};
