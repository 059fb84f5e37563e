/** `nuan backup FILE`: all rows of one moment into a file, while the system runs. */
import type { Command } from "commander";
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
        async ({ ownerUrl }) => takeBackup(ownerUrl, file, systemClock),
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
