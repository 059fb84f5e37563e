/** Several duties of one look. */
import type { Services } from "./services.ts";

/**
 * Does each duty, whatever becomes of the others. What failed is logged under its duty; of one that tried several things, each that failed
 * by its own name.
 */
export const doEach = async (
  { log }: Pick<Services, "log">,
  duties: Readonly<Record<string, () => Promise<unknown>>>,
): Promise<void> => {
  for (const [duty, work] of Object.entries(duties)) {
    try {
      await work();
    } catch (error) {
      for (const err of error instanceof AggregateError ? error.errors : [error]) {
        log.error({ duty, err }, "a duty failed; the next look tries it again");
      }
    }
  }
};
