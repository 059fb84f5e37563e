/** Answers that take equally long, whatever was found. */
import { setTimeout as delay } from "node:timers/promises";
import { monotonicMs } from "#src/platform/clock.ts";

/** Longer than the work takes where something is found, so that the time of an answer says nothing of it. */
const EVENLY_MS = 250;

/** Does the work and answers, or refuses, not before the time is over. */
export const inEvenTime = async <T>(work: () => Promise<T>): Promise<T> => {
  const until = monotonicMs() + EVENLY_MS;
  try {
    return await work();
  } finally {
    const left = until - monotonicMs();
    if (left > 0) await delay(left);
  }
};
