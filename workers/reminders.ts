/** Every morning: the accounts of the day come to its stage of the ladder of payment notices. */
import type { Day } from "#src/kernel/day.ts";
import { advanceJson, advanceLadder } from "#src/money/reminders/index.ts";
import { systemActor } from "#src/platform/actor.ts";
import { NotYet } from "#src/platform/scheduled-runs.ts";
import type { Services } from "./services.ts";

/** Repeating is safe. Waits, to be tried again every ten minutes, while a stage needs certificates that are not there. */
export const advanceReminders = async (
  { platform }: Pick<Services, "platform">,
  businessDate: Day,
): Promise<Readonly<Record<string, unknown>>> => {
  const done = advanceJson(
    await advanceLadder(platform, { actor: systemActor("reminders"), day: businessDate }),
  );
  if (done.waitingFor.length > 0) throw new NotYet({ stage: done.stage, channels: done.waitingFor });
  return { ...done };
};
