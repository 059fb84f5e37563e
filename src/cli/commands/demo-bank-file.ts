/** `nuan demo bank-file`: a file as the invented bank would write it, to try reconciliation on. */
import { InvalidArgumentError, type Command } from "commander";
import { type BankFileReport, writeDemoBankFile } from "#src/demo/index.ts";
import { day, type Day, isDay } from "#src/kernel/day.ts";
import { fen, formatYuanGrouped } from "#src/kernel/money.ts";
import { type CliRuntime, facts, wholeNumber } from "../runtime.ts";
import { group } from "./group.ts";

type Flags = { readonly channel: string; readonly day: Day; readonly payments: number };

const dayArgument = (text: string): Day => {
  if (!isDay(text)) throw new InvalidArgumentError("give a day like 2026-11-10.");
  return day(text);
};

const print = (report: BankFileReport): string =>
  facts([
    ["file", report.target],
    ["profile", report.profile],
    ["bank day", report.day],
    ["lines", report.lines],
    ["yuan", formatYuanGrouped(fen(report.totalFen))],
    ["unknown number", report.unknownAccountNo],
    ["pays twice", report.doubleAccountNo],
  ]);

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "demo")
    .command("bank-file <file>")
    .description("write an invented bank's file of a demo town: payments, an unknown number, one home twice")
    .requiredOption("--channel <code>", "a channel that posts from its file, such as bank-b")
    .requiredOption("--day <day>", "the bank's day, like 2026-11-10", dayArgument)
    .option("--payments <number>", "how many homes pay", wholeNumber("payments"), 20)
    .action(async (file: string, flags: Flags) => {
      await cli.run(
        async (platform) => writeDemoBankFile(platform.database.sql, { ...flags, target: file }),
        print,
      );
    });
};
