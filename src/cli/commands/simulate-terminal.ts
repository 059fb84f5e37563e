/**
 * `nuan simulate terminal`: the terminals of the tills on this machine, for a house that runs with TERMINAL_URL. Shows what
 * cashiers push to it; each customer pays when the cashier looks, but for those who are declined.
 */
import { once } from "node:events";
import type { Command } from "commander";
import { type CliRuntime, wholeNumber } from "../runtime.ts";
import { startSimulatedTerminal } from "../simulated-terminal.ts";
import { group } from "./group.ts";

const PORT = 8027;
const TOKEN = "simulated-terminal";

type Flags = { readonly port: number; readonly declineEvery: number };

const play = async (cli: CliRuntime, { port, declineEvery }: Flags) => {
  const terminal = await startSimulatedTerminal({
    port,
    token: TOKEN,
    paysWhenLookedAt: true,
    declineEvery,
    say: (line) => cli.note(line),
  });
  cli.note(`${terminal.url}  (TERMINAL_URL=${terminal.url} TERMINAL_TOKEN=${TOKEN} npm start)`);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  await terminal.stop();
  return { charges: terminal.charges.size };
};

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "simulate")
    .command("terminal")
    .description("stand where the tills' card terminals stand: print what is shown, let the customer pay")
    .option("--port <number>", "where the house finds it", wholeNumber("port"), PORT)
    .option(
      "--decline-every <number>",
      "one of so many is declined; 0: none",
      wholeNumber("decline-every"),
      0,
    )
    .action(async (flags: Flags) => {
      await cli.runWithoutDatabase(
        () => play(cli, flags),
        ({ charges }) => `${charges} 笔。${charges} charges.`,
      );
    });
};
