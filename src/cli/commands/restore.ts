/** `nuan restore FILE`: a backup into an empty database, which then sends nothing until `nuan release`. */
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { restoreBackup } from "#src/platform/backup.ts";
import { connect } from "#src/platform/database.ts";
import { sealOnce } from "#src/platform/seal.ts";
import { type CliRuntime, type CliServer, facts } from "../runtime.ts";

/**
 * A new place has no anchors yet: the heads of what was restored begin them, or the first check would miss them. Anchors
 * that are there stay as they are: they tell what the backup does not have.
 */
const beginAnchors = async ({ appUrl, config }: CliServer): Promise<boolean> => {
  if (existsSync(config.auditAnchorFile)) return false;
  const database = connect(appUrl, { poolSize: 1, bulkPoolSize: 1, applicationName: "nuan restore" });
  try {
    await sealOnce(database, { anchorFile: config.auditAnchorFile });
  } finally {
    await database.close();
  }
  return true;
};

export const register = (program: Command, cli: CliRuntime): void => {
  program
    .command("restore")
    .argument("<FILE>", "a file that `nuan backup` wrote")
    .description("load FILE into an empty database; it sends nothing until `nuan release`")
    .option("--yes-demo", "also a demo's backup into the database that DATABASE_URL names")
    .action(async (file: string, { yesDemo }: { readonly yesDemo?: true }) => {
      await cli.runOnServer(
        async (server) => {
          const { ownerUrl, appPassword } = server;
          const report = await restoreBackup(ownerUrl, file, {
            ...(appPassword !== undefined && { appPassword }),
            refuseDemo: server.embedded === "external" && yesDemo !== true,
          });
          return { ...report, anchorsBegun: await beginAnchors(server) };
        },
        (report) =>
          facts([
            ["file", report.file],
            ["tables", String(report.tables)],
            ["rows", String(report.rows)],
            ["anchors", report.anchorsBegun ? "begun anew" : "kept: they tell what the backup does not have"],
            ["sending", "held until `nuan release`"],
          ]),
      );
    });
};
