/** `nuan company set`: name and hotline, as they stand at the head of bills and receipts. */
import type { Command } from "commander";
import { setCompany } from "#src/platform/company.ts";
import { companyIn } from "#src/platform/company-routes.ts";
import { type CliRuntime, facts } from "../runtime.ts";
import { group } from "./group.ts";
import { readOptions } from "./read-options.ts";

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "company")
    .command("set")
    .description("set the company's name, hotline or both; repeating is safe")
    .option("--name <name>", "as it is printed on bills and receipts")
    .option("--hotline <number>", "the number that households call")
    .action(async (options: Record<string, unknown>) => {
      await cli.run(
        async ({ commands, actor, requestId }) => {
          const change = readOptions(companyIn, options);
          const { result } = await commands.run({ name: "company.set", actor, requestId }, (context) =>
            setCompany(context, change),
          );
          return result;
        },
        (company) =>
          facts([
            ["name", company.name],
            ["hotline", company.hotline],
          ]),
      );
    });
};
