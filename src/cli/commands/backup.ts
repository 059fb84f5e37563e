/** `nuan backup FILE`: all rows of one moment into a file, while the system runs. */
import type { Command } from "commander";
import { requireWritable } from "#src/platform/backup-place.ts";
import { takeBackup } from "#src/platform/backup.ts";
import { systemClock } from "#src/platform/clock.ts";
import { type CliRuntime, facts } from "../runtime.ts";

export const register = (program: Command, cli: CliRuntime): void => {
  program
    .command("backup")
    .argument("<FILE>", "file to write; must not exist")
    .description("write a backup of the whole database to FILE")
    .action(async (file: string) => {
      await cli.runOnServer(
        async ({ ownerUrl }) => {
          await requireWritable(file);
          return takeBackup(ownerUrl, file, systemClock);
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
