/** `nuan bank import FILE --channel C`: a bank's file, looked at with --dry-run or posted. */
import path from "node:path";
import type { Command } from "commander";
import { type BankImportReport, importBankFile } from "#src/bank/reconciliation/index.ts";
import type { Day } from "#src/kernel/day.ts";
import { fen, formatYuanGrouped } from "#src/kernel/money.ts";
import { type CliRuntime, facts, type Progress, table } from "../runtime.ts";
import { group } from "./group.ts";
import { dayArgument } from "./read-options.ts";

type Flags = {
  readonly channel: string;
  readonly profile?: string;
  readonly dryRun?: boolean;
  readonly forDay?: Day;
};

const outcomeOf = (report: BankImportReport): string => {
  if (report.dryRun) return "Dry run: nothing was posted.";
  return report.resumed ? "An earlier import of this file was finished." : "Imported.";
};

const print = (report: BankImportReport): string =>
  [
    outcomeOf(report),
    facts([
      ["import", String(report.importFileId)],
      ["channel", report.channel],
      ["bank day", report.bankDay ?? "-"],
      ["lines", report.lineCount],
      ["yuan", formatYuanGrouped(fen(report.totalFen))],
    ]),
    table(
      ["outcome", "lines"],
      Object.entries(report.counts).sort(([, a], [, b]) => b - a),
    ),
  ].join("\n\n");

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "bank")
    .command("import <file>")
    .description("import a channel's file or a statement; the same file again posts nothing")
    .requiredOption("--channel <code>", "the channel whose file it is")
    .option("--profile <name>", "another profile than the channel's own")
    .option(
      "--for-day <day>",
      "count a file of a certified day, or of long ago, to this later, open day",
      dayArgument,
    )
    .option("--dry-run", "read, check and count, and post nothing")
    .action(async (file: string, flags: Flags) => {
      await cli.run(async (platform) => {
        let bar: Progress | undefined;
        return importBankFile(platform, platform.actor, {
          source: file,
          fileName: path.basename(file),
          channel: flags.channel,
          profile: flags.profile,
          dryRun: flags.dryRun === true,
          forDay: flags.forDay,
          requestId: platform.requestId,
          onProgress: (done, total) => {
            bar ??= cli.progress(total, "lines");
            bar.update(done);
          },
        });
      }, print);
    });
};
