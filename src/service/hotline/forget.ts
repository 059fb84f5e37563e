/** What the hotline needs only for a while: whose number it was. */
import type { Database } from "#src/platform/database.ts";
import { forgetInBatches, forgottenBefore } from "#src/platform/retention.ts";
import {
  forgetCallBackNumbers,
  forgetCallNumbers,
  forgetDialledNumbers,
  forgetEventDetails,
} from "./forget-queries.ts";

export const HOTLINE_RETENTION_DAYS = {
  /** A complaint about a season comes until the end of the next one; after it the case says whose call it was. */
  callNumbers: 730,
  callBackNumbers: 730,
  /** An agent's wish to dial is fetched within a minute; the call that it led to has its own row and its own time. */
  dialOrderNumbers: 180,
  /** As it came from the exchange: for a quarrel with its maker, which ends with the quarter. */
  callEventDetails: 90,
} as const;

/** Repeating is safe; `now` is the business clock. */
export const forgetCallers = async (
  database: Pick<Database, "bulk">,
  now: Date,
): Promise<Record<keyof typeof HOTLINE_RETENTION_DAYS, number>> => {
  const forget = (days: number, remove: typeof forgetCallNumbers) =>
    forgetInBatches(database, (sql, limit) => remove(sql, { before: forgottenBefore(now, days), limit }));
  return {
    callBackNumbers: await forget(HOTLINE_RETENTION_DAYS.callBackNumbers, forgetCallBackNumbers),
    callNumbers: await forget(HOTLINE_RETENTION_DAYS.callNumbers, forgetCallNumbers),
    dialOrderNumbers: await forget(HOTLINE_RETENTION_DAYS.dialOrderNumbers, forgetDialledNumbers),
    callEventDetails: await forget(HOTLINE_RETENTION_DAYS.callEventDetails, forgetEventDetails),
  };
};
