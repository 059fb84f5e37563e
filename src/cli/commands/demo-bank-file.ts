/** `nuan demo bank-file`: a file as the invented bank would write it, to try reconciliation on. */
import { existsSync } from "node:fs";
import { InvalidArgumentError, type Command } from "commander";
import { type BankFileReport, writeDemoBankFile } from "#src/demo/index.ts";
import { day, type Day, isDay } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { fen, formatYuanGrouped } from "#src/kernel/money.ts";
import { type CliRuntime, facts, wholeNumber } from "../runtime.ts";
import { group } from "./group.ts";

type Flags = {
  readonly channel: string;
  readonly day: Day;
  readonly payments: number;
  readonly overwrite?: true;
};

const refuseExisting = (file: string): void => {
  if (!existsSync(file)) return;
  fail("demo.file-exists", "there is a file of this name", {
    field: "file",
    remedy: "choose another name, or add --overwrite",
  });
};

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
    .option("--overwrite", "also over a file that is there")
    .action(async (file: string, { overwrite, ...plan }: Flags) => {
      await cli.run(async (platform) => {
        if (overwrite !== true) refuseExisting(file);
        return writeDemoBankFile(platform.database.sql, { ...plan, target: file });
      }, print);
    });
};
