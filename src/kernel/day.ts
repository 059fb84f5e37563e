/**
 * A business day (营业日) is a calendar date in Asia/Shanghai, written `2026-11-15`. It is text on purpose: a date has
 * no time zone, and JavaScript's Date would move it by a day.
 */
import { type Brand, fail } from "./errors.ts";

export type Day = Brand<string, "Day">;

export const TIME_ZONE = "Asia/Shanghai";

const toEpochDay = (text: string): number | null => {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return null;
  const ms = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return new Date(ms).toISOString().slice(0, 10) === text ? ms / 86_400_000 : null;
};

/** Reads `YYYY-MM-DD`. @throws DomainError `day.unreadable` also for dates that do not exist (2027-02-29). */
export const day = (text: string): Day => {
  if (toEpochDay(text) === null) fail("day.unreadable", `"${text}" is not a date like 2026-11-15`);
  return text as Day;
};

export const isDay = (text: string): text is Day => toEpochDay(text) !== null;

const epochDay = (value: Day): number => {
  const found = toEpochDay(value);
  if (found === null) fail("day.unreadable", `"${value}" is not a date`);
  return found;
};

/** The day `count` days later (earlier when negative). */
export const addDays = (value: Day, count: number): Day =>
  new Date((epochDay(value) + count) * 86_400_000).toISOString().slice(0, 10) as Day;

/** Days from `from` to `until`: 0 for the same day, negative when `until` is earlier. */
export const daysBetween = (from: Day, until: Day): number => epochDay(until) - epochDay(from);

const shanghaiDate = new Intl.DateTimeFormat("en-CA", {
  timeZone: TIME_ZONE,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
});

/** The day that was asked for last, from midnight to midnight: nearly always the next one that is asked for. */
let lastAsked = { from: 0, until: 0, day: "" as Day };

/** The business day on which an instant falls in Shanghai, whatever zone the process runs in. */
export const dayOfInstant = (instant: Date): Day => {
  const ms = instant.getTime();
  if (ms >= lastAsked.from && ms < lastAsked.until) return lastAsked.day;
  const found = day(shanghaiDate.format(instant));
  const from = instantOfDay(found).getTime();
  // Before 1992 a day may have been an hour longer or shorter.
  if (found >= "1992") lastAsked = { from, until: from + 86_400_000, day: found };
  return found;
};

/**
 * The instant at which a day's wall clock shows `minutes` after midnight in Shanghai; past 1440 it is the next day's.
 * Shanghai has kept +08:00 without summer time since 1991.
 */
export const instantOfDay = (value: Day, minutes = 0): Date =>
  new Date(epochDay(value) * 86_400_000 - 8 * 3_600_000 + minutes * 60_000);

const shanghaiMinute = new Intl.DateTimeFormat("sv-SE", {
  timeZone: TIME_ZONE,
  dateStyle: "short",
  timeStyle: "short",
});

/** `2026-11-10 09:31`: an instant as the clock on the wall in Shanghai showed it, for paper. */
export const wallTimeOfInstant = (instant: Date): string => shanghaiMinute.format(instant);

/** Reads the two spellings that banks use, `20261115` and `2026-11-15` (also with `/`). */
export const parseBankDay = (text: string): Day => {
  const match = /^(\d{4})[-/]?(\d{2})[-/]?(\d{2})$/.exec(text);
  if (match === null) fail("day.unreadable", `"${text}" is not a date like 20261115 or 2026-11-15`);
  return day(`${match[1]}-${match[2]}-${match[3]}`);
};
