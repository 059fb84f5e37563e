/** A till's terminal on which nothing ends by itself: the test says when the customer pays. */
import { type SimulatedTerminal, startSimulatedTerminal } from "#src/cli/simulated-terminal.ts";

export const TERMINAL_TOKEN = "token-of-the-terminal";

export const startQuietTerminal = (): Promise<SimulatedTerminal> =>
  startSimulatedTerminal({
    port: 0,
    token: TERMINAL_TOKEN,
    paysWhenLookedAt: false,
    declineEvery: 0,
    say: () => undefined,
  });
