/** Every minute: a bill run that a killed process left in the middle is finished. */
import { resumeBillRuns } from "#src/money/billing/index.ts";
import { systemActor } from "#src/platform/actor.ts";
import { doEach } from "./do-each.ts";
import type { Services } from "./services.ts";

/** Repeating is safe. A failure is logged; the next minute tries again. */
export const watchBills = async ({ platform, log }: Pick<Services, "platform" | "log">): Promise<void> => {
  await doEach(
    { log },
    {
      "bill runs": async () => {
        const finished = await resumeBillRuns(platform, systemActor("watch-bills"));
        if (finished > 0) log.info({ finished }, "interrupted bill runs finished");
      },
    },
  );
};
