/**
 * While a wave calls, its gate is read again, so that a stop, a pause and another rate hold within `lookAgainMs` in any process, and not
 * only from the next wave on. Whoever changes a gate waits that long before saying so: what goes afterwards was on the wire before.
 */
import { setTimeout as delay } from "node:timers/promises";
import { monotonicMs } from "#src/platform/clock.ts";
import { SENDING_SETTINGS } from "./settings.ts";

/** Whether a call may begin now. Answers at once while the last look is fresh. */
export type MayCall = () => boolean | Promise<boolean>;

/**
 * `read` says whether the gate lets this claim go; the first look was begun at `lookedAt`. All callers of a wave share a look, and none
 * calls by one that was begun longer ago than `lookAgainMs`: a database that is slow to answer holds them up, until `until`.
 */
export const watchGate = (
  read: () => Promise<boolean>,
  times: { readonly lookedAt: number; readonly lookAgainMs: number; readonly until: number },
  clock: () => number = monotonicMs,
): MayCall => {
  let { lookedAt } = times;
  let open = true;
  let looking: Promise<void> | undefined;
  const isFresh = (): boolean => clock() - lookedAt <= times.lookAgainMs;
  const look = async (): Promise<void> => {
    const began = clock();
    // What cannot be read is no leave to call, and takes nothing from what was called: the rest goes back, and meets the database anew.
    const isOpen = await read().catch(() => false);
    open &&= isOpen;
    lookedAt = began;
  };
  const lookAgain = async (): Promise<boolean> => {
    for (;;) {
      if (!open || isFresh()) return open;
      if (clock() > times.until) return false;
      looking ??= look().finally(() => (looking = undefined));
      await looking;
    }
  };
  return () => (open && !isFresh() ? lookAgain() : open);
};

/** A timer of Node may be a millisecond early. */
const EARLY_MS = 5;

/** After this no process calls by what its gate said before a change that was committed before. */
export const untilLooked = (): Promise<void> => delay(SENDING_SETTINGS.lookAgainMs + EARLY_MS);
