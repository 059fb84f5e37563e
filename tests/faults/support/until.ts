/** Waiting for a condition, with a deadline. */
import { setTimeout as delay } from "node:timers/promises";
import { monotonicMs } from "#src/platform/clock.ts";

/** A longer step between two looks was no waiting: the machine slept, or somebody held this process. */
const LONGEST_STEP_MS = 10_000;

/** Asks again and again until the answer is not null; throws when that takes longer than `limitMs`. */
export const until = async <T>(
  what: string,
  limitMs: number,
  ask: () => Promise<T | null>,
  everyMs = 20,
): Promise<T> => {
  let waitedMs = 0;
  let lookedAt = monotonicMs();
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    const now = monotonicMs();
    waitedMs += Math.min(now - lookedAt, LONGEST_STEP_MS);
    lookedAt = now;
    if (waitedMs > limitMs) throw new Error(`waited ${limitMs} ms in vain: ${what}`);
    await delay(everyMs);
  }
};
