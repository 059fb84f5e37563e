/** `nuan opening import FILE`: the balances of the old system, whole or not at all. */
import { InvalidArgumentError, Option, type Command } from "commander";
import { importOpening, type OpeningReport } from "#src/cutover/index.ts";
import { DomainError } from "#src/kernel/errors.ts";
import { type Fen, fen, formatYuanGrouped, parseYuan } from "#src/kernel/money.ts";
import { TABLE_ENCODINGS, type TableEncoding } from "#src/platform/table-file.ts";
import { type Cell, type CliRuntime, facts, table } from "../runtime.ts";
import { group } from "./group.ts";

type Flags = {
  readonly encoding: TableEncoding;
  readonly receivable: Fen;
  readonly prepaid: Fen;
  readonly suspense: Fen;
  readonly dryRun?: boolean;
  readonly errors?: string;
};

const yuan = (text: string): Fen => {
  try {
    const amount = parseYuan(text.replaceAll(",", ""));
    if (amount >= 0n) return amount;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
  }
  throw new InvalidArgumentError("give an amount in yuan like 14212905.60.");
};

const money = (amountFen: number): string => formatYuanGrouped(fen(amountFen));

const print = (report: OpeningReport, flags: Flags): string => {
  const outcome = report.importedBefore
    ? `This file was loaded before (import ${report.importId ?? "?"}); nothing was changed.`
    : report.dryRun
      ? "Dry run: nothing was changed. Repeat without --dry-run to load."
      : `Loaded as import ${report.importId ?? "?"}.`;
  const parts = [
    outcome,
    facts([
      ["rows", report.rows],
      ["accepted", report.accepted],
      ["under 迁移待查", report.pending],
      ["left out", report.leftOut],
      ["receivable", money(report.receivableFen)],
      ["  of which 迁移待查", money(report.pendingReceivableFen)],
      ["prepaid", money(report.prepaidFen)],
      ["  of which 迁移待查", money(report.pendingPrepaidFen)],
      ["suspense", money(report.suspenseFen)],
      ["supply states", report.supplyStates],
      ["valve states", report.valveStates],
      ["receipt series", report.series],
    ] satisfies (readonly [string, Cell])[]),
  ];
  const reasons = Object.entries(report.byReason);
  if (reasons.length > 0) parts.push(table(["to be mended because", "rows"], reasons));
  if (report.newSeasons.length > 0) parts.push(`Seasons of old debts: ${report.newSeasons.join(", ")}`);
  if (flags.errors !== undefined && !report.importedBefore) parts.push(`Rows to be mended: ${flags.errors}`);
  return parts.join("\n\n");
};

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "opening")
    .command("import")
    .argument("<file>", "CSV, or XLSX")
    .description("load the opening balances; their totals must equal the old trial balance to the fen")
    .addOption(
      new Option("--encoding <name>", "encoding of a CSV file")
        .choices([...TABLE_ENCODINGS])
        .default("utf-8"),
    )
    .requiredOption("--receivable <yuan>", "old debts in the old trial balance", yuan)
    .requiredOption("--prepaid <yuan>", "prepaid in the old trial balance", yuan)
    .requiredOption("--suspense <yuan>", "money of nobody in the old trial balance", yuan)
    .option("--dry-run", "check and count only")
    .option("--errors <file>", "write the rows that a person must look at here")
    .action(async (path: string, flags: Flags) => {
      await cli.run(
        (platform) =>
          importOpening(
            platform,
            platform.actor,
            {
              file: { path, encoding: flags.encoding },
              trialBalance: {
                receivableFen: flags.receivable,
                prepaidFen: flags.prepaid,
                suspenseFen: flags.suspense,
              },
              commit: flags.dryRun !== true,
              errorsPath: flags.errors,
              progress: (step, detail) =>
                cli.note(step === "reading" ? `read ${detail} rows` : `writing: ${detail}`),
            },
            platform.requestId,
          ),
        (report) => print(report, flags),
      );
    });
};
