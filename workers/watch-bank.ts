/**
 * Every minute: files that a killed process left in the middle are finished; a file that is late, one that does not come to its end, and
 * old payments that no file has proved, are told to a person.
 */
import {
  alarmLateFiles,
  alarmUnfinished,
  alarmUnproved,
  resumeBankImports,
  resumeDrafts,
} from "#src/bank/reconciliation/index.ts";
import type { Action } from "#src/platform/actions.ts";
import { systemActor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { doEach } from "./do-each.ts";
import type { Services } from "./services.ts";

/** Repeating is safe. A failure is logged and holds up nothing else; the next minute tries again. */
export const watchBank = async ({ platform, log }: Pick<Services, "platform" | "log">): Promise<void> => {
  const actor = systemActor("watch-bank");
  const alarm =
    (name: Action, work: (context: CommandContext) => Promise<number>, message: string) => async () => {
      const { result: tasks } = await platform.commands.run({ name, actor }, work);
      if (tasks > 0) log.warn({ tasks }, message);
    };
  await doEach(
    { log },
    {
      "bank imports": async () => {
        const finished = await resumeBankImports(platform, actor);
        if (finished > 0) log.info({ finished }, "interrupted bank imports finished");
      },
      "bank drafts": async () => {
        const drafts = await resumeDrafts(platform);
        if (drafts > 0) log.info({ drafts }, "confirmed bank files imported");
      },
      "late bank files": alarm("bank.alarm-late-files", alarmLateFiles, "bank files are late"),
      "unfinished bank files": alarm(
        "bank.alarm-unfinished",
        alarmUnfinished,
        "bank files do not come to their end",
      ),
      "unproved payments": alarm("bank.alarm-unproved", alarmUnproved, "payments are proved by no file"),
    },
  );
};
