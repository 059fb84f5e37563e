/** When a clock is due. Pure: start, target and pauses in, instants out. */
import { addWorkingMs, workingMsBetween, type WorkingTime } from "#src/office/calendars/index.ts";

/** Time that does not count; `resumedAt` null while it stands still. */
export type Pause = { readonly pausedAt: Date; readonly resumedAt: Date | null };

export type ClockTerms = {
  readonly startedAt: Date;
  readonly targetMs: number;
  /** In the order of their beginnings; they do not overlap. */
  readonly pauses: readonly Pause[];
};

/**
 * The instant at which the target is used up, pauses left out. A pause after that instant changes nothing: what was late
 * stays late. For a clock that stands still it is the due time as if it went on this moment, and so a lower bound.
 * @throws DomainError `calendar.never-opens`
 */
export const dueTimeOf = (calendar: WorkingTime, terms: ClockTerms): Date => {
  let from = terms.startedAt;
  let left = terms.targetMs;
  for (const pause of terms.pauses) {
    const used = pause.pausedAt <= from ? 0 : workingMsBetween(calendar, from, pause.pausedAt);
    if (used >= left) break;
    left -= used;
    if (pause.resumedAt === null) return addWorkingMs(calendar, pause.pausedAt, left);
    from = pause.resumedAt;
  }
  return addWorkingMs(calendar, from, left);
};

/** Working time that is used up at `at`, pauses left out. */
export const usedMsAt = (calendar: WorkingTime, terms: Omit<ClockTerms, "targetMs">, at: Date): number => {
  let from = terms.startedAt;
  let used = 0;
  for (const pause of terms.pauses) {
    if (pause.pausedAt >= at) break;
    used += workingMsBetween(calendar, from, pause.pausedAt);
    if (pause.resumedAt === null || pause.resumedAt >= at) return used;
    from = pause.resumedAt;
  }
  return used + workingMsBetween(calendar, from, at);
};

/** The first whole percent share of a target that people are warned at, in milliseconds. */
export const warnMsOf = (targetMs: number, warnPercent: number): number =>
  Math.trunc((targetMs * warnPercent) / 100);
