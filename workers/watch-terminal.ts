/** Every minute: amounts at tills' terminals that nobody looks at any more are looked at, so that paid money finds its receipt. */
import { lookAtLeftCharges } from "#src/money/collection/index.ts";
import { doEach } from "./do-each.ts";
import type { Services } from "./services.ts";

/** Repeating is safe. A failure is logged; the next minute tries again. */
export const watchTerminal = async ({ platform, log }: Services): Promise<void> => {
  await doEach(
    { log },
    {
      "amounts left at terminals": async () => {
        const looked = await lookAtLeftCharges(platform);
        if (looked > 0) log.info({ looked }, "amounts left at terminals looked at");
      },
    },
  );
};
