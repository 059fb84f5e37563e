/** `nuan messages`: what would have been sent, while no provider is set up. Recipients are masked. */
import { type Command, Option } from "commander";
import { findOutboxEntries, type OutboxEntry } from "#src/messages/messaging/index.ts";
import { type CliRuntime, wholeNumber } from "../runtime.ts";

const CHANNELS = { sms: "短信 SMS", email: "邮件 mail" } as const;

const inShanghai = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Asia/Shanghai",
  dateStyle: "short",
  timeStyle: "medium",
});

const show = (entry: OutboxEntry): string => {
  const charged = entry.segments === null ? "" : `  ${entry.segments} 条`;
  const head = `${inShanghai.format(entry.shownAt)}  ${CHANNELS[entry.channel]}  ${entry.recipient}${charged}`;
  const words = entry.subject === "" ? entry.body : `${entry.subject}\n\n${entry.body}`;
  return `${head}\n${words.replaceAll(/^/gm, "  ")}`;
};

export const register = (program: Command, cli: CliRuntime): void => {
  program
    .command("messages")
    .description("show what would have been sent to people, the latest last")
    .option("--limit <count>", "how many", wholeNumber("limit"), 20)
    .addOption(new Option("--channel <channel>", "of one channel only").choices(Object.keys(CHANNELS)))
    .action(
      async ({ limit, channel }: { readonly limit: number; readonly channel?: keyof typeof CHANNELS }) => {
        await cli.run(
          async ({ database }) => {
            const entries = await findOutboxEntries(database.sql, {
              beforeId: null,
              channel: channel ?? null,
              limit: Math.min(limit, 1000),
            });
            return { messages: entries.toReversed() };
          },
          ({ messages }) =>
            messages.length === 0 ? "还没有消息。Nothing yet." : messages.map(show).join("\n\n"),
        );
      },
    );
};
