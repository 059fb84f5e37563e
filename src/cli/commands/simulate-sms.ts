/**
 * `nuan simulate sms`: writes a text message to the running house as a domestic gateway delivers one, and prints what would be
 * answered, where messages go to the outbox viewer. Behind a real gateway the answer goes out there, and this says so.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Command } from "commander";
import { findOutboxEntries, GATEWAY_SMS_PATH, type OutboxEntry } from "#src/messages/messaging/index.ts";
import { newSecret } from "#src/kernel/ids.ts";
import { monotonicMs } from "#src/platform/clock.ts";
import type { CliPlatform, CliRuntime } from "../runtime.ts";
import { group } from "./group.ts";
import { postAs } from "./simulate-post.ts";

const ANSWER_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 250;

const latest = async ({ database }: CliPlatform, limit: number): Promise<OutboxEntry[]> =>
  findOutboxEntries(database.sql, { beforeId: null, channel: "sms", limit });

type Written = {
  readonly answers: readonly string[];
  /** By whom an answer goes out; what it says is seen there. */
  readonly answeredBy?: string;
};

const write = async (platform: CliPlatform, text: string, from: string): Promise<Written> => {
  const [before] = await latest(platform, 1);
  await postAs(platform, "sms-gateway", GATEWAY_SMS_PATH, {
    id: `simulated-${newSecret().slice(0, 12)}`,
    from,
    to: "106900000000",
    text,
  });
  const provider = platform.messages?.smsProvider ?? "outbox";
  if (provider !== "outbox") return { answers: [], answeredBy: provider };
  const until = monotonicMs() + ANSWER_WITHIN_MS;
  while (monotonicMs() < until) {
    const answers = (await latest(platform, 20)).filter(({ id }) => id > (before?.id ?? 0n));
    if (answers.length > 0) return { answers: answers.toReversed().map(({ body }) => body) };
    await delay(LOOK_EVERY_MS);
  }
  return { answers: [] };
};

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "simulate")
    .command("sms")
    .description("write a text message to the running house; prints what would be answered")
    .argument("<text>", "such as 进度, 查费 or 家里不热")
    .option("--from <number>", "the writer's number", "13800000000")
    .action(async (text: string, options: { readonly from: string }) => {
      await cli.run(
        (platform) => write(platform, text, options.from),
        ({ answers, answeredBy }) => {
          if (answeredBy !== undefined) {
            return `已收到；答复由 ${answeredBy} 发出，请在那里查看。Taken; an answer goes out by ${answeredBy}: look there`;
          }
          return answers.length === 0
            ? "没有答复。No answer: nuan messages"
            : answers.map((body) => `< ${body}`).join("\n");
        },
      );
    });
};
