import type { Platform } from "#src/platform/route.ts";
import { addUpDays, isDayWaiting } from "./totals-queries.ts";

/**
 * Adds up what was collected on the closed days (收费累计), per building, for whoever asks for boards. The rows are made of
 * postings of days on which nothing can be posted any more, so there is nothing to decide or to audit. On a connection for
 * long work: a first time reads the whole town. Repeating is safe. Answers how many days there were.
 */
export const keepCollectedTotals = async ({
  database,
  clock,
}: Pick<Platform, "database" | "clock">): Promise<number> =>
  (await isDayWaiting(database.sql)) ? database.bulk((sql) => addUpDays(sql, clock.now())) : 0;
