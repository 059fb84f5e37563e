/** Working time the slow way: every minute is looked at by itself. The model that the fast count is held to. */
import fc from "fast-check";
import { addDays, type Day, day, daysBetween, wallTimeOfInstant } from "#src/kernel/day.ts";
import {
  type Block,
  type DayKind,
  type Hours,
  type WorkingTime,
  workingTime,
  type WorkingTimeFacts,
} from "#src/office/calendars/index.ts";

export const MINUTE_MS = 60_000;
export const FIRST_MINUTE = Date.parse("2026-10-28T00:00:00+08:00");

/** A season that begins and ends within the weeks that the properties look at. */
const SHORT_SEASON = {
  id: 2026,
  startsOn: day("2026-11-15"),
  endsOn: day("2026-12-02"),
  billsOpenOn: day("2026-09-01"),
  paymentWindowEndsOn: day("2026-11-10"),
};

const blockArbitrary: fc.Arbitrary<Block> = fc
  .tuple(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 1, max: 1440 }))
  .map(([fromMinute, length]) => ({ fromMinute, untilMinute: fromMinute + length }));

const kinds: readonly DayKind[] = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const hoursArbitrary: fc.Arbitrary<Hours> = fc
  .tuple(
    ...kinds.map(() =>
      fc.oneof(
        fc.constant([{ fromMinute: 0, untilMinute: 1440 }]),
        fc.array(blockArbitrary, { maxLength: 3 }),
      ),
    ),
  )
  .map((blocks) => Object.fromEntries(kinds.map((kind, index) => [kind, blocks[index] ?? []])));

/** Any calendar that opens on Mondays at the latest. */
export const calendarArbitrary: fc.Arbitrary<WorkingTime> = fc
  .record({
    heating: hoursArbitrary,
    other: hoursArbitrary,
    exceptions: fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.boolean()), { maxLength: 8 }),
    monday: blockArbitrary,
  })
  .map(({ heating, other, exceptions, monday }) =>
    workingTime({
      name: "any",
      heating: { ...heating, 1: [...(heating[1] ?? []), monday] },
      other: { ...other, 1: [...(other[1] ?? []), monday] },
      seasons: [SHORT_SEASON],
      exceptions: new Map(
        exceptions.map(([offset, working]) => [addDays(day("2026-10-28"), offset), working]),
      ),
    }),
  );

export const minuteArbitrary = (days: number): fc.Arbitrary<Date> =>
  fc.integer({ min: 0, max: days * 1440 }).map((minute) => new Date(FIRST_MINUTE + minute * MINUTE_MS));

const kindSlowly = (facts: WorkingTimeFacts, on: Day): DayKind => {
  const exception = facts.exceptions.get(on);
  if (exception !== undefined) return exception ? 9 : 8;
  // 5 January 1970 was a Monday.
  return ((((daysBetween(day("1970-01-05"), on) % 7) + 7) % 7) + 1) as DayKind;
};

const blocksSlowly = (facts: WorkingTimeFacts, on: Day): readonly Block[] => {
  const isHeating = facts.seasons.some((season) => season.startsOn <= on && on < season.endsOn);
  return (isHeating ? facts.heating : facts.other)[kindSlowly(facts, on)] ?? [];
};

/** Whether the minute that begins at `at` is worked. */
export const isWorkedMinute = (facts: WorkingTimeFacts, at: Date): boolean => {
  const [date = "", time = ""] = wallTimeOfInstant(at).split(" ");
  const minute = Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  const covers = (block: Block, moment: number) => block.fromMinute <= moment && moment < block.untilMinute;
  return (
    blocksSlowly(facts, day(date)).some((block) => covers(block, minute)) ||
    blocksSlowly(facts, addDays(day(date), -1)).some((block) => covers(block, minute + 1440))
  );
};

/** The end of the minute with which `minutes` counted minutes are full; null when `until` comes first. */
export const dueSlowly = (
  counts: (at: Date) => boolean,
  from: Date,
  minutes: number,
  until: Date,
): Date | null => {
  let left = minutes;
  for (let at = from.getTime(); at < until.getTime(); at += MINUTE_MS) {
    if (!counts(new Date(at))) continue;
    left -= 1;
    if (left === 0) return new Date(at + MINUTE_MS);
  }
  return null;
};
