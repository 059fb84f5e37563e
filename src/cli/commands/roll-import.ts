/** `nuan roll import FILE`: the roll of households, looked at first and then committed. */
import { InvalidArgumentError, Option, type Command } from "commander";
import { day, isDay, type Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import {
  AREA_ROUNDINGS,
  type AreaRounding,
  importRoll,
  ROLL_ENCODINGS,
  type RollEncoding,
  type RollReport,
} from "#src/town/accounts/index.ts";
import { type Cell, type CliRuntime, facts, table } from "../runtime.ts";
import { group } from "./group.ts";

type Flags = {
  readonly encoding: RollEncoding;
  readonly dryRun?: boolean;
  readonly commit?: boolean;
  readonly errors?: string;
  readonly cleaning?: string;
  readonly since?: Day;
  readonly areaRounding: AreaRounding;
};

const dayArgument = (text: string): Day => {
  if (!isDay(text)) throw new InvalidArgumentError("give a day like 2026-07-15.");
  return day(text);
};

const rowsOf = (counted: Readonly<Record<string, number>>): (readonly [string, number])[] =>
  Object.entries(counted).sort(([, a], [, b]) => b - a);

const print = (report: RollReport, flags: Flags): string => {
  const outcome = report.importedBefore
    ? `This file was imported before (import ${report.importId ?? "?"}); nothing was changed.`
    : report.dryRun
      ? "Dry run: nothing was changed. Repeat with --commit to import."
      : `Imported as ${report.importId ?? "?"}.`;
  const parts = [
    outcome,
    facts([
      ["rows", report.rows],
      ["accepted", report.accepted],
      ["already there", report.alreadyThere],
      ["refused", report.refused],
    ] satisfies (readonly [string, Cell])[]),
  ];
  const refusals = rowsOf(report.refusedByReason);
  if (refusals.length > 0) parts.push(table(["refused because", "rows"], refusals));
  const added = rowsOf(report.added).filter(([, count]) => count > 0);
  if (added.length > 0) parts.push(table([report.dryRun ? "would be new" : "new", "count"], added));
  const findings = rowsOf(report.cleaning);
  if (findings.length > 0) parts.push(table(["to be cleaned", "findings"], findings));
  if (flags.errors !== undefined) parts.push(`Refused rows: ${flags.errors}`);
  if (flags.cleaning !== undefined) parts.push(`Cleaning list: ${flags.cleaning}`);
  return parts.join("\n\n");
};

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "roll")
    .command("import")
    .argument("<file>", "CSV, or XLSX")
    .description("load the roll of households; without --commit it only says what would happen")
    .addOption(
      new Option("--encoding <name>", "encoding of a CSV file").choices([...ROLL_ENCODINGS]).default("utf-8"),
    )
    .option("--dry-run", "check and count only (the default)")
    .option("--commit", "write what was accepted")
    .option("--errors <file>", "write the refused rows here, to be mended and loaded again")
    .option("--cleaning <file>", "write the cleaning list here")
    .option("--since <day>", "first day of terms, states and roles (default: today)", dayArgument)
    .addOption(
      new Option("--area-rounding <rule>", "how 90% of a gross area is rounded")
        .choices([...AREA_ROUNDINGS])
        .default("three-decimals"),
    )
    .action(async (path: string, flags: Flags) => {
      await cli.run(
        async (platform) => {
          if (flags.commit === true && flags.dryRun === true) {
            fail("usage.conflict", "--commit and --dry-run exclude each other", { field: "commit" });
          }
          return importRoll(
            platform,
            platform.actor,
            {
              file: { path, encoding: flags.encoding },
              commit: flags.commit === true,
              rounding: flags.areaRounding,
              since: flags.since,
              errorsPath: flags.errors,
              cleaningPath: flags.cleaning,
              progress: (step, detail) =>
                cli.note(step === "reading" ? `read ${detail} rows` : `written: ${detail}`),
            },
            platform.requestId,
          );
        },
        (report) => print(report, flags),
      );
    });
};
