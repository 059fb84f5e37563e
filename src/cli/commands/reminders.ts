/** `nuan reminders advance` and `nuan reminders closing-list`: the ladder of payment notices by hand. */
import type { Command } from "commander";
import { addDays } from "#src/kernel/day.ts";
import { fen, formatYuanGrouped } from "#src/kernel/money.ts";
import { toldOfClosing } from "#src/messages/notices/index.ts";
import { advanceJson, advanceLadder, makeClosingList } from "#src/money/reminders/index.ts";
import { authorize } from "#src/platform/actor.ts";
import { today } from "#src/platform/clock.ts";
import { fenJson } from "#src/platform/route.ts";
import { type CliRuntime, facts } from "../runtime.ts";
import { dayOption } from "./bills-preview.ts";
import { group } from "./group.ts";

type Advanced = ReturnType<typeof advanceJson>;
type Listed = {
  readonly id: string;
  readonly asOf: string;
  readonly made: boolean;
  readonly rows: number;
  readonly openFen: number;
  readonly untold: { readonly waiting: number; readonly visits: number };
};

const yuan = (amount: number): string => formatYuanGrouped(fen(amount));

const printAdvance = (done: Advanced): string =>
  facts([
    ["day", done.day],
    ["season", done.season === null ? "-" : String(done.season)],
    ["stage", done.stage ?? "none has begun"],
    ["homes brought there", String(done.entered)],
    ["unpaid, yuan", yuan(done.enteredFen)],
    ["passed over, on hold", String(done.paused)],
    ["waits for", done.waitingFor.map(({ channel, why }) => `${channel} (${why})`).join(", ") || "-"],
  ]);

const printList = (list: Listed): string =>
  facts([
    ["list", `${list.id}${list.made ? "" : ", made before"}`],
    ["as of", list.asOf],
    ["valves", String(list.rows)],
    ["unpaid, yuan", yuan(list.openFen)],
    ["left out, notice on its way", String(list.untold.waiting)],
    ["left out, to be told at the door", String(list.untold.visits)],
  ]);

export const register = (program: Command, cli: CliRuntime): void => {
  const reminders = group(program, "reminders");
  reminders
    .command("advance")
    .description("bring the accounts of a day to its stage of the payment notices; repeating is safe")
    .option("--day <day>", "a day until today (default: today)")
    .action(async (options: { readonly day?: string }) => {
      await cli.run(async (platform): Promise<Advanced> => {
        const done = await advanceLadder(platform, {
          actor: platform.actor,
          requestId: platform.requestId,
          day: dayOption(options.day),
        });
        return advanceJson(done);
      }, printAdvance);
    });
  reminders
    .command("closing-list")
    .description("make the list of valves to close for a day that is over and certified; a day has one")
    .option("--day <day>", "the day (default: yesterday)")
    .action(async (options: { readonly day?: string }) => {
      await cli.run(async (platform): Promise<Listed> => {
        authorize(platform.actor, "reminder.run");
        const asOf = dayOption(options.day) ?? addDays(today(platform.clock), -1);
        const { actor, requestId } = platform;
        const { result } = await platform.commands.run(
          { name: "closing-list.make", actor, requestId, pool: "bulk" },
          (context) => makeClosingList(context, asOf, toldOfClosing),
        );
        const { list, made, untold } = result;
        return {
          id: String(list.id),
          asOf: list.asOf,
          made,
          rows: list.rowCount,
          openFen: fenJson(list.openFen),
          untold,
        };
      }, printList);
    });
};
