/** When a number that called us may be called back: soon, then less often, and never while people sleep. */
import { addDays, day, wallTimeOfInstant } from "#src/kernel/day.ts";

export type RetryPolicy = {
  /** Minutes to wait before the first attempt, the second and so on; the last one repeats. */
  readonly pausesMinutes: readonly number[];
  /** `21:00`: from then on nobody is called, until `quietUntil` of the morning. */
  readonly quietFrom: string;
  readonly quietUntil: string;
};

const MINUTE_MS = 60_000;

/** Shanghai keeps one offset the whole year, and has since 1991. */
const instantOf = (wallDay: string, wallTime: string): Date => new Date(`${wallDay}T${wallTime}:00+08:00`);

/** The instant itself, or the end of the quiet hours that it falls into. */
export const outOfQuietHours = (
  instant: Date,
  policy: Pick<RetryPolicy, "quietFrom" | "quietUntil">,
): Date => {
  const [wallDay = "", wallTime = ""] = wallTimeOfInstant(instant).split(" ");
  const { quietFrom, quietUntil } = policy;
  const overMidnight = quietFrom > quietUntil;
  const isQuiet = overMidnight
    ? wallTime >= quietFrom || wallTime < quietUntil
    : wallTime >= quietFrom && wallTime < quietUntil;
  if (!isQuiet) return instant;
  const isEvening = overMidnight && wallTime >= quietFrom;
  return instantOf(isEvening ? addDays(day(wallDay), 1) : wallDay, quietUntil);
};

/** When the next attempt is due after `attempts` that failed, the last one now. */
export const nextAttemptAt = (now: Date, attempts: number, policy: RetryPolicy): Date => {
  const pauses = policy.pausesMinutes;
  const pause = pauses[Math.min(attempts, pauses.length - 1)] ?? 0;
  return outOfQuietHours(new Date(now.getTime() + pause * MINUTE_MS), policy);
};
