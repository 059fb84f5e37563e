/** `nuan restore FILE`: a backup into an empty database, which then sends nothing until `nuan release`. */
import type { Command } from "commander";
import { restoreBackup } from "#src/platform/backup.ts";
import { type CliRuntime, facts } from "../runtime.ts";

export const register = (program: Command, cli: CliRuntime): void => {
  program
    .command("restore")
    .argument("<FILE>", "a file that `nuan backup` wrote")
    .description("load FILE into an empty database; it sends nothing until `nuan release`")
    .action(async (file: string) => {
      await cli.runOnServer(
        async ({ ownerUrl, appPassword }) =>
          restoreBackup(ownerUrl, file, appPassword === undefined ? {} : { appPassword }),
        (report) =>
          facts([
            ["file", report.file],
            ["tables", String(report.tables)],
            ["rows", String(report.rows)],
            ["sending", "held until `nuan release`"],
          ]),
      );
    });
};
