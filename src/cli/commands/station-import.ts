/** `nuan station import FILE`: who runs the stations, looked at first and then changed. */
import { Option, type Command } from "commander";
import { fail } from "#src/kernel/errors.ts";
import { TABLE_ENCODINGS, type TableEncoding } from "#src/platform/table-file.ts";
import { importStationList, type StationListReport } from "#src/town/network/index.ts";
import { type CliRuntime, facts, table } from "../runtime.ts";
import { group } from "./group.ts";

type Flags = {
  readonly encoding: TableEncoding;
  readonly dryRun?: boolean;
  readonly commit?: boolean;
  readonly errors?: string;
};

const print = (report: StationListReport, flags: Flags): string => {
  const parts = [
    report.dryRun ? "Dry run: nothing was changed. Repeat with --commit to change." : "Changed.",
    facts([
      ["rows", report.rows],
      ["changed", report.changed],
      ["as they were", report.unchanged],
      ["refused", report.refused],
    ]),
  ];
  const refusals = Object.entries(report.refusedByReason);
  if (refusals.length > 0) parts.push(table(["refused because", "rows"], refusals));
  if (flags.errors !== undefined) parts.push(`Refused rows: ${flags.errors}`);
  return parts.join("\n\n");
};

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "station")
    .command("import")
    .argument("<file>", "CSV, or XLSX")
    .description("set who runs the stations of a list; without --commit it only says what would change")
    .addOption(
      new Option("--encoding <name>", "encoding of a CSV file")
        .choices([...TABLE_ENCODINGS])
        .default("utf-8"),
    )
    .option("--dry-run", "check and count only (the default)")
    .option("--commit", "write what was accepted")
    .option("--errors <file>", "write the refused rows here, to be mended and loaded again")
    .action(async (path: string, flags: Flags) => {
      await cli.run(
        async (platform) => {
          if (flags.commit === true && flags.dryRun === true) {
            fail("usage.conflict", "--commit and --dry-run exclude each other", { field: "commit" });
          }
          const { encoding, errors: errorsPath } = flags;
          const options = { path, encoding, commit: flags.commit === true, errorsPath };
          return importStationList(platform, platform.actor, options, platform.requestId);
        },
        (report) => print(report, flags),
      );
    });
};
