/** Folders in memory, for servers and files that a test run throws away. */
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from "node:fs";
import path from "node:path";
import { systemClock } from "#src/platform/clock.ts";
import { isAlive, readPostmaster } from "#src/platform/embedded-postgres/postmaster-file.ts";

const MEMORY = "/dev/shm";
const PREFIX = "nuanyang-server-";
/** Where in such a folder its server keeps its data. */
export const SERVER_DATA = "postgres";
const ROOM_BYTES = 6 * 1024 ** 3;
/** A younger folder may be one whose server is being made. */
const OLD_MS = 10 * 60_000;

/** What runs that were killed have left: their server ended with them, their folder would keep its memory until the next boot. */
const removeLeftOvers = (): void => {
  for (const name of readdirSync(MEMORY).filter((each) => each.startsWith(PREFIX))) {
    const dir = path.join(MEMORY, name);
    const server = readPostmaster(path.join(dir, SERVER_DATA));
    const isOld = systemClock.now().getTime() - statSync(dir).mtimeMs > OLD_MS;
    if (isOld && (server === undefined || !isAlive(server.pid)))
      rmSync(dir, { recursive: true, force: true });
  }
};

/**
 * A new folder in memory for a server and what belongs to it, where Linux has one with room; whoever asks removes it. Each test file clones a
 * database of some five hundred files, and a disk's file system takes longer to give and take back their inodes than PostgreSQL to write them.
 */
export const folderInMemory = (): string | undefined => {
  if (!existsSync(MEMORY)) return undefined;
  removeLeftOvers();
  const { bavail, bsize } = statfsSync(MEMORY);
  if (bavail * bsize < ROOM_BYTES) return undefined;
  const dir = mkdtempSync(path.join(MEMORY, PREFIX));
  // Started by root, the server runs as another account, which must pass through.
  chmodSync(dir, 0o711);
  return dir;
};
