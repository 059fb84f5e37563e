/**
 * `nuan simulate call`: rings the hotline of the running API as an exchange on site does, presses keys in the self-service menu
 * and prints what the caller hears.
 */
import type { Command } from "commander";
import { z } from "zod";
import { newSecret } from "#src/kernel/ids.ts";
import type { CliPlatform, CliRuntime } from "../runtime.ts";
import { group } from "./group.ts";
import { postAs } from "./simulate-post.ts";

const answered = z.looseObject({
  kind: z.enum(["gather", "agent", "hang-up"]),
  say: z.array(z.string()),
  nextStep: z.int(),
});

type Heard = { readonly pressed: string | null; readonly say: readonly string[]; readonly next: string };

const post = (platform: CliPlatform, path: string, message: object): Promise<unknown> =>
  postAs(platform, "cti", path, message);

const simulate = async (platform: CliPlatform, from: string, keys: readonly string[]) => {
  const callId = `simulated-${newSecret().slice(0, 12)}`;
  const tell = (type: "ringing" | "ended", more: object = {}) =>
    post(platform, "/hooks/cti", {
      eventId: `${callId}-${type}`,
      callId,
      type,
      at: platform.clock.now().toISOString(),
      direction: "inbound",
      from,
      ...more,
    });
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

const print = ({ heard }: { readonly heard: readonly Heard[] }): string =>
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
    .option("--from <number>", "the caller's number", "13800000000")
    .action(async (keys: string[], options: { readonly from: string }) => {
      await cli.run((platform) => simulate(platform, options.from, keys), print);
    });
};
