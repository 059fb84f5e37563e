/** What the page needs for a while. */
import type { Database } from "#src/platform/database.ts";
import { forgetInBatches, forgottenBefore } from "#src/platform/retention.ts";
import { BROWSER_DAYS } from "./browsers.ts";
import {
  removeAttempts,
  removeBrowsers,
  removeChallenges,
  removeLifts,
  removeLookUps,
  removeMembers,
  removeSessions,
} from "./forget-queries.ts";

export const HOUSEHOLD_RETENTION_DAYS = {
  /** Counted over a day at most; a week for whoever asks why somebody was locked out. */
  householdAttempts: 7,
  householdCodes: 7,
  householdLifts: 7,
  /** As long as its cookie. */
  householdBrowsers: BROWSER_DAYS,
  /** Who looked at a home when: as for sessions of staff, half a year. The audit rows stay. */
  householdSessions: 180,
  /** A telephone at which no home is bound any more. */
  householdMembers: 180,
} as const;

/** Repeating is safe; `now` is the business clock. */
export const forgetHouseholds = async (
  database: Pick<Database, "bulk">,
  now: Date,
): Promise<Readonly<Record<keyof typeof HOUSEHOLD_RETENTION_DAYS | "householdLookUps", number>>> => {
  const days = HOUSEHOLD_RETENTION_DAYS;
  const of = (kept: number, remove: typeof removeAttempts): Promise<number> => {
    const before = forgottenBefore(now, kept);
    return forgetInBatches(database, (sql, limit) => remove(sql, { before, limit }));
  };
  return {
    householdAttempts: await of(days.householdAttempts, removeAttempts),
    householdCodes: await of(days.householdCodes, removeChallenges),
    householdLifts: await of(days.householdLifts, removeLifts),
    householdBrowsers: await of(days.householdBrowsers, removeBrowsers),
    householdLookUps: await of(days.householdSessions, removeLookUps),
    householdSessions: await of(days.householdSessions, removeSessions),
    householdMembers: await of(days.householdMembers, removeMembers),
  };
};
