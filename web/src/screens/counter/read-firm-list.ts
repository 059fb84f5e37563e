/** A property firm pays for its homes by a list: read line by line, pure. */
import { fenOfText } from "#web/furniture/amounts.ts";

export type ListedHome = {
  readonly line: number;
  readonly accountNo: string;
  readonly amount: string | undefined;
};
export type ListReading = {
  readonly homes: readonly ListedHome[];
  readonly bad: readonly {
    readonly line: number;
    readonly text: string;
    readonly why: "firmBad" | "firmTwice";
  }[];
};

/** An XLSX file is a ZIP. */
const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;

/** A picture or a program: whatever its name says, no list that somebody typed has such signs. */
const UNTYPED = /(?![\t\n\v\f\r])\p{Cc}|\ufffd/u;

const decoded = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
};

/** The text of a file as firms make them: UTF-8, or GB18030 from a sheet saved as CSV; else why it has none. */
export const textOfFile = (
  bytes: Uint8Array,
): { readonly text: string } | { readonly why: "firmWorkbook" | "firmNoText" } => {
  if (isZip(bytes)) return { why: "firmWorkbook" };
  const text = decoded(bytes);
  return UNTYPED.test(text) ? { why: "firmNoText" } : { text };
};

/**
 * A property firm's list: an account number a line, with an amount in yuan behind it or without. Columns by tab, comma,
 * semicolon or spaces; a first line without a number is a heading. What cannot be read is named, and nothing is guessed.
 */
export const readFirmList = (text: string): ListReading => {
  const homes: ListedHome[] = [];
  const bad: { line: number; text: string; why: "firmBad" | "firmTwice" }[] = [];
  const seen = new Set<string>();
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    const plain = raw
      .normalize("NFKC")
      .replace(/^\uFEFF/, "")
      .trim();
    if (plain === "" || (homes.length === 0 && bad.length === 0 && !/\d/.test(plain))) continue;
    // "1,234.50" may be quoted, or have its comma between digits: only the first gap divides.
    const [, accountNo = "", rest = ""] = /^"?([0-9A-Za-z-]{4,32})"?(?:[\s,;]+(.*))?$/.exec(plain) ?? [];
    const amount = rest.replaceAll('"', "").trim();
    if (accountNo === "" || (amount !== "" && (fenOfText(amount) ?? 0) === 0)) {
      bad.push({ line, text: plain.slice(0, 60), why: "firmBad" });
    } else if (seen.has(accountNo)) bad.push({ line, text: plain.slice(0, 60), why: "firmTwice" });
    else {
      seen.add(accountNo);
      homes.push({ line, accountNo, amount: amount === "" ? undefined : amount });
    }
  }
  return { homes, bad };
};
