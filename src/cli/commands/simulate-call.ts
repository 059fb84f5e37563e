/**
 * `nuan simulate call`: rings the hotline of the running API as an exchange on site does: presses keys in the self-service menu
 * and prints what the caller hears, or rings the telephone of an agent.
 */
import type { Command } from "commander";
import { z } from "zod";
import { newSecret } from "#src/kernel/ids.ts";
import type { CallEventKind } from "#src/service/hotline/index.ts";
import type { CliPlatform, CliRuntime } from "../runtime.ts";
import { group } from "./group.ts";
import { postAs } from "./simulate-post.ts";

const answered = z.looseObject({
  kind: z.enum(["gather", "agent", "hang-up"]),
  say: z.array(z.string()),
  nextStep: z.int(),
});

type Options = { readonly from: string; readonly agent?: string; readonly end?: string };
type Heard = { readonly pressed: string | null; readonly say: readonly string[]; readonly next: string };

const post = (platform: CliPlatform, path: string, message: object): Promise<unknown> =>
  postAs(platform, "cti", path, message);

/** An exchange that tells events of one call. */
const exchangeOf = (platform: CliPlatform, callId: string) => (type: CallEventKind, more: object) =>
  post(platform, "/hooks/cti", {
    eventId: `${callId}-${type}`,
    callId,
    type,
    at: platform.clock.now().toISOString(),
    ...more,
  });

const newCallId = (): string => `simulated-${newSecret().slice(0, 12)}`;

/** Rings a telephone at which somebody is signed in, and lets it answer; the call stays on until `end`. */
const ringAgent = async (platform: CliPlatform, from: string, agent: string) => {
  const callId = newCallId();
  const tell = exchangeOf(platform, callId);
  const call = { direction: "inbound", from, agent };
  await tell("ringing", call);
  await tell("answered", call);
  return { callId, heard: [] };
};

const end = async (platform: CliPlatform, callId: string) => {
  await exchangeOf(platform, callId)("ended", {});
  return { callId, heard: [] };
};

const simulate = async (platform: CliPlatform, from: string, keys: readonly string[]) => {
  const callId = newCallId();
  const tell = (type: "ringing" | "ended", more: object = {}) =>
    exchangeOf(platform, callId)(type, { direction: "inbound", from, ...more });
  const menu = async (message: object) =>
    answered.parse(await post(platform, "/hooks/voice/pbx/menu", { callId, ...message }));
  await tell("ringing");
  let reply = await menu({ step: 0, from });
  const heard: Heard[] = [{ pressed: null, say: reply.say, next: reply.kind }];
  for (const pressed of keys) {
    if (reply.kind !== "gather") break;
    reply = await menu({ step: reply.nextStep, keys: pressed.replace(/#$/, "") });
    heard.push({ pressed, say: reply.say, next: reply.kind });
  }
  await tell("ended", reply["served"] === true ? { selfServed: true } : {});
  return { callId, heard };
};

const print = ({ callId, heard }: { readonly callId: string; readonly heard: readonly Heard[] }): string =>
  heard.length === 0 ? callId : heardText(heard);

const heardText = (heard: readonly Heard[]): string =>
  heard
    .map(({ pressed, say, next }) =>
      [pressed === null ? "(rings)" : `> ${pressed}`, ...say.map((line) => `  ${line}`), `  [${next}]`].join(
        "\n",
      ),
    )
    .join("\n");

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "simulate")
    .command("call")
    .description("ring the running hotline and press keys in its menu; prints what the caller hears")
    .argument("[keys...]", "what is pressed, one after the other: 1 100000001 1001")
    .option("--from <number>", "the caller's number; anonymous for one who withholds it", "13800000000")
    .option("--agent <telephone>", "ring this agent's telephone and let it answer; prints the call's id")
    .option("--end <callId>", "end such a call")
    .action(async (keys: string[], options: Options) => {
      await cli.run((platform) => {
        if (options.end !== undefined) return end(platform, options.end);
        if (options.agent !== undefined) return ringAgent(platform, options.from, options.agent);
        return simulate(platform, options.from, keys);
      }, print);
    });
};
