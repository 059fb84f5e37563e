/** A table that a person sent (pasted, CSV or XLSX): told by its bytes what it is, and held as a file while it is read. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TableEncoding, TableFile } from "./table-file.ts";

export type TableUpload = TableFile & { readonly kind: "csv" | "xlsx" };

/** An XLSX file is a ZIP. */
const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;

/** UTF-8 where the bytes are UTF-8; else what a spreadsheet of a Chinese Windows writes. */
const encodingOf = (bytes: Uint8Array): TableEncoding => {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return "utf-8";
  } catch {
    // Whether it is GB18030 the reader says, with line and byte.
    return "gb18030";
  }
};

const DELIMITERS = ["\t", ",", ";"] as const;
/**
 * What divides the cells of the header: columns that were copied out of a spreadsheet come with tabs. None of these
 * bytes is part of another character, in either encoding.
 */
const delimiterOf = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0x0a);
  const header = Buffer.from(bytes.subarray(0, end < 0 ? bytes.length : end)).toString("latin1");
  return DELIMITERS.find((delimiter) => header.includes(delimiter)) ?? ",";
};

/** `encoding`: as somebody declared it; null: as the bytes say. The file is gone afterwards. */
export const withTableUpload = async <T>(
  upload: { readonly bytes: Buffer; readonly encoding: TableEncoding | null; readonly refusals: string },
  work: (file: TableUpload) => Promise<T>,
): Promise<T> => {
  const { bytes, refusals } = upload;
  const kind = isZip(bytes) ? "xlsx" : "csv";
  const folder = await mkdtemp(path.join(tmpdir(), "nuanyang-table-"));
  try {
    const file = path.join(folder, `table.${kind}`);
    await writeFile(file, bytes, { mode: 0o600 });
    const encoding = upload.encoding ?? encodingOf(bytes);
    return await work({ path: file, kind, encoding, refusals, delimiter: delimiterOf(bytes) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
