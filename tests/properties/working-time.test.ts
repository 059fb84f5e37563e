/** Working time and the due times of clocks, held to a count that looks at every minute by itself. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { addWorkingMs, isOpen, nextOpening, workingMsBetween } from "#src/office/calendars/index.ts";
import { dueTimeOf, type Pause, usedMsAt } from "#src/service/clocks/index.ts";
import {
  calendarArbitrary,
  dueSlowly,
  FIRST_MINUTE,
  isWorkedMinute,
  MINUTE_MS,
  minuteArbitrary,
} from "#tests/support/slow-time.ts";

const minutes = fc.integer({ min: 1, max: 3000 });
const LOOK_DAYS = 9;
const later = (at: Date, ms: number) => new Date(at.getTime() + ms);

test("a due time is the one of a minute-by-minute count", () => {
  fc.assert(
    fc.property(calendarArbitrary, minuteArbitrary(38), minutes, (calendar, from, count) => {
      const slow = dueSlowly(
        (at) => isWorkedMinute(calendar, at),
        from,
        count,
        later(from, LOOK_DAYS * 86_400_000),
      );
      fc.pre(slow !== null);
      expect(addWorkingMs(calendar, from, count * MINUTE_MS)).toEqual(slow);
    }),
    { numRuns: 60 },
  );
});

test("the working time between two instants is the one of a minute-by-minute count", () => {
  fc.assert(
    fc.property(
      calendarArbitrary,
      minuteArbitrary(38),
      fc.integer({ min: 0, max: 4000 }),
      (calendar, from, length) => {
        let slow = 0;
        for (let minute = 0; minute < length; minute += 1) {
          if (isWorkedMinute(calendar, later(from, minute * MINUTE_MS))) slow += 1;
        }
        expect(workingMsBetween(calendar, from, later(from, length * MINUTE_MS))).toBe(slow * MINUTE_MS);
      },
    ),
    { numRuns: 60 },
  );
});

const ms = fc.integer({ min: 0, max: 5 * 86_400_000 });
const instant = fc.integer({ min: 0, max: 38 * 86_400_000 }).map((offset) => new Date(FIRST_MINUTE + offset));

test("later or longer is never due earlier, and counting back gives what was added", () => {
  fc.assert(
    fc.property(calendarArbitrary, instant, instant, ms, ms, (calendar, one, other, more, less) => {
      const [from, laterFrom] = one <= other ? [one, other] : [other, one];
      const [short, long] = less <= more ? [less, more] : [more, less];
      const due = addWorkingMs(calendar, from, short);
      expect(due <= addWorkingMs(calendar, from, long)).toBe(true);
      expect(due <= addWorkingMs(calendar, laterFrom, short)).toBe(true);
      expect(workingMsBetween(calendar, from, due)).toBe(short);
      expect(workingMsBetween(calendar, due, from)).toBe(0 - short);
      // Two parts are the whole.
      expect(addWorkingMs(calendar, due, long)).toEqual(addWorkingMs(calendar, from, short + long));
    }),
    { numRuns: 500 },
  );
});

test("the next opening is open, and nothing before it is", () => {
  fc.assert(
    fc.property(calendarArbitrary, instant, (calendar, at) => {
      const opening = nextOpening(calendar, at);
      expect(isOpen(calendar, opening)).toBe(true);
      expect(workingMsBetween(calendar, at, opening)).toBe(0);
      expect(isOpen(calendar, at)).toBe(opening.getTime() === at.getTime());
    }),
    { numRuns: 500 },
  );
});

/** Pauses one after the other, from gaps and lengths in minutes. */
const pausesAfter = (from: Date, steps: readonly (readonly [number, number])[]): Pause[] => {
  let at = from;
  return steps.map(([gap, length]) => {
    const pausedAt = later(at, gap * MINUTE_MS);
    const resumedAt = later(pausedAt, length * MINUTE_MS);
    at = resumedAt;
    return { pausedAt, resumedAt };
  });
};
const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 0, max: 900 })), {
  maxLength: 4,
});

test("with pauses a due time is the one of a count that leaves the paused minutes out", () => {
  fc.assert(
    fc.property(
      calendarArbitrary,
      minuteArbitrary(36),
      minutes,
      steps,
      (calendar, startedAt, count, taken) => {
        const pauses = pausesAfter(startedAt, taken);
        const isPaused = (at: Date) =>
          pauses.some((pause) => pause.pausedAt <= at && at < (pause.resumedAt ?? at));
        const slow = dueSlowly(
          (at) => !isPaused(at) && isWorkedMinute(calendar, at),
          startedAt,
          count,
          later(startedAt, LOOK_DAYS * 86_400_000),
        );
        fc.pre(slow !== null);
        expect(dueTimeOf(calendar, { startedAt, targetMs: count * MINUTE_MS, pauses })).toEqual(slow);
      },
    ),
    { numRuns: 60 },
  );
});

test("pause and resume add up", () => {
  fc.assert(
    fc.property(
      calendarArbitrary,
      minuteArbitrary(36),
      minutes,
      steps,
      (calendar, startedAt, count, taken) => {
        const targetMs = count * MINUTE_MS;
        const pauses = pausesAfter(startedAt, taken);
        const plain = dueTimeOf(calendar, { startedAt, targetMs, pauses: [] });
        const due = dueTimeOf(calendar, { startedAt, targetMs, pauses });
        // Never earlier, and what is used up when it is due is the target.
        expect(due >= plain).toBe(true);
        expect(usedMsAt(calendar, { startedAt, pauses }, due)).toBe(targetMs);
        // The working time that it stood still before it was due is the working time that it is due later.
        const stood = pauses
          .filter((pause) => pause.pausedAt < due)
          .reduce(
            (sum, pause) => sum + workingMsBetween(calendar, pause.pausedAt, pause.resumedAt ?? due),
            0,
          );
        expect(workingMsBetween(calendar, plain, due)).toBe(stood);
        // A pause of no length changes nothing.
        const atOnce = pauses.flatMap((pause) => [
          { pausedAt: pause.pausedAt, resumedAt: pause.pausedAt },
          pause,
        ]);
        expect(dueTimeOf(calendar, { startedAt, targetMs, pauses: atOnce })).toEqual(due);
        // A pause cut in two is the same pause.
        const halved = pauses.flatMap(({ pausedAt, resumedAt }) => {
          const end = resumedAt ?? pausedAt;
          const middle = new Date(Math.trunc((pausedAt.getTime() + end.getTime()) / 2));
          return [
            { pausedAt, resumedAt: middle },
            { pausedAt: middle, resumedAt: end },
          ];
        });
        expect(dueTimeOf(calendar, { startedAt, targetMs, pauses: halved })).toEqual(due);
      },
    ),
    { numRuns: 300 },
  );
});
