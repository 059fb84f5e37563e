/** Waiting for what other processes and connections do; also outside of a test runner. */
import { setTimeout as delay } from "node:timers/promises";
import { EVENT_QUEUE } from "#src/platform/outbox.ts";
import type { Queues } from "#src/platform/queues.ts";

/** Waits until `reached` answers true; fails after `limitMs`, which a busy machine does not reach, with what it was waiting for. */
export const until = async (
  what: string,
  reached: () => Promise<boolean>,
  limitMs = 120_000,
): Promise<void> => {
  const ends = performance.now() + limitMs;
  while (!(await reached())) {
    if (performance.now() > ends) throw new Error(`not within ${limitMs} ms: ${what}`);
    await delay(25);
  }
};

const isTaken = (asked: Promise<unknown>): Promise<boolean> =>
  asked.then(
    () => true,
    () => false,
  );

/** Asks until it is taken: a queue that is still connecting refuses at once. */
export const untilTaken = (what: string, ask: () => Promise<unknown>): Promise<void> =>
  until(what, () => isTaken(ask()));

/** The relay comes again when its queue refuses; a test that adds, rings or counts by itself waits for the queue before. */
export const queueAnswers = (queues: Queues): Promise<void> =>
  untilTaken("the queue answers", () => queues.queue(EVENT_QUEUE).waitingCount());
