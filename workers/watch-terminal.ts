/** Every minute: amounts at tills' terminals that nobody looks at any more are looked at, so that paid money finds its receipt. */
import { lookAtLeftCharges } from "#src/money/collection/index.ts";
import type { Services } from "./services.ts";

/** Repeating is safe. A failure is logged; the next minute tries again. */
export const watchTerminal = async ({ platform, log }: Services): Promise<void> => {
  try {
    const looked = await lookAtLeftCharges(platform);
    if (looked > 0) log.info({ looked }, "amounts left at terminals looked at");
  } catch (error) {
    log.error({ err: error }, "looking at amounts left at terminals failed");
  }
};
