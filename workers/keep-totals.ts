/** Every minute: days of the books that were closed are added up for the boards. */
import { keepCollectedTotals } from "#src/money/collection/index.ts";
import type { Services } from "./services.ts";

/** Repeating is safe. A failure is logged; the boards count these days from the postings until the next minute. */
export const keepTotals = async ({ platform, log }: Pick<Services, "platform" | "log">): Promise<void> => {
  try {
    const days = await keepCollectedTotals(platform);
    if (days > 0) log.info({ days }, "closed days added up");
  } catch (error) {
    log.error({ err: error }, "adding up closed days failed");
  }
};
