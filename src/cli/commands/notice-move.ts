/** `nuan notice pause|resume|stop`: the brake, for whoever stands at the server. */
import type { Command } from "commander";
import { z } from "zod";
import { pauseNotice, resumeNotice, stopNotice } from "#src/messages/notices/index.ts";
import { rowIdIn } from "#src/platform/route.ts";
import { type CliRuntime, facts } from "../runtime.ts";
import { group } from "./group.ts";
import { readOptions } from "./read-options.ts";

const MOVES = {
  pause: {
    name: "notice.pause",
    about: "hold a notice: nothing of it is called from now on",
    to: "paused",
    work: pauseNotice,
  },
  resume: {
    name: "notice.resume",
    about: "go on with a notice that is held",
    to: "running",
    work: resumeNotice,
  },
  stop: {
    name: "notice.stop",
    about: "end a notice: what has not been called is not called any more",
    to: "stopped",
    work: stopNotice,
  },
} as const;

const optionsIn = z.strictObject({ id: rowIdIn, reason: z.string().trim().min(1).max(200) });

export const register = (program: Command, cli: CliRuntime): void => {
  for (const [verb, { name, about, to, work }] of Object.entries(MOVES)) {
    group(program, "notice")
      .command(verb)
      .description(about)
      .argument("<id>", "of the notice")
      .requiredOption("--reason <words>", "why: it stands with the notice")
      .action(async (given: string, options: { readonly reason: string }) => {
        const { id, reason } = readOptions(optionsIn, { id: given, ...options });
        await cli.run(
          async (platform) => {
            await platform.commands.run(
              { name, actor: platform.actor, requestId: platform.requestId },
              (context) => work(context, id, reason),
            );
            return { id: String(id), state: to };
          },
          (done) =>
            facts([
              ["notice", done.id],
              ["state", done.state],
            ]),
        );
      });
  }
};
