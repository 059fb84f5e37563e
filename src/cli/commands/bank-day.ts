/** `nuan bank day`: whether a bank and we agree on a day, and its certificate. */
import type { Command } from "commander";
import {
  certifyBankDay,
  dayJson,
  DIFFERENCE_PARTS,
  readBankDay,
  reconcileBankDay,
} from "#src/bank/reconciliation/index.ts";
import { addDays, type Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { fen, formatYuanGrouped } from "#src/kernel/money.ts";
import { today } from "#src/platform/clock.ts";
import { type Cell, type CliPlatform, type CliRuntime, facts, table } from "../runtime.ts";
import { group } from "./group.ts";
import { dayArgument } from "./read-options.ts";

type Flags = { readonly channel?: string; readonly day?: Day; readonly certify?: boolean };
type Shown = { readonly days: readonly ReturnType<typeof dayJson>[] };

const yuan = (amount: number): string => formatYuanGrouped(fen(BigInt(amount)));

const NAMES: Readonly<Record<(typeof DIFFERENCE_PARTS)[number], string>> = {
  dayCutOut: "day cut, in another file 跨日切",
  waiting: "waiting for the next file",
  oursOnly: "ours only 短款",
  amount: "amount differs 金额不符",
  dayCutIn: "day cut, ours of another day 跨日切",
  bankOnly: "bank only 长款",
  unknownAccount: "unknown account 户号不明",
  duplicate: "serial with two contents 重复",
  state: "reversed on one side 状态不符",
  repeated: "the same line again",
};

const printDay = (view: Shown["days"][number]): string => {
  const differences = DIFFERENCE_PARTS.flatMap((part): Cell[][] => {
    const one = view.differences[part];
    return one === undefined || (one.items === 0 && one.fen === 0)
      ? []
      : [[NAMES[part], one.items, yuan(one.fen)]];
  });
  const bridge: Cell[][] = [
    ["ours 我方", view.ours.items, yuan(view.ours.fen)],
    ...differences,
    ["file 银行文件", view.file?.items ?? "-", view.file ? yuan(view.file.fen) : "-"],
  ];
  const open = view.breaks.filter((one) => one.state === "open").length;
  const bridgeSays = view.file ? "THE BRIDGE DOES NOT CLOSE" : "no file yet";
  return [
    `${view.channel} ${view.day}: ${view.state}, ${view.closes ? "the bridge closes to the fen" : bridgeSays}`,
    ...(view.unfinishedImportId === null
      ? []
      : [
          `Import ${view.unfinishedImportId} is not posted to its end: import the same file again, it goes on where it stopped.`,
        ]),
    table(["", "items", "yuan"], bridge),
    facts([
      ["credited", `${yuan(view.statement.creditedFen)} (fee ${yuan(view.statement.feeFen)})`],
      ["gap of settlement 资金差", view.statement.gapFen === null ? "-" : yuan(view.statement.gapFen)],
      ["differences", `${view.breaks.length}, open ${open}`],
      ["certificate", view.certificate ? `${view.certificate.sha256} of ${view.certificate.issuedAt}` : "-"],
    ]),
  ].join("\n\n");
};

const channelsOf = async (platform: CliPlatform, wanted: Day): Promise<string[]> =>
  (
    await platform.database.sql.rows<{ code: string }>(
      `select distinct c.code from channels c join bank_days d on d.channel_id = c.id where d.bank_day = :wanted
       order by c.code`,
      { wanted },
    )
  ).map((row) => row.code);

const showDays = async (platform: CliPlatform, flags: Flags): Promise<Shown> => {
  const wanted = flags.day ?? addDays(today(platform.clock), -1);
  if (flags.certify === true && flags.channel === undefined) {
    fail("usage.channel-needed", "a certificate is for one channel", {
      field: "channel",
      remedy: "add --channel",
    });
  }
  const channels = flags.channel === undefined ? await channelsOf(platform, wanted) : [flags.channel];
  const days: ReturnType<typeof dayJson>[] = [];
  for (const channel of channels) {
    await platform.commands.run(
      { name: "bank.reconcile-day", actor: platform.actor, pool: "bulk", requestId: platform.requestId },
      async (context) => {
        await reconcileBankDay(context, channel, wanted);
        if (flags.certify === true) await certifyBankDay(context, channel, wanted);
      },
    );
    days.push(dayJson(await readBankDay(platform.database.sql, channel, wanted)));
  }
  return { days };
};

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "bank")
    .command("day")
    .description(
      "reconcile a bank day (the day before today unless told otherwise); exit code 1 when its bridge does not close",
    )
    .option("--channel <code>", "one channel; all that have the day without it")
    .option("--day <day>", "the bank's day, like 2026-11-10", dayArgument)
    .option("--certify", "issue the day's certificate, once, unless you imported its file")
    .action(async (flags: Flags) => {
      await cli.run(
        async (platform) => showDays(platform, flags),
        ({ days }) =>
          days.length === 0 ? "No channel has this bank day." : days.map(printDay).join("\n\n\n"),
        { refused: ({ days }) => days.some((one) => one.file !== null && !one.closes) },
      );
    });
};
