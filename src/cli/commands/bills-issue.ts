/** `nuan bills issue`: issues the bills of a season, or finishes an interrupted run. */
import type { Command } from "commander";
import type { z } from "zod";
import { fen, formatYuanGrouped, parseYuan } from "#src/kernel/money.ts";
import { issueBillRun, issueJson, type issueOut } from "#src/money/billing/index.ts";
import { type CliRuntime, facts, type Progress, wholeNumber } from "../runtime.ts";
import { dayOption } from "./bills-preview.ts";
import { group } from "./group.ts";

type Options = {
  readonly season: number;
  readonly asOf?: string;
  readonly expectCount?: number;
  readonly expectSum?: string;
  readonly reissueCancelled?: true;
};

/** The same object as over HTTP. */
type IssueReport = z.input<typeof issueOut>;

const yuan = (amountFen: number): string => formatYuanGrouped(fen(amountFen));

const print = (result: IssueReport): string =>
  result.runId === null
    ? `Nothing to issue: every charge point of season ${result.season} that can be billed has its bill.`
    : facts([
        ["run", result.runId],
        ["season", String(result.season)],
        ["as of", result.asOf],
        ["new bills", String(result.newBills)],
        ["new, yuan", yuan(result.newSumFen)],
        ["issued in all", String(result.issuedCount)],
        ["in all, yuan", yuan(result.issuedSumFen)],
        ["expected", `${result.expectedCount} bills, ${yuan(result.expectedSumFen)} yuan`],
        ["resumed", result.resumed ? "yes" : "no"],
      ]);

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "bills")
    .command("issue")
    .description("issue the bills of a season; repeating issues what is left, at the end nothing")
    .requiredOption("--season <year>", "the year in which the season starts", wholeNumber("season"))
    .option("--as-of <day>", "terms and states of this day (default: today)")
    .option(
      "--expect-count <n>",
      "refuse when it would be another number of bills",
      wholeNumber("expect-count"),
    )
    .option("--expect-sum <yuan>", "refuse when it would be another sum")
    .option("--reissue-cancelled", "also where this season's bill was cancelled: a corrected one is wanted")
    .action(async (options: Options) => {
      await cli.run(async (platform) => {
        let bar: Progress | undefined;
        const issued = await issueBillRun(platform, {
          actor: platform.actor,
          requestId: platform.requestId,
          season: options.season,
          asOf: dayOption(options.asOf),
          reissueCancelled: options.reissueCancelled,
          expected: {
            count: options.expectCount === undefined ? undefined : BigInt(options.expectCount),
            sumFen: options.expectSum === undefined ? undefined : parseYuan(options.expectSum),
          },
          onProgress: (done, expected) => {
            bar ??= cli.progress(Number(expected), "bills");
            bar.update(Number(done));
          },
        });
        return issueJson(issued);
      }, print);
    });
};
