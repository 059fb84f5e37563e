/** Where a backup is written: refused before the work when it takes nothing, and with one clear sentence when it fills in the middle. */
import { open, rm } from "node:fs/promises";
import { fail } from "#src/kernel/errors.ts";
import { errorCode } from "./embedded-postgres/failures.ts";

const PROBE_BYTES = 1_000_000;

const waysOut: Readonly<Record<string, string>> = {
  ENOENT: "make its folder first, or choose another one",
  ENOTDIR: "choose a place in a folder",
  EISDIR: "name a file, not a folder",
  EACCES: "choose a folder in which this user may write",
  EPERM: "choose a folder in which this user may write",
  EROFS: "choose a place on a disk that can be written",
  ENOSPC: "free some space, or choose another disk",
  EDQUOT: "free some space, or choose another disk",
  EFBIG: "allow larger files (ulimit -f), or choose another disk",
  EIO: "look after the disk, or choose another one",
  ENAMETOOLONG: "choose a shorter name",
};

/** @throws DomainError `backup.not-writable` for what the operating system says of a file; anything else as it is */
export const refuseUnwritable = (error: unknown): never => {
  const code = errorCode(error);
  const remedy = waysOut[code];
  if (remedy === undefined) throw error;
  return fail("backup.not-writable", `the backup cannot be written there (${code})`, {
    field: "FILE",
    remedy,
    facts: { reason: code },
  });
};

/** Writes a little beside the place and removes it, so that a place that takes nothing is named before any work. */
export const requireWritable = async (file: string): Promise<void> => {
  const probe = `${file}.${process.pid}`;
  try {
    const handle = await open(probe, "wx", 0o600);
    try {
      await handle.writeFile(new Uint8Array(PROBE_BYTES));
      await handle.sync();
    } finally {
      await handle.close();
      await rm(probe, { force: true });
    }
  } catch (error) {
    refuseUnwritable(error);
  }
};
