/** `nuan notice stop`: the brake, for whoever stands at the server. */
import type { Command } from "commander";
import { z } from "zod";
import { stopNotice } from "#src/messages/notices/index.ts";
import { rowIdIn } from "#src/platform/route.ts";
import { type CliRuntime, facts } from "../runtime.ts";
import { group } from "./group.ts";
import { readOptions } from "./read-options.ts";

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "notice")
    .command("stop")
    .description("end a notice: what has not been called is not called any more")
    .argument("<id>", "of the notice")
    .requiredOption("--reason <words>", "why: it stands with the notice")
    .action(async (given: string, options: { readonly reason: string }) => {
      const { id } = readOptions(z.strictObject({ id: rowIdIn }), { id: given });
      await cli.run(
        async (platform) => {
          await platform.commands.run(
            { name: "notice.stop", actor: platform.actor, requestId: platform.requestId },
            (context) => stopNotice(context, id, options.reason),
          );
          return { id: String(id), state: "stopped" };
        },
        (done) =>
          facts([
            ["notice", done.id],
            ["state", done.state],
          ]),
      );
    });
};
