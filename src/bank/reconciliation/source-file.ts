/** The file as it comes: on disk already, or a stream that is put on disk while it is read. */
import { createHash } from "node:crypto";
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fail } from "#src/kernel/errors.ts";

/** A path, or the bytes of an upload. */
export type FileSource = string | AsyncIterable<Uint8Array>;

export type SourceFile = {
  readonly path: string;
  readonly sha256: Uint8Array;
  readonly sizeBytes: bigint;
  /** Removes what was put on disk here; a file that was there before stays. */
  dispose(): Promise<void>;
};

const READ_BYTES = 256 * 1024;
/** Larger than a year of a city's lines; a wrong upload must not fill the disk. */
const LARGEST_BYTES = 2n * 1024n * 1024n * 1024n;

const UNREADABLE = new Set(["ENOENT", "EISDIR", "EACCES", "EPERM", "ENAMETOOLONG", "ENOTDIR"]);

const refuseUnreadable = (error: unknown): never => {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!UNREADABLE.has(code)) throw error;
  return fail("file.not-readable", `the file cannot be opened (${code})`, {
    remedy: "Check path and rights.",
  });
};

/**
 * The bytes of a file at a path, in pieces that share one buffer: a piece is good until the next is asked for. A buffer
 * for each piece would be garbage that the collector lets grow with the file.
 * @throws DomainError `file.not-readable`
 */
export async function* bytesOf(filePath: string): AsyncGenerator<Uint8Array> {
  let file: FileHandle | undefined;
  try {
    file = await open(filePath, "r");
    const buffer = new Uint8Array(READ_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, READ_BYTES);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } catch (error) {
    refuseUnreadable(error);
  } finally {
    await file?.close();
  }
}

/**
 * The bytes of a file that was hashed before, in one pass.
 * @throws DomainError `file.changed` at the end when they are not the bytes that were hashed
 */
export async function* sameBytes(source: {
  readonly path: string;
  readonly sha256: Uint8Array;
}): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  for await (const bytes of bytesOf(source.path)) {
    hash.update(bytes);
    yield bytes;
  }
  if (!hash.digest().equals(source.sha256)) {
    fail("file.changed", "the file changed while it was read", {
      remedy: "Wait until it has arrived completely, then import it again.",
    });
  }
}

const hashThrough = async (
  source: AsyncIterable<Uint8Array>,
  sink: (bytes: Uint8Array) => Promise<unknown>,
): Promise<{ sha256: Uint8Array; sizeBytes: bigint }> => {
  const hash = createHash("sha256");
  let sizeBytes = 0n;
  for await (const bytes of source) {
    hash.update(bytes);
    sizeBytes += BigInt(bytes.length);
    if (sizeBytes > LARGEST_BYTES) {
      fail("file.too-large", "the file is larger than 2 GiB", { remedy: "Ask the bank for one file a day." });
    }
    await sink(bytes);
  }
  return { sha256: hash.digest(), sizeBytes };
};

/**
 * Reads the file once for its digest. An upload is kept in a folder of its own below the system's folder for temporary
 * files, because it is read twice and may not fit into memory.
 */
export const takeSource = async (source: FileSource): Promise<SourceFile> => {
  if (typeof source === "string") {
    const read = await hashThrough(bytesOf(source), async () => undefined);
    return { ...read, path: source, dispose: async () => undefined };
  }
  const folder = await mkdtemp(path.join(tmpdir(), "nuanyang-upload-"));
  const dispose = async (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const kept = path.join(folder, "file");
    const file = await open(kept, "w", 0o600);
    try {
      const read = await hashThrough(source, async (bytes) => file.write(bytes));
      return { ...read, path: kept, dispose };
    } finally {
      await file.close();
    }
  } catch (error) {
    await dispose();
    throw error;
  }
};
