/** `nuan bills fall-due`: makes offers into debts whose due day has come. */
import type { Command } from "commander";
import { fen, formatYuanGrouped } from "#src/kernel/money.ts";
import { fallDue } from "#src/money/billing/index.ts";
import { fenJson } from "#src/platform/route.ts";
import { type CliRuntime, facts, wholeNumber } from "../runtime.ts";
import { dayOption } from "./bills-preview.ts";
import { group } from "./group.ts";

type FallDueReport = {
  readonly season: number;
  readonly day: string;
  readonly bills: number;
  readonly sumFen: number;
  readonly openFen: number;
};

const print = (result: FallDueReport): string =>
  facts([
    ["season", String(result.season)],
    ["due by", result.day],
    ["bills", String(result.bills)],
    ["sum, yuan", formatYuanGrouped(fen(result.sumFen))],
    ["unpaid, yuan", formatYuanGrouped(fen(result.openFen))],
  ]);

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "bills")
    .command("fall-due")
    .description("make offers into debts whose due day has come; repeating is safe")
    .requiredOption("--season <year>", "the year in which the season starts", wholeNumber("season"))
    .option("--day <day>", "due on this day or before (default: today)")
    .action(async (options: { readonly season: number; readonly day?: string }) => {
      await cli.run(async (platform): Promise<FallDueReport> => {
        const fallen = await fallDue(platform, {
          actor: platform.actor,
          requestId: platform.requestId,
          season: options.season,
          day: dayOption(options.day),
        });
        return {
          season: fallen.season,
          day: fallen.day,
          bills: fenJson(fallen.bills),
          sumFen: fenJson(fallen.sumFen),
          openFen: fenJson(fallen.openFen),
        };
      }, print);
    });
};
