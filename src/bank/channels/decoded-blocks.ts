/**
 * Bytes to text, strictly. The stream is cut into blocks that end on a boundary byte (a line feed, or `>` in XML),
 * and each block is decoded by itself. That works for every encoding a profile may name: neither byte is ever part of
 * a longer character in UTF-8, GBK or GB18030 (the bar `|` is, which is why nothing is split before it is decoded).
 */
import { DomainError, fail } from "#src/kernel/errors.ts";

export type DecodedBlock = {
  readonly text: string;
  /** Bytes of the file up to and including this block. */
  readonly bytesSoFar: number;
};

export const LINE_FEED = 0x0a;
export const TAG_END = 0x3e;

/** A whole-block ceiling: larger chunks are cut, so that a source of huge chunks costs no more memory. */
const BLOCK_BYTES = 64 * 1024;
/** A "line" longer than this is no line of a bank file; without a limit a file without line ends would fill memory. */
const LONGEST_LINE_BYTES = 1024 * 1024;

const countLineFeeds = (bytes: Uint8Array, until: number): number => {
  let count = 0;
  for (let index = 0; index < until; index += 1) if (bytes[index] === LINE_FEED) count += 1;
  return count;
};

/** Where decoding first fails: the longest prefix that a streaming decoder still accepts ends there. */
const firstBadByte = (bytes: Uint8Array, encoding: string): number => {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    try {
      new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      low = middle;
    } catch {
      // Not swallowed: the failure is the answer of this step of the search.
      high = middle - 1;
    }
  }
  return low;
};

const refuseBytes = (
  bytes: Uint8Array,
  encoding: string,
  startByte: number,
  startLine: number,
  isEnd: boolean,
): never => {
  const bad = firstBadByte(bytes, encoding);
  const row = startLine + countLineFeeds(bytes, bad);
  if (bad === bytes.length && isEnd) {
    fail("file.truncated", `the file ends in the middle of a character, in line ${row}`, {
      row,
      remedy: "Fetch the file again; nothing of it was taken.",
      facts: { byteOffset: startByte + bad },
    });
  }
  fail("file.encoding", `byte ${startByte + bad} (line ${row}) is not ${encoding}`, {
    row,
    remedy:
      "Ask the bank for the agreed encoding, or correct the encoding in the profile; it is never guessed.",
    facts: { byteOffset: startByte + bad, encoding },
  });
};

/**
 * Decodes a byte stream block by block; each block but the last ends with `boundary`. How the source is chunked
 * does not show in the joined text. A byte order mark at the start is dropped.
 * @throws DomainError `file.encoding` (byte offset and line), `file.truncated` for an end inside a character,
 * `file.line-too-long`.
 */
export async function* decodedBlocks(
  source: AsyncIterable<Uint8Array>,
  encoding: string,
  boundary: number,
): AsyncGenerator<DecodedBlock> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  let carried: Uint8Array[] = [];
  let carriedBytes = 0;
  let decodedBytes = 0;
  let line = 1;

  const decode = (bytes: Uint8Array, isEnd: boolean): DecodedBlock => {
    let text: string;
    try {
      text = decoder.decode(bytes);
    } catch (error) {
      if (error instanceof DomainError) throw error;
      return refuseBytes(bytes, encoding, decodedBytes, line, isEnd);
    }
    if (decodedBytes === 0 && text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    decodedBytes += bytes.length;
    line += countLineFeeds(bytes, bytes.length);
    return { text, bytesSoFar: decodedBytes };
  };

  for await (const chunk of source) {
    for (let start = 0; start < chunk.length; start += BLOCK_BYTES) {
      const part = chunk.subarray(start, start + BLOCK_BYTES);
      const cut = part.lastIndexOf(boundary) + 1;
      if (cut > 0) {
        const head = part.subarray(0, cut);
        yield decode(carriedBytes === 0 ? head : Buffer.concat([...carried, head]), false);
        carried = [];
        carriedBytes = 0;
      }
      if (cut < part.length) {
        // Copied: a source may use its buffer again for the next chunk.
        carried.push(Uint8Array.from(part.subarray(cut)));
        carriedBytes += part.length - cut;
      }
      if (carriedBytes > LONGEST_LINE_BYTES) {
        fail("file.line-too-long", `line ${line} is longer than ${LONGEST_LINE_BYTES} bytes`, {
          row: line,
          remedy: "Check that this is the bank's file and that the profile fits it.",
        });
      }
    }
  }
  if (carriedBytes > 0) yield decode(Buffer.concat(carried), true);
}
