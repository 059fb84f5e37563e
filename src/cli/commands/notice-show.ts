/** `nuan notice show`: where a notice stands, and what became of its homes. */
import type { Command } from "commander";
import { z } from "zod";
import { today } from "#src/platform/clock.ts";
import { fail } from "#src/kernel/errors.ts";
import { findNotice, funnelOf, reasonWords } from "#src/messages/notices/index.ts";
import { rowIdIn } from "#src/platform/route.ts";
import { type CliRuntime, facts, table } from "../runtime.ts";
import { group } from "./group.ts";
import { readOptions } from "./read-options.ts";

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "notice")
    .command("show")
    .description("where a notice stands: its homes by what became of them")
    .argument("<id>", "of the notice")
    .action(async (given: string) => {
      const { id } = readOptions(z.strictObject({ id: rowIdIn }), { id: given });
      await cli.run(
        async (platform) => {
          const notice =
            (await findNotice(platform.database.sql, id)) ??
            fail("notice.not-found", "there is no such notice");
          const figures = await funnelOf(platform.database.sql, platform.actor, today(platform.clock), id);
          return {
            id: String(id),
            title: notice.title,
            state: notice.state,
            reason: notice.stateReason,
            households: notice.households,
            ...figures,
            costMilliFen: String(figures.costMilliFen),
          };
        },
        (done) =>
          [
            facts([
              ["notice", `${done.id} ${done.title}`],
              ["state", done.reason === "" ? done.state : `${done.state} (${done.reason})`],
              ["audience", done.audience],
              ["sent", done.sent],
              ["failed", done.failed],
            ]),
            table(["outcome", "homes"], Object.entries(done.byOutcome)),
            table(
              ["why not", "", "homes"],
              [...Object.entries(done.skippedBy), ...Object.entries(done.failedBy)].map(([reason, homes]) => [
                reason,
                `${reasonWords(reason, "zh-CN")} ${reasonWords(reason, "en")}`,
                homes,
              ]),
            ),
            table(["answered", "messages"], Object.entries(done.repliesBy)),
          ].join("\n\n"),
      );
    });
};
