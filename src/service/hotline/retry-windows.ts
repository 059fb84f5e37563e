/** When a number that called us may be called back: soon, then less often, and never while people sleep. */
import { nextOpening, type WorkingTime } from "#src/office/calendars/index.ts";

export type RetryPolicy = {
  /** Minutes to wait before the first attempt, the second and so on; the last one repeats. */
  readonly pausesMinutes: readonly number[];
};

const MINUTE_MS = 60_000;

/**
 * When the next attempt is due after `attempts` that failed, the last one now.
 * @param contactHours the calendar that incidents and messages keep too; what it leaves is quiet
 */
export const nextAttemptAt = (
  now: Date,
  attempts: number,
  policy: RetryPolicy,
  contactHours: WorkingTime,
): Date => {
  const pauses = policy.pausesMinutes;
  const pause = pauses[Math.min(attempts, pauses.length - 1)] ?? 0;
  return nextOpening(contactHours, new Date(now.getTime() + pause * MINUTE_MS));
};
