/**
 * `nuan simulate gateway`: a domestic SMS gateway on this machine, for a house that runs with SMS_PROVIDER=gateway. It prints
 * what it is given and reports it delivered, so that the life of a message can be seen to its end without a contract.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Command } from "commander";
import { fail } from "#src/kernel/errors.ts";
import { systemClock } from "#src/platform/clock.ts";
import { GATEWAY_RECEIPTS_PATH } from "#src/messages/messaging/index.ts";
import { signingSecret } from "#src/platform/webhook-signature.ts";
import { type CliPlatform, type CliRuntime, wholeNumber } from "../runtime.ts";
import { startSimulatedGateway } from "../simulated-gateway.ts";
import { group } from "./group.ts";
import { postAs } from "./simulate-post.ts";

const PORT = 8026;
const LOOK_EVERY_MS = 200;
const MOVED_MS = 500;

type Flags = { readonly port: number; readonly loseEvery: number; readonly messages?: number };

const stopped = (): AbortSignal => {
  const asked = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => asked.abort());
  return asked.signal;
};

/** The clock of a demo may be moved while this runs. */
const followClock = ({ clock, refreshClock }: Pick<CliPlatform, "clock" | "refreshClock">) => {
  const offset = (): number => clock.now().getTime() - systemClock.now().getTime();
  let current = offset();
  let before = current;
  return async () => {
    await refreshClock();
    // Two readings of a clock that stands are some milliseconds apart.
    if (Math.abs(offset() - current) > MOVED_MS) [before, current] = [current, offset()];
    return { now: clock.now(), before: new Date(systemClock.now().getTime() + before) };
  };
};

const play = async (platform: CliPlatform, cli: CliRuntime, { port, loseEvery, messages }: Flags) => {
  const secret = signingSecret(platform.webhookSecrets?.["sms-gateway"]);
  if (secret === undefined) {
    fail("webhook.not-set-up", "the gateway has no secret here", { remedy: "set SMS_GATEWAY_SECRET" });
  }
  const gateway = await startSimulatedGateway({
    port,
    secret,
    loseEvery,
    now: followClock(platform),
    report: (receipts) => postAs(platform, "sms-gateway", GATEWAY_RECEIPTS_PATH, { receipts }),
    say: (line) => cli.note(line),
  });
  cli.note(`${gateway.url}  (SMS_PROVIDER=gateway SMS_GATEWAY_URL=${gateway.url} npm start)`);
  const end = stopped();
  const most = messages ?? Number.POSITIVE_INFINITY;
  while (!end.aborted && gateway.reported() < most) {
    await delay(LOOK_EVERY_MS, undefined, { signal: end }).catch(() => undefined);
  }
  await gateway.stop();
  return { reported: gateway.reported() };
};

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "simulate")
    .command("gateway")
    .description("stand where a domestic SMS gateway stands: print what is sent, report it delivered")
    .option("--port <number>", "where the house finds it", wholeNumber("port"), PORT)
    .option(
      "--lose-every <number>",
      "one of so many does not arrive; 0: all do",
      wholeNumber("lose-every"),
      20,
    )
    .option("--messages <number>", "end after so many; else by Ctrl-C", wholeNumber("messages"))
    .action(async (flags: Flags) => {
      await cli.run(
        (platform) => play(platform, cli, flags),
        ({ reported }) => `${reported} 条已回执。${reported} receipts.`,
      );
    });
};
