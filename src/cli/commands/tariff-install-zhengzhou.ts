/** `nuan tariff install-zhengzhou`: Zhengzhou's published seasons and prices, where a company begins with none. */
import type { Command } from "commander";
import { fail } from "#src/kernel/errors.ts";
import { installZhengzhouTariff } from "#src/money/tariffs/index.ts";
import { type CliRuntime, facts } from "../runtime.ts";
import { group } from "./group.ts";

const MOST_SEASONS = 30;

/** `2016-2026`, `2025,2026`: each season by the year in which it starts. */
const readSeasons = (text: string): number[] => {
  const refuse = (): never =>
    fail("usage.bad-seasons", "--seasons takes years such as 2026, 2024,2025 or 2016-2026", {
      field: "seasons",
    });
  const years = text.split(",").flatMap((part) => {
    const [, first, last] = /^(20\d\d)(?:-(20\d\d))?$/.exec(part.trim()) ?? refuse();
    const from = Number(first);
    const through = Number(last ?? first);
    return Array.from({ length: Math.max(0, through - from + 1) }, (_none, index) => from + index);
  });
  const seasons = [...new Set(years)].toSorted((one, other) => one - other);
  return seasons.length === 0 || seasons.length > MOST_SEASONS ? refuse() : seasons;
};

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "tariff")
    .command("install-zhengzhou")
    .description(
      "define seasons with Zhengzhou's published prices, billing days and due rules; repeating is safe",
    )
    .requiredOption("--seasons <years>", "the years in which they start: 2026, or 2016-2026")
    .action(async (options: { readonly seasons: string }) => {
      await cli.run(
        async ({ commands, actor, requestId }) => {
          const seasons = readSeasons(options.seasons);
          await commands.run({ name: "tariff.install-zhengzhou", actor, requestId }, (context) =>
            installZhengzhouTariff(context, seasons),
          );
          return { seasons };
        },
        ({ seasons }) => facts([["seasons with prices", seasons.join(", ")]]),
      );
    });
};
