/** `nuan channel set CODE` and `nuan channel list`: the ways in which money comes in. */
import type { Command } from "commander";
import { defineChannel } from "#src/bank/reconciliation/index.ts";
import {
  CHANNEL_KINDS,
  channelCodeIn,
  channelIn,
  channelJson,
  listChannelDetails,
} from "#src/money/collection/index.ts";
import { type CliRuntime, facts, table, wholeNumber } from "../runtime.ts";
import { group } from "./group.ts";
import { readOptions } from "./read-options.ts";

const REMOVABLE: readonly string[] = [
  "nameEn",
  "profile",
  "bankAccountNo",
  "fileDueAt",
  "taskOwner",
  "settlementPattern",
];
/** `none` takes away what an option had set. Commander would make an empty text of a null of ours, so it is put here. */
const withoutNone = (options: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name,
      REMOVABLE.includes(name) && value === "none" ? null : value,
    ]),
  );

const registerSet = (channels: Command, cli: CliRuntime): void => {
  channels
    .command("set")
    .description("make a channel, or change what is given of it; repeating is safe")
    .argument("<code>", "2 to 30 small letters, digits, hyphens")
    .option("--name <name>", "as people read it; needed for a new channel")
    .option("--name-en <name>", "as English pages say it, or none: they say the code then")
    .option("--kind <kind>", `${CHANNEL_KINDS.join(", ")}; needed for a new channel`)
    .option("--real-time", "payments come by message, the day's file only proves them")
    .option("--no-real-time", "payments come by file; one of the two is needed for a new channel")
    .option("--profile <name>", "profile that reads its files, a path ending in .yaml, or none")
    .option("--bank-account-no <number>", "our account to which it pays, or none")
    .option("--day-cut-at <time>", "when its day ends, such as 23:00")
    .option("--day-cut-tolerance-minutes <n>", "0 to 1440", wholeNumber("day-cut-tolerance-minutes"))
    .option("--file-due-at <time>", "when its file of the day before is due, or none")
    .option("--task-owner-role <role>", "who sees to its breaks and late files")
    .option("--task-owner <login>", "the person who does, or none for whoever has the role")
    .option("--settlement-pattern <regexp>", "what the bank writes on its credit, a group named day; or none")
    .option("--settlement-delay-days <n>", "0 to 15", wholeNumber("settlement-delay-days"))
    .option(
      "--fee-per-item-fen <n>",
      "what it keeps of each payment, in fen",
      wholeNumber("fee-per-item-fen"),
    )
    .option(
      "--fee-basis-points <n>",
      "what it keeps, in hundredths of a percent",
      wholeNumber("fee-basis-points"),
    )
    .option("--active", "takes money (the standard)")
    .option("--no-active", "is closed: takes no new payment")
    .action(async (code: string, options: Record<string, unknown>) => {
      await cli.run(
        async (platform) =>
          defineChannel(platform, {
            actor: platform.actor,
            requestId: platform.requestId,
            code: readOptions(channelCodeIn, code),
            change: readOptions(channelIn, withoutNone(options)),
          }),
        (channel) => facts(Object.entries(channel).map(([name, value]) => [name, String(value ?? "none")])),
      );
    });
};

export const register = (program: Command, cli: CliRuntime): void => {
  const channels = group(program, "channel");
  registerSet(channels, cli);
  channels
    .command("list")
    .description("every channel")
    .action(async () => {
      await cli.run(
        async ({ database }) =>
          (await listChannelDetails(database.sql, null)).map((channel) => channelJson(channel.code, channel)),
        (found) =>
          table(
            ["code", "name", "in English", "kind", "payments come", "profile", "file due", "active"],
            found.map((channel) => [
              channel.code,
              channel.name,
              channel.nameEn ?? "none",
              channel.kind,
              channel.realTime ? "by message" : "by file",
              channel.profile ?? "none",
              channel.fileDueAt ?? "none",
              channel.active ? "yes" : "no",
            ]),
          ),
      );
    });
};
