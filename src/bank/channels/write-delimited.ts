/**
 * Writes files of a delimited profile: tests, the demo and the bench make their bank files with it. Nothing here is a
 * file that a bank would take.
 */
import { open } from "node:fs/promises";
import iconv from "iconv-lite";
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { formatMinor } from "./decimal.ts";
import type { TransactionKind } from "./model.ts";
import type { DelimitedProfile } from "./profile-schema.ts";

export type DelimitedRow = {
  readonly day: Day;
  /** `HH:MM:SS` in Shanghai; midnight when it is left out. */
  readonly time?: string;
  readonly serial: string;
  readonly accountNo: string;
  /** As the bank writes it: positive, whatever the kind. */
  readonly amountMinor: bigint;
  readonly kind: TransactionKind;
  readonly originalSerial?: string;
  readonly payerName?: string;
  readonly payerAccount?: string;
  readonly channel?: string;
  readonly remittance?: string;
  readonly status?: string;
};

export type Totals = { readonly count: number; readonly totalMinor: bigint };

export type WriteOptions = {
  /** The bank's day on the summary line, where the profile has one. */
  readonly bankDay?: Day;
  /** Totals to state instead of the true ones: known in advance, or wrong on purpose. */
  readonly stated?: Totals;
  /** Other fields of the summary line by position. */
  readonly summaryFields?: Readonly<Record<number, string>>;
};

export type ByteSink = (bytes: Uint8Array) => void | Promise<void>;
type Rows = Iterable<DelimitedRow> | AsyncIterable<DelimitedRow>;

const CHUNK_CHARACTERS = 64 * 1024;

const refuseCharacter = (line: number): never =>
  fail("bank-file.character-lost", `line ${line} has a character that the encoding does not have`, {
    row: line,
    remedy: "Choose gb18030 or utf-8 in the profile; nothing is replaced by a question mark.",
  });

/** Encodes and decodes back: iconv-lite never fails, it writes `?` for what it cannot express. */
const encodeExactly = (text: string, encoding: string, firstLine: number): Uint8Array => {
  const bytes = iconv.encode(text, encoding);
  if (new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes) === text) return bytes;
  const lines = text.split("\n");
  const lost = lines.findIndex(
    (line) => new TextDecoder(encoding, { ignoreBOM: true }).decode(iconv.encode(line, encoding)) !== line,
  );
  return refuseCharacter(firstLine + Math.max(lost, 0));
};

/** Lays out rows as a profile's reader expects them. */
class DelimitedLayout {
  readonly #profile: DelimitedProfile;
  readonly #words: ReadonlyMap<TransactionKind, string>;
  readonly #width: number;

  constructor(profile: DelimitedProfile) {
    this.#profile = profile;
    this.#words = new Map(Object.entries(profile.kinds).map(([word, kind]) => [kind, word]));
    this.#width = profile.layout.header?.length ?? profile.layout.fields ?? 0;
  }

  line(fields: readonly string[], line: number): string {
    const { delimiter, lineEnd, quoting } = this.#profile.layout;
    const shown = fields.map((field) => {
      if (quoting === "double")
        return /["\r\n]/.test(field) || field.includes(delimiter)
          ? `"${field.replaceAll('"', '""')}"`
          : field;
      if (!field.includes(delimiter) && !/[\r\n]/.test(field)) return field;
      return fail(
        "bank-file.field-unsafe",
        `line ${line} has a field that holds the delimiter or a line end`,
        {
          row: line,
          remedy: "Use a profile with quoting, or take the character out.",
        },
      );
    });
    return shown.join(delimiter) + (lineEnd === "crlf" ? "\r\n" : "\n");
  }

  #amount(minor: bigint, unit: "fen" | "yuan"): string {
    return unit === "fen" ? String(minor) : formatMinor(minor, this.#profile.currency);
  }

  #dayText(row: DelimitedRow): string {
    const time = row.time ?? "00:00:00";
    switch (this.#profile.dayFormat) {
      case "yyyymmdd":
        return row.day.replaceAll("-", "");
      case "yyyy-mm-dd":
        return row.day;
      case "yyyymmddhhmmss":
        return `${row.day}${time}`.replaceAll(/[-:]/g, "");
      case "yyyy-mm-dd hh:mm:ss":
        return `${row.day} ${time}`;
    }
  }

  row(row: DelimitedRow, line: number): string {
    const { columns, timeFormat, amountUnit } = this.#profile;
    const fields = Array.from({ length: this.#width }, () => "");
    const put = (place: string | number | undefined, text: string | undefined): void => {
      if (place === undefined || text === undefined) return;
      const index =
        typeof place === "number" ? place - 1 : (this.#profile.layout.header?.indexOf(place) ?? -1);
      fields[index] = text;
    };
    const time = row.time ?? "00:00:00";
    put(columns.day, this.#dayText(row));
    put(columns.time, timeFormat === "hhmmss" ? time.replaceAll(":", "") : time);
    put(columns.serial, row.serial);
    put(columns.accountNo, row.accountNo);
    put(columns.amount, this.#amount(row.amountMinor, amountUnit));
    put(columns.kind, this.#words.get(row.kind));
    put(columns.originalSerial, row.originalSerial);
    put(columns.payerName, row.payerName);
    put(columns.payerAccount, row.payerAccount);
    put(columns.channel, row.channel);
    put(columns.remittance, row.remittance);
    put(columns.status, row.status ?? this.#profile.successCodes[0]);
    return this.line(fields, line);
  }

  summary(totals: Totals, options: WriteOptions, line: number): string {
    const layout = this.#profile.summary;
    if (layout === undefined) return "";
    const fields = Array.from(
      { length: layout.fields },
      (_, index) => options.summaryFields?.[index + 1] ?? "",
    );
    if (layout.marker !== undefined) fields[layout.markerField - 1] = layout.marker;
    fields[layout.count - 1] = String(totals.count + layout.countsExtraLines);
    fields[layout.total - 1] = this.#amount(totals.totalMinor, layout.totalUnit);
    if (layout.bankDay !== undefined)
      fields[layout.bankDay - 1] = (options.bankDay ?? "").replaceAll("-", "");
    return this.line(fields, line);
  }
}

const addUp = async (rows: Rows, profile: DelimitedProfile): Promise<Totals> => {
  const { summary, successCodes, columns } = profile;
  let count = 0;
  let totalMinor = 0n;
  for await (const row of rows) {
    const moved =
      columns.status === undefined || row.status === undefined || successCodes.includes(row.status);
    if (!moved && summary?.over !== "all") continue;
    count += 1;
    totalMinor +=
      row.kind === "payment" || summary?.totalRule === "gross" ? row.amountMinor : -row.amountMinor;
  }
  return { count, totalMinor };
};

/** A generator hands out itself as its iterator; a list or a set hands out a new one on each walk. */
const canRepeat = (rows: Rows): boolean => {
  const iterator: unknown = Symbol.iterator in rows ? rows[Symbol.iterator]() : rows[Symbol.asyncIterator]();
  return iterator !== rows;
};

/** The true totals, by a first walk over the rows; needed before the first byte when the summary stands at the head. */
const totalsOf = async (rows: Rows, profile: DelimitedProfile, options: WriteOptions): Promise<Totals> => {
  if (options.stated !== undefined) return options.stated;
  if (!canRepeat(rows)) {
    fail("bank-file.totals-needed", "rows that can be walked only once need their totals stated in advance", {
      field: "stated",
      remedy: "Give options.stated, or rows that can be iterated twice.",
    });
  }
  return addUp(rows, profile);
};

/**
 * Streams a file in the profile's layout and encoding to a sink, in chunks of about 64 KiB. Rows that can be iterated
 * only once (a generator) need `options.stated`. `readBankFile` under the same profile reads back what was written.
 * @throws DomainError `bank-file.character-lost`, `bank-file.field-unsafe`, `bank-file.totals-needed`.
 */
export const writeDelimitedFile = async (
  profile: DelimitedProfile,
  rows: Rows,
  sink: ByteSink,
  options: WriteOptions = {},
): Promise<Totals> => {
  const layout = new DelimitedLayout(profile);
  const totals = profile.summary === undefined ? null : await totalsOf(rows, profile, options);
  let text = "";
  let line = 1;
  let firstLine = 1;
  const flush = async (): Promise<void> => {
    if (text === "") return;
    const bytes = encodeExactly(text, profile.layout.encoding, firstLine);
    text = "";
    firstLine = line;
    await sink(bytes);
  };
  const put = (shown: string): void => {
    text += shown;
    line += 1;
  };
  for (let index = 0; index < profile.layout.preambleLines; index += 1) put(layout.line(["#"], line));
  if (totals !== null && profile.summary?.at === "head") put(layout.summary(totals, options, line));
  if (profile.layout.header !== undefined) put(layout.line(profile.layout.header, line));
  for await (const row of rows) {
    put(layout.row(row, line));
    if (text.length >= CHUNK_CHARACTERS) await flush();
  }
  if (totals !== null && profile.summary?.at === "trailer") put(layout.summary(totals, options, line));
  await flush();
  return totals ?? { count: line - 1, totalMinor: 0n };
};

/** `writeDelimitedFile` into a file at `path`, which is created or replaced. */
export const writeDelimitedPath = async (
  profile: DelimitedProfile,
  rows: Rows,
  path: string,
  options: WriteOptions = {},
): Promise<Totals> => {
  const file = await open(path, "w");
  try {
    return await writeDelimitedFile(profile, rows, async (bytes) => void (await file.write(bytes)), options);
  } finally {
    await file.close();
  }
};
