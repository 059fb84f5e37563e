/** `nuan release`: lets a restored database act on the outside again. */
import type { Command } from "commander";
import type { CliRuntime } from "../runtime.ts";
import { releaseSending } from "#src/platform/sending.ts";

export const register = (program: Command, cli: CliRuntime): void => {
  program
    .command("release")
    .description("let a restored database hand out its events and messages again")
    .action(async () => {
      await cli.run(
        async ({ commands, actor, requestId }) =>
          (await commands.run({ name: "sending.release", actor, requestId }, releaseSending)).result,
        ({ released }) =>
          released
            ? "Released: events are handed out again."
            : "Nothing to do: nothing was held, so nothing was restored here (or it was released before).",
      );
    });
};
