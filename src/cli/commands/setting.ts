/** `nuan setting list` and `nuan setting set KEY JSON`: what a company decides for itself. */
import type { Command } from "commander";
// A setting is known when its room is loaded: these, with what they stand on, declare all of them.
import "#src/messages/notices/index.ts";
import "#src/money/reminders/index.ts";
import "#src/office/reveals/index.ts";
import "#src/service/hotline/index.ts";
import "#src/service/household/index.ts";
import "#src/service/referrals/index.ts";
import { fail } from "#src/kernel/errors.ts";
import { listSettings, setSetting } from "#src/platform/settings.ts";
import { type CliRuntime, facts, table } from "../runtime.ts";
import { group } from "./group.ts";

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Where in the text it breaks helps nobody who did not mean to write JSON; how it is written does.
    return fail("usage.not-json", "the value is not JSON", {
      field: "value",
      remedy: `a text stands in double quotes within single ones: '"asvs"', a list in brackets: '["..."]'`,
    });
  }
};

export const register = (program: Command, cli: CliRuntime): void => {
  const settings = group(program, "setting");
  settings
    .command("list")
    .description("every setting: what it means and what holds now")
    .action(async () => {
      await cli.run(
        async ({ database }) => listSettings(database.sql),
        (found) =>
          table(
            ["key", "value", "set", "meaning"],
            found.map(({ key, value, isSet, meaning }) => [
              key,
              JSON.stringify(value),
              isSet ? "yes" : "standard",
              `${meaning["zh-CN"]} / ${meaning.en}`,
            ]),
          ),
      );
    });
  settings
    .command("set")
    .description("set a setting; audited; running processes follow within two seconds")
    .argument("<key>", "as `nuan setting list` shows it")
    .argument("<json>", `its value as JSON: '"oldest-first"', '["微信：搜索暖阳热力"]'`)
    .action(async (key: string, json: string) => {
      await cli.run(
        async ({ commands, actor, requestId }) => {
          const value = readJson(json);
          const { result } = await commands.run({ name: "setting.set", actor, requestId }, (context) =>
            setSetting(context, { key, value }),
          );
          return result;
        },
        (set) => facts([[set.key, JSON.stringify(set.value)]]),
      );
    });
};
