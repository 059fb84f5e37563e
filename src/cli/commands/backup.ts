/** `nuan backup FILE`: all rows of one moment into a file, while the system runs. */
import { open, rm } from "node:fs/promises";
import type { Command } from "commander";
import { fail } from "#src/kernel/errors.ts";
import { takeBackup } from "#src/platform/backup.ts";
import { systemClock } from "#src/platform/clock.ts";
import { errorCode } from "#src/platform/embedded-postgres/failures.ts";
import { type CliRuntime, facts } from "../runtime.ts";

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
  ENAMETOOLONG: "choose a shorter name",
};

const refuseUnwritable = (error: unknown): never => {
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
const requireWritable = async (file: string): Promise<void> => {
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

export const register = (program: Command, cli: CliRuntime): void => {
  program
    .command("backup")
    .argument("<FILE>", "file to write; must not exist")
    .description("write a backup of the whole database to FILE")
    .action(async (file: string) => {
      await cli.runOnServer(
        async ({ ownerUrl }) => {
          await requireWritable(file);
          return takeBackup(ownerUrl, file, systemClock).catch(refuseUnwritable);
        },
        (report) =>
          facts([
            ["file", report.file],
            ["tables", String(report.tables)],
            ["rows", String(report.rows)],
            ["bytes", String(report.bytes)],
          ]),
      );
    });
};
