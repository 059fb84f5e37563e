/** Waiting for a condition, with a deadline. */
import { setTimeout as delay } from "node:timers/promises";
import { monotonicMs } from "#src/platform/clock.ts";

/** Asks again and again until the answer is not null; throws when that takes longer than `limitMs`. */
export const until = async <T>(
  what: string,
  limitMs: number,
  ask: () => Promise<T | null>,
  everyMs = 20,
): Promise<T> => {
  const deadline = monotonicMs() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (monotonicMs() > deadline) throw new Error(`waited ${limitMs} ms in vain: ${what}`);
    await delay(everyMs);
  }
};
