import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from "node:fs";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { systemClock } from "#src/platform/clock.ts";
import { isAlive, readPostmaster } from "#src/platform/embedded-postgres/postmaster-file.ts";
import { startServer } from "./server.ts";
import { plantTownTemplate } from "./town-template.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Superuser URL of the one server of this run, database `postgres`. */
    serverUrl: string;
    /** The data folder of a demo town as its first start left it, for the towns of the browser tests to be copied from. */
    townTemplate: string;
  }
}

const MEMORY = "/dev/shm";
const PREFIX = "nuanyang-server-";
const ROOM_BYTES = 6 * 1024 ** 3;
/** A younger folder may be one whose server is being made. */
const OLD_MS = 10 * 60_000;

/** What runs that were killed have left: their server ended with them, their folder would keep its memory until the next boot. */
const removeLeftOvers = (): void => {
  for (const name of readdirSync(MEMORY).filter((each) => each.startsWith(PREFIX))) {
    const dir = path.join(MEMORY, name);
    const server = readPostmaster(path.join(dir, "postgres"));
    const isOld = systemClock.now().getTime() - statSync(dir).mtimeMs > OLD_MS;
    if (isOld && (server === undefined || !isAlive(server.pid)))
      rmSync(dir, { recursive: true, force: true });
  }
};

/**
 * A folder in memory where Linux has one with room. Each test file clones a database of some five hundred files, and a disk's
 * file system takes longer to give and take back their inodes than PostgreSQL to write them.
 */
const folderInMemory = (): string | undefined => {
  if (!existsSync(MEMORY)) return undefined;
  removeLeftOvers();
  const { bavail, bsize } = statfsSync(MEMORY);
  if (bavail * bsize < ROOM_BYTES) return undefined;
  const dir = mkdtempSync(path.join(MEMORY, PREFIX));
  // Started by root, the server runs as another account, which must pass through.
  chmodSync(dir, 0o711);
  return dir;
};

/** One server for the whole run; TEST_DATABASE_URL names an existing one (Debian's PostgreSQL 15) instead. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env["TEST_DATABASE_URL"];
  if (given !== undefined && given !== "") {
    project.provide("serverUrl", given);
    return async () => undefined;
  }
  // No test of this run cuts the power, and the folder is thrown away: waiting for the disk would only cost time.
  // The fault and bench suites, whose subject it is, start their own servers with fsync on.
  const dir = folderInMemory();
  // What tests make for themselves (clusters of their own, settings, files) goes there too, and away with it.
  if (dir !== undefined) process.env["TMPDIR"] = dir;
  const server = await startServer({
    ...(dir !== undefined && { dir }),
    settings: { fsync: "off", full_page_writes: "off" },
  });
  project.provide("serverUrl", server.url);
  if (process.env["TEST_BROWSER"] === "1") project.provide("townTemplate", await plantTownTemplate());
  return async () => {
    await server.stop();
    if (dir !== undefined) rmSync(dir, { recursive: true, force: true });
  };
}
