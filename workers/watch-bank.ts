/**
 * Every minute: files that a killed process left in the middle are finished; a file that is late, and old payments that no
 * file has proved, are told to a person.
 */
import {
  alarmLateFiles,
  alarmUnproved,
  resumeBankImports,
  resumeDrafts,
} from "#src/bank/reconciliation/index.ts";
import { systemActor } from "#src/platform/actor.ts";
import type { Services } from "./services.ts";

/** Repeating is safe. A failure is logged; the next minute tries again. */
export const watchBank = async ({ platform, log }: Services): Promise<void> => {
  const actor = systemActor("watch-bank");
  try {
    const finished = await resumeBankImports(platform, actor);
    const drafts = await resumeDrafts(platform);
    if (drafts > 0) log.info({ drafts }, "confirmed bank files imported");
    if (finished > 0) log.info({ finished }, "interrupted bank imports finished");
    const { result: late } = await platform.commands.run(
      { name: "bank.alarm-late-files", actor },
      alarmLateFiles,
    );
    if (late > 0) log.warn({ late }, "bank files are late");
    const { result: unproved } = await platform.commands.run(
      { name: "bank.alarm-unproved", actor },
      alarmUnproved,
    );
    if (unproved > 0) log.warn({ days: unproved }, "payments are proved by no file");
  } catch (error) {
    log.error({ err: error }, "watching the bank failed");
  }
};
