/**
 * Time enters here and nowhere else. A command reads the clock once; in a demo or test database the business clock may
 * be moved (`database_facts.business_clock_offset_seconds`).
 */
import { dayOfInstant, type Day } from "#src/kernel/day.ts";

export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };

/** The system's time moved by a fixed number of milliseconds. */
export const shiftedClock = (offsetMs: () => number): Clock => ({
  now: () => new Date(Date.now() + offsetMs()),
});

/** A clock that a test sets. */
export type ManualClock = Clock & { set(instant: string): void; advanceMs(ms: number): void };

export const manualClock = (instant: string): ManualClock => {
  let current = new Date(instant);
  return {
    now: () => new Date(current),
    set: (next) => {
      current = new Date(next);
    },
    advanceMs: (ms) => {
      current = new Date(current.getTime() + ms);
    },
  };
};

/** The business day on which a clock stands, in Shanghai. */
export const today = (clock: Clock): Day => dayOfInstant(clock.now());

/** Milliseconds that only ever grow, for measuring durations; not a time of day. */
export const monotonicMs = (): number => performance.now();
