/** `nuan search rebuild`: makes the terms anew under which households are found. */
import type { Command } from "commander";
import { today } from "#src/platform/clock.ts";
import { rebuildSearchTerms } from "#src/town/accounts/index.ts";
import { type CliRuntime, facts } from "../runtime.ts";
import { group } from "./group.ts";

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "search")
    .command("rebuild")
    .description("make the search terms of every household anew; safe while people work")
    .action(async () => {
      await cli.run(
        async (platform) => ({
          accounts: await rebuildSearchTerms(platform.database, today(platform.clock)),
        }),
        (result) => facts([["accounts", String(result.accounts)]]),
      );
    });
};
