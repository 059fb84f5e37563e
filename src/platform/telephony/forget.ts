/** What the telephone needs only for a while. */
import type { Database } from "#src/platform/database.ts";
import { forgetInBatches, forgottenBefore } from "#src/platform/retention.ts";
import { removeCallbacks, removeDialledNumbers } from "./queries.ts";

export const TELEPHONY_RETENTION_DAYS = {
  /** A provider repeats a message for minutes; a quarrel about a bill of a provider ends with the quarter. */
  providerCallbacks: 90,
  /** The number of a call that is over: the row stays, whom it reached says what it was about. */
  dialledNumbers: 180,
} as const;

/** Repeating is safe; `now` is the business clock. */
export const forgetTelephony = async (
  database: Pick<Database, "bulk">,
  now: Date,
): Promise<Record<keyof typeof TELEPHONY_RETENTION_DAYS, number>> => ({
  providerCallbacks: await forgetInBatches(database, (sql, limit) =>
    removeCallbacks(sql, {
      before: forgottenBefore(now, TELEPHONY_RETENTION_DAYS.providerCallbacks),
      limit,
    }),
  ),
  dialledNumbers: await forgetInBatches(database, (sql, limit) =>
    removeDialledNumbers(sql, {
      before: forgottenBefore(now, TELEPHONY_RETENTION_DAYS.dialledNumbers),
      limit,
    }),
  ),
});
