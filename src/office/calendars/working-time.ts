/**
 * Working time (工作时间): instants counted in the hours of a calendar. Pure; everything that decides is in the calendar.
 *
 * A day has any number of blocks, by weekday, and other ones on public holidays and on make-up days (调休); while heat
 * flows a calendar may have other hours (24 h in the season). Blocks that meet at midnight are one stretch: 24:00 of a
 * day is 00:00 of the next, and no minute is lost between them.
 */
import { addDays, type Day, dayOfInstant, daysBetween, instantOfDay } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { type Season, seasonOf } from "./seasons.ts";
import { weekdayOf } from "./working-days.ts";

/** Minutes from the midnight that begins its day; until past 1440 goes on into the next day. Half-open. */
export type Block = { readonly fromMinute: number; readonly untilMinute: number };

/** Hours by kind of day: Monday 1 to Sunday 7, public holiday 8, make-up day 9. A kind without blocks is closed. */
export type DayKind = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
export const HOLIDAY: DayKind = 8;
export const MAKE_UP_DAY: DayKind = 9;
export const DAY_KINDS: readonly DayKind[] = [1, 2, 3, 4, 5, 6, 7, 8, 9];
export type Hours = Readonly<Partial<Record<DayKind, readonly Block[]>>>;

export type WorkingTimeFacts = {
  readonly name: string;
  /** Hours of the days on which heat flows. */
  readonly heating: Hours;
  /** Hours of all other days. */
  readonly other: Hours;
  readonly seasons: readonly Season[];
  /** True: a weekend day worked instead; false: a public holiday. */
  readonly exceptions: ReadonlyMap<Day, boolean>;
};

export type WorkingTime = WorkingTimeFacts & {
  /** The blocks of a day, merged and within its 24 hours, what the day before left over included. */
  blocksOn(on: Day): readonly Block[];
};

const DAY_MINUTES = 1440;
const MINUTE_MS = 60_000;
/** Longer than a calendar that opens in the heating season only is ever closed. */
const LONGEST_CLOSURE_DAYS = 400;
/** Ten years: what is not done by then has no due time. */
const HORIZON_DAYS = 3660;
/** The largest number of working milliseconds that can be added: 366 days. */
export const MOST_WORKING_MS = 366 * 86_400_000;
const KEPT_DAYS = 4000;

const kindOf = (facts: WorkingTimeFacts, on: Day): DayKind => {
  const exception = facts.exceptions.get(on);
  if (exception === undefined) return weekdayOf(on) as DayKind;
  return exception ? MAKE_UP_DAY : HOLIDAY;
};

const ownBlocks = (facts: WorkingTimeFacts, on: Day): readonly Block[] =>
  (seasonOf(facts.seasons, on) === null ? facts.other : facts.heating)[kindOf(facts, on)] ?? [];

const merged = (blocks: readonly Block[]): Block[] => {
  const out: Block[] = [];
  for (const block of blocks.toSorted((a, b) => a.fromMinute - b.fromMinute)) {
    const last = out.at(-1);
    if (last === undefined || block.fromMinute > last.untilMinute) out.push(block);
    else if (block.untilMinute > last.untilMinute) {
      out[out.length - 1] = { fromMinute: last.fromMinute, untilMinute: block.untilMinute };
    }
  }
  return out;
};

/** A calendar to count with. Days that were asked for are kept, so one object serves many counts. */
export const workingTime = (facts: WorkingTimeFacts): WorkingTime => {
  const known = new Map<Day, readonly Block[]>();
  const blocksOn = (on: Day): readonly Block[] => {
    const found = known.get(on);
    if (found !== undefined) return found;
    const leftOver = ownBlocks(facts, addDays(on, -1))
      .filter((block) => block.untilMinute > DAY_MINUTES)
      .map((block) => ({ fromMinute: 0, untilMinute: block.untilMinute - DAY_MINUTES }));
    const own = ownBlocks(facts, on).map((block) => ({
      fromMinute: block.fromMinute,
      untilMinute: Math.min(block.untilMinute, DAY_MINUTES),
    }));
    const blocks = merged([...leftOver, ...own]);
    if (known.size >= KEPT_DAYS) known.clear();
    known.set(on, blocks);
    return blocks;
  };
  return { ...facts, blocksOn };
};

const refuseClosed = (calendar: WorkingTimeFacts, from: Day): never =>
  fail("calendar.never-opens", `the calendar ${calendar.name} does not open long enough after ${from}`, {
    remedy: "give it working hours, or count in another calendar",
    facts: { calendar: calendar.name, from },
  });

type Stretch = { readonly fromMs: number; readonly untilMs: number };

/** Open stretches from the day of `from` on, day by day, as far as anybody asks. @throws `calendar.never-opens` */
function* stretches(calendar: WorkingTime, from: Date): Generator<Stretch> {
  const first = dayOfInstant(from);
  let closedDays = 0;
  for (let ahead = 0; ahead <= HORIZON_DAYS; ahead += 1) {
    const on = addDays(first, ahead);
    const midnight = instantOfDay(on).getTime();
    const blocks = calendar.blocksOn(on);
    closedDays = blocks.length === 0 ? closedDays + 1 : 0;
    if (closedDays > LONGEST_CLOSURE_DAYS) break;
    for (const block of blocks) {
      yield {
        fromMs: midnight + block.fromMinute * MINUTE_MS,
        untilMs: midnight + block.untilMinute * MINUTE_MS,
      };
    }
  }
  refuseClosed(calendar, first);
}

/**
 * The first instant at which `ms` of working time have passed since `from`; with 0, `from` itself. A duration that ends
 * with a block ends at the block's end, not at the next opening.
 * @throws DomainError `calendar.never-opens`, `calendar.duration`
 */
export const addWorkingMs = (calendar: WorkingTime, from: Date, ms: number): Date => {
  if (!Number.isSafeInteger(ms) || ms < 0 || ms > MOST_WORKING_MS) {
    fail("calendar.duration", "a duration is a whole number of milliseconds, 0 to 366 days", {
      facts: { ms },
    });
  }
  if (ms === 0) return from;
  let left = ms;
  for (const { fromMs, untilMs } of stretches(calendar, from)) {
    const start = Math.max(fromMs, from.getTime());
    if (untilMs <= start) continue;
    if (left <= untilMs - start) return new Date(start + left);
    left -= untilMs - start;
  }
  return refuseClosed(calendar, dayOfInstant(from));
};

/** Working time from one instant to another; negative when `until` is the earlier one. */
export const workingMsBetween = (calendar: WorkingTime, from: Date, until: Date): number => {
  if (until < from) return 0 - workingMsBetween(calendar, until, from);
  const first = dayOfInstant(from);
  let sum = 0;
  for (let ahead = 0; ahead <= daysBetween(first, dayOfInstant(until)); ahead += 1) {
    const on = addDays(first, ahead);
    const midnight = instantOfDay(on).getTime();
    for (const block of calendar.blocksOn(on)) {
      const start = Math.max(midnight + block.fromMinute * MINUTE_MS, from.getTime());
      const end = Math.min(midnight + block.untilMinute * MINUTE_MS, until.getTime());
      if (end > start) sum += end - start;
    }
  }
  return sum;
};

/** Whether the calendar is open at an instant; the end of a block is not. */
export const isOpen = (calendar: WorkingTime, at: Date): boolean => {
  const on = dayOfInstant(at);
  const minute = (at.getTime() - instantOfDay(on).getTime()) / MINUTE_MS;
  return calendar.blocksOn(on).some((block) => block.fromMinute <= minute && minute < block.untilMinute);
};

/** The instant itself when the calendar is open, else when it opens next. @throws DomainError `calendar.never-opens` */
export const nextOpening = (calendar: WorkingTime, at: Date): Date => {
  for (const { fromMs, untilMs } of stretches(calendar, at)) {
    if (untilMs > at.getTime()) return new Date(Math.max(fromMs, at.getTime()));
  }
  return refuseClosed(calendar, dayOfInstant(at));
};

const clockOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

/** `08:30-12:00`; a block that goes on past midnight names the next day's time: `20:00-08:00`. */
export const formatBlock = (block: Block): string =>
  `${clockOf(block.fromMinute)}-${clockOf(block.untilMinute > DAY_MINUTES ? block.untilMinute - DAY_MINUTES : block.untilMinute)}`;

/** Reads `08:30-12:00`, `00:00-24:00`, `20:00-08:00` (past midnight). @throws DomainError `calendar.hours-unreadable` */
export const parseBlock = (text: string): Block => {
  const match = /^([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/.exec(text);
  if (match === null) {
    fail("calendar.hours-unreadable", `"${text}" are not hours like 08:30-12:00`, { field: "hours" });
  }
  const fromMinute = Number(match[1]) * 60 + Number(match[2]);
  const untilMinute = match[3] === undefined ? DAY_MINUTES : Number(match[3]) * 60 + Number(match[4]);
  return { fromMinute, untilMinute: untilMinute <= fromMinute ? untilMinute + DAY_MINUTES : untilMinute };
};
