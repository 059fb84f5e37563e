/** `nuan db migrate`: brings the schema to this version. */
import type { Command } from "commander";
import { prepareDatabase } from "#src/platform/prepare-database.ts";
import type { CliRuntime } from "../runtime.ts";
import { group } from "./group.ts";

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "db")
    .command("migrate")
    .description("apply pending migrations; repeating is safe, two at once take turns")
    .action(async () => {
      await cli.runOnServer(
        async ({ ownerUrl, appPassword }) =>
          prepareDatabase(ownerUrl, appPassword === undefined ? {} : { appPassword }),
        ({ applied, routines }) =>
          applied.length + routines.length === 0
            ? "Nothing to do: the database is up to date."
            : [
                ...applied.map((name) => `applied ${name}`),
                ...routines.map((name) => `renewed ${name}`),
              ].join("\n"),
      );
    });
};
