/**
 * The anchor file: heads of the sealed chains, kept outside the database. A chain cannot show that its own tail was cut
 * off; a head written down elsewhere can. One JSON line per head: at, stream, blockNo, hash, toId.
 */
import { type FileHandle, mkdir, open } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";

export type AnchorHead = {
  readonly stream: string;
  readonly blockNo: bigint;
  readonly hash: Uint8Array;
  readonly toId: bigint;
};

const anchorLine = z.strictObject({
  at: z.iso.datetime(),
  stream: z.string(),
  blockNo: z.int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  toId: z.string().regex(/^\d+$/),
});
export type Anchor = z.output<typeof anchorLine>;

const TAIL_BYTES = 65_536;

/** Last anchored block by stream, per file; what this process has not seen yet is read from the file's end. */
const anchoredByFile = new Map<string, Map<string, number>>();

const parseLine = (line: string): Anchor | null => {
  try {
    const parsed = anchorLine.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    // Not JSON: the caller names the line.
    return null;
  }
};

/** Reads the end of the file, and removes a line that a crash cut short: it was never vouched for by an fsync. */
const readTail = async (file: string): Promise<Map<string, number>> => {
  const anchored = new Map<string, number>();
  const handle = await open(file, "a+");
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    const end = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
    if (end < bytesRead) await handle.truncate(start + end);
    for (const line of buffer.subarray(0, end).toString("utf8").split("\n")) {
      const anchor = parseLine(line);
      if (anchor !== null) anchored.set(anchor.stream, anchor.blockNo);
    }
  } finally {
    await handle.close();
  }
  return anchored;
};

/**
 * Appends the heads that changed since the last call, with fsync. The heads are asked for only when `changed`, or at this
 * process's first call, so that a crash between sealing and anchoring is made good. A head written twice is harmless.
 */
export const appendAnchors = async (
  file: string,
  at: Date,
  changed: boolean,
  readHeads: () => Promise<readonly AnchorHead[]>,
): Promise<void> => {
  const known = anchoredByFile.get(file);
  if (known !== undefined && !changed) return;
  if (known === undefined) await mkdir(path.dirname(file), { recursive: true });
  const anchored = known ?? (await readTail(file));
  const fresh = (await readHeads()).filter((head) => anchored.get(head.stream) !== Number(head.blockNo));
  if (fresh.length > 0) {
    const lines = fresh.map((head) =>
      JSON.stringify({
        at: at.toISOString(),
        stream: head.stream,
        blockNo: Number(head.blockNo),
        hash: Buffer.from(head.hash).toString("hex"),
        toId: String(head.toId),
      } satisfies Anchor),
    );
    const handle = await open(file, "a");
    try {
      await handle.write(`${lines.join("\n")}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    for (const head of fresh) anchored.set(head.stream, Number(head.blockNo));
  }
  anchoredByFile.set(file, anchored);
};

const openExisting = async (file: string): Promise<FileHandle | null> => {
  try {
    return await open(file, "r");
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return null;
    throw error;
  }
};

export type AnchorEntry = { readonly lineNo: number; readonly anchor: Anchor | null };

/** The lines of an anchor file in bunches; null for a line that cannot be read. A missing file has none. */
export async function* readAnchors(file: string, bunch = 1000): AsyncGenerator<readonly AnchorEntry[]> {
  const handle = await openExisting(file);
  if (handle === null) return;
  let entries: AnchorEntry[] = [];
  let lineNo = 0;
  try {
    for await (const line of handle.readLines({ autoClose: false })) {
      lineNo += 1;
      if (line === "") continue;
      entries.push({ lineNo, anchor: parseLine(line) });
      if (entries.length >= bunch) {
        yield entries;
        entries = [];
      }
    }
  } finally {
    await handle.close();
  }
  if (entries.length > 0) yield entries;
}
