/** `nuan demo clock`: the business time of a demo, shown and moved. */
import { Argument, type Command } from "commander";
import { type BusinessClock, moveBusinessClock, readBusinessClock } from "#src/demo/index.ts";
import { isDay, TIME_ZONE } from "#src/kernel/day.ts";
import { DomainError } from "#src/kernel/errors.ts";
import { systemClock } from "#src/platform/clock.ts";
import { type CliPlatform, type CliRuntime, facts } from "../runtime.ts";
import { group } from "./group.ts";

const FIRST_YEAR = 1990;
const LAST_YEAR = 2100;

const instant = (text: string): Date => {
  const found = new Date(text);
  const dayText = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d)?([+-]\d\d:\d\d|Z)$/.exec(text)?.[1];
  if (dayText === undefined || Number.isNaN(found.getTime())) {
    throw new DomainError("usage.not-a-time", "a time with its zone, such as 2026-11-10T08:00:00+08:00", {
      field: "time",
    });
  }
  // JavaScript takes 30 February for 2 March.
  if (!isDay(dayText)) {
    throw new DomainError("usage.not-a-day", `there is no day ${dayText}`, {
      field: "time",
      remedy: "name a day of the calendar",
    });
  }
  const year = Number(dayText.slice(0, 4));
  if (year < FIRST_YEAR || year > LAST_YEAR) {
    throw new DomainError("usage.time-out-of-range", `the year ${year} is not one of this business`, {
      field: "time",
      remedy: `name a year from ${FIRST_YEAR} to ${LAST_YEAR}`,
    });
  }
  return found;
};

const inShanghai = new Intl.DateTimeFormat("sv-SE", {
  timeZone: TIME_ZONE,
  dateStyle: "short",
  timeStyle: "medium",
});

const print = (clock: BusinessClock): string =>
  facts([
    ["business time", `${inShanghai.format(clock.now)} (${TIME_ZONE})`],
    ["moved by seconds", clock.offsetSeconds],
  ]);

const move = async (platform: CliPlatform, wanted: Date | null): Promise<BusinessClock> => {
  const { result } = await platform.commands.run(
    { name: "demo.clock", actor: platform.actor, requestId: platform.requestId },
    (context) => moveBusinessClock(context, systemClock.now(), wanted),
  );
  return result;
};

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "demo")
    .command("clock")
    .description("show, set or reset the business time of a demo database")
    .addArgument(new Argument("<action>", "what to do").choices(["show", "set", "reset"]))
    .addArgument(new Argument("[time]", "for set: 2026-11-10T08:00:00+08:00").argParser(instant))
    .action(async (action: "show" | "set" | "reset", time: Date | undefined) => {
      if ((action === "set") !== (time !== undefined)) {
        throw new DomainError("usage.wrong", "a time goes with set, and with set only", { field: "time" });
      }
      await cli.run(
        async (platform) =>
          action === "show"
            ? readBusinessClock(platform.database.sql, systemClock.now())
            : move(platform, time ?? null),
        print,
      );
    });
};
