/** Small things that the tests of this room share. */
import iconv from "iconv-lite";
import {
  type BankEvent,
  type BankProfile,
  type DelimitedProfile,
  type DelimitedRow,
  type EntryEvent,
  type StatementEndEvent,
  loadProfile,
  parseProfile,
  readBankFile,
  writeDelimitedFile,
  type WriteOptions,
} from "#src/bank/channels/index.ts";
import { DomainError } from "#src/kernel/errors.ts";

export async function* chunksOf(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

export const eventsOf = async (
  bytes: Uint8Array,
  profile: BankProfile,
  size?: number,
): Promise<BankEvent[]> => {
  const all: BankEvent[] = [];
  for await (const events of readBankFile(chunksOf(bytes, size), profile)) all.push(...events);
  return all;
};

export const entriesOf = async (bytes: Uint8Array, profile: BankProfile): Promise<EntryEvent[]> =>
  (await eventsOf(bytes, profile)).filter((event) => event.type === "entry");

export const statementEndsOf = async (
  bytes: Uint8Array,
  profile: BankProfile,
): Promise<StatementEndEvent[]> =>
  (await eventsOf(bytes, profile)).filter((event) => event.type === "statementEnd");

/** The refusal that a run ends with; anything else fails the test. */
export const refusalOf = async (run: Promise<unknown>): Promise<DomainError> => {
  try {
    await run;
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
};

export const delimited = async (name: string): Promise<DelimitedProfile> => {
  const profile = await loadProfile(name);
  if (profile.format !== "delimited") throw new Error(`${name} is not a delimited profile`);
  return profile;
};

/** A delimited profile written out in a test. */
export const delimitedFrom = (yamlText: string): DelimitedProfile => {
  const profile = parseProfile(yamlText, "test");
  if (profile.format !== "delimited") throw new Error("not a delimited profile");
  return profile;
};

export const written = async (
  profile: DelimitedProfile,
  rows: Iterable<DelimitedRow>,
  options?: WriteOptions,
): Promise<Uint8Array> => {
  const parts: Uint8Array[] = [];
  await writeDelimitedFile(profile, rows, (bytes) => void parts.push(bytes), options);
  return Buffer.concat(parts);
};

export const gb18030 = (text: string): Uint8Array => iconv.encode(text, "gb18030");
export const utf8 = (text: string): Uint8Array => Buffer.from(text, "utf8");

const HEADER = "交易日期|交易时间|银行流水号|户号|户名|金额|渠道|交易类型|原流水号|摘要";

/** A zz-bank file from rows as text: `count` and `totalFen` are what the summary line says. */
export const zzFile = (rows: readonly string[], count: number, totalFen: number): Uint8Array =>
  gb18030([`${count}|${totalFen}|20261111|ZZRL`, HEADER, ...rows].map((line) => `${line}\r\n`).join(""));

export const GOOD_ROW = "20261111|102030|B0001|0012|张三|2052.00|柜面|缴费||采暖费";
