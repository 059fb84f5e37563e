/**
 * At most one process at a time runs the database of a data folder. The lock is the operating system's own lock on a file
 * (SQLite asks for it portably, Node itself has no call for it): it is free again the moment its holder ends, also after
 * `kill -9`, so there is no stale lock to judge.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DomainError } from "#src/kernel/errors.ts";

export type FolderLock = { release(): void };

/** Takes the lock, or answers `undefined` at once when another process (or this one) holds it. */
export const tryLockFolder = (dataDir: string): FolderLock | undefined => {
  const file = path.join(dataDir, "instance.lock");
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 0 });
    database.exec("begin exclusive");
    const held = database;
    return { release: () => held.close() };
  } catch (error) {
    database?.close();
    const message = error instanceof Error ? error.message : String(error);
    if (message.includes("locked")) return undefined;
    throw new DomainError("database.not-permitted", `cannot lock the data folder ${dataDir}`, {
      remedy: existsSync(file)
        ? "Run as the user who started the database first."
        : "Give this user the right to write there, or set DATA_DIR to another folder.",
      facts: { cause: message },
    });
  }
};
