/** `nuan routing reassign`: a person's open cases go to others, looked at first. */
import type { Command } from "commander";
import { carryOutReassignment, previewReassignment } from "#src/service/routing/index.ts";
import { type CliRuntime, facts, table } from "../runtime.ts";
import { group } from "./group.ts";

type Options = {
  readonly from: string;
  readonly to?: string;
  readonly reason: string;
  readonly commit?: boolean;
};

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "routing")
    .command("reassign")
    .description("move a person's open cases to others; without --commit it only says who would get them")
    .requiredOption("--from <login>", "whose cases they are")
    .requiredOption("--reason <words>", "why: it stands with every case")
    .option("--to <login>", "to this person (default: as routing would find somebody)")
    .option("--commit", "move them")
    .action(async (options: Options) => {
      await cli.run(
        async (platform) => {
          const { result } = await platform.commands.run(
            {
              name: "routing.preview-reassignment",
              actor: platform.actor,
              requestId: platform.requestId,
            },
            (context) =>
              previewReassignment(context, {
                from: options.from,
                to: options.to ?? null,
                reason: options.reason,
              }),
          );
          const moved =
            options.commit === true
              ? (await carryOutReassignment(platform, platform.actor, result.id, platform.requestId)).moved
              : 0;
          return { reassignmentId: String(result.id), ...result.preview, moved };
        },
        (done) =>
          [
            facts([
              ["open cases", done.cases],
              ["moved", done.moved],
            ]),
            table(
              ["to", "cases"],
              done.to.map((one) => [one.name ?? "the role's list", one.cases]),
            ),
          ].join("\n\n"),
      );
    });
};
