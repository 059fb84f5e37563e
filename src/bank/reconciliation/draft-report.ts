/** What was found in a file that waits for its import, as it is kept: figures, rows and codes, no names and no free text. */
import { type Look, lookAtBankFile, fittingProfiles, type BankProfile } from "#src/bank/channels/index.ts";
import type { BankImportReport } from "./import-bank-file.ts";
import { maskName } from "#src/town/accounts/index.ts";

export type DraftReport = {
  readonly profile: string;
  readonly profileVersion: number;
  readonly format: string | null;
  readonly encoding: string;
  readonly looksLike: Look["looksLike"];
  /** Other profiles under which the file reads to its end. */
  readonly fitting: readonly string[];
  readonly bankDay: string | null;
  readonly lines: number | null;
  readonly stated: { readonly count: number | null; readonly totalFen: string | null };
  readonly computed: { readonly count: number; readonly totalFen: string } | null;
  readonly entries: readonly {
    readonly row: number;
    readonly kind: string;
    readonly serial: string | null;
    readonly accountNo: string | null;
    readonly payer: string | null;
    readonly amountFen: string;
    readonly day: string | null;
    readonly problem: string | null;
  }[];
  readonly problems: readonly {
    readonly code: string;
    readonly message: string;
    readonly row: number;
    readonly field: string | null;
    readonly remedy: string;
  }[];
  readonly problemCount: number;
  /** What the lines would become; null when nothing of the file can be taken. */
  readonly tried: {
    readonly counts: Readonly<Record<string, number>>;
    readonly lineCount: number;
    readonly totalFen: string;
    /** The lines that a person looks at, the first of them; of drafts kept before there were any: undefined. */
    readonly inDoubt?: readonly {
      readonly row: number;
      readonly kind: string;
      readonly serial: string;
      readonly accountNo: string;
      readonly payer: string | null;
      readonly amountFen: string;
      readonly day: string;
      readonly outcome: "break" | "suspense";
      readonly rule: string | null;
    }[];
    /** Numbers that pay more than once in the file. */
    readonly twice?: readonly {
      readonly accountNo: string;
      readonly rows: readonly number[];
      readonly totalFen: string;
    }[];
  } | null;
};

/** What the trial says of lines that a person looks at, as it is kept: the payer masked. */
export const doubtsOf = (doubts: BankImportReport["doubts"]) => ({
  inDoubt: (doubts?.lines ?? []).map(({ payerName, amountFen, ...line }) => ({
    ...line,
    payer: payerName.trim() === "" ? null : maskName(payerName),
    amountFen: String(amountFen),
  })),
  twice: (doubts?.twice ?? []).map((one) => ({ ...one, totalFen: String(one.totalFen) })),
});

const textOrNull = (amount: bigint | null): string | null => (amount === null ? null : String(amount));

const reportFrom = (look: Look, profile: BankProfile, fitting: readonly string[]): DraftReport => ({
  profile: profile.name,
  profileVersion: profile.version,
  format: look.format,
  encoding: look.encoding,
  looksLike: look.looksLike,
  fitting,
  bankDay: look.bankDay,
  lines: look.lines,
  stated: { count: look.stated.count, totalFen: textOrNull(look.stated.totalMinor) },
  computed: look.computed && { count: look.computed.count, totalFen: String(look.computed.totalMinor) },
  entries: look.entries.map(({ amountMinor, payerName, ...entry }) => ({
    ...entry,
    payer: payerName === null ? null : maskName(payerName),
    amountFen: String(amountMinor),
  })),
  problems: look.problems,
  problemCount: look.problemCount,
  tried: null,
});

/** Reads the file once, and when it does not read, asks which other profile does. */
export const reportOn = async (
  path: string,
  profile: BankProfile,
): Promise<{ readonly report: DraftReport; readonly refusal: Look["refusal"] }> => {
  const look = await lookAtBankFile(path, profile);
  const fitting = look.refusal === null ? [] : await fittingProfiles(path, profile.name);
  return { report: reportFrom(look, profile, fitting), refusal: look.refusal };
};
