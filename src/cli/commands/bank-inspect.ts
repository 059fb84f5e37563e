/** `nuan bank inspect FILE`: what a bank's file says, without a database. */
import type { Command } from "commander";
import { type InspectReport, inspectBankFile } from "#src/bank/channels/index.ts";
import { type CliRuntime, facts, table } from "../runtime.ts";
import { group } from "./group.ts";

const print = (report: InspectReport): string => {
  const parts = [
    facts([
      ["format", report.version === null ? report.format : `${report.format}.${report.version}`],
      ["profile", `${report.profile} ${report.profileVersion}`],
      ["encoding", report.encoding],
      ["bank day", report.bankDay ?? "-"],
      ["lines", report.lines],
      ["stated", `${report.stated.count ?? "-"} items, ${report.stated.total ?? "-"}`],
      ["computed", `${report.computed.count} items, ${report.computed.total}`],
      ["sha256", report.sha256],
      ["acceptable", report.acceptable ? "yes" : "no"],
    ]),
    table(
      ["account", "kind", "entries", "credits", "debits", "opening", "closing", "check"],
      report.statements.map((one) => [
        one.account ?? "-",
        one.kind,
        one.entries,
        one.credits,
        one.debits,
        one.opening ?? "-",
        one.closing ?? "-",
        one.check,
      ]),
    ),
  ];
  if (report.problems.length > 0) {
    parts.push(
      table(
        ["row", "problem", "what"],
        report.problems.map((one) => [one.row, one.code, one.message]),
      ),
    );
    const more = report.problemCount - report.problems.length;
    if (more > 0) parts.push(`… and ${more} more`);
  }
  return parts.join("\n\n");
};

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "bank")
    .command("inspect <file>")
    .description("show what a bank's file says; stores nothing and needs no database")
    .option("--profile <name>", "profile of a delimited file: a name or the path of a .yaml file")
    .action(async (file: string, flags: { readonly profile?: string }) => {
      await cli.runWithoutDatabase(async () => inspectBankFile(file, { profile: flags.profile }), print, {
        refused: (report) => !report.acceptable,
      });
    });
};
