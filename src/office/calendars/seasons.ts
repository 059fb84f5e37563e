import { addDays, type Day, day, isDay } from "#src/kernel/day.ts";

/** A heating season (采暖季). Its id is the year in which it starts; heat flows on `[startsOn, endsOn)`. */
export type Season = {
  readonly id: number;
  readonly startsOn: Day;
  /** The first day without heat. */
  readonly endsOn: Day;
  /** From this day on its bills are issued. */
  readonly billsOpenOn: Day;
  /** The last day of the payment window (收费期). */
  readonly paymentWindowEndsOn: Day;
};

/** The season that heats on `on`, or null in summer. `seasons` in any order. */
export const seasonOf = (seasons: readonly Season[], on: Day): Season | null =>
  seasons.find((season) => season.startsOn <= on && on < season.endsOn) ?? null;

/** The season whose bills are the current ones on `on`: the latest that has opened; null before the first. */
export const billingSeasonOf = (seasons: readonly Season[], on: Day): Season | null =>
  seasons
    .filter((season) => season.billsOpenOn <= on)
    .reduce<Season | null>(
      (latest, season) => (latest === null || season.billsOpenOn > latest.billsOpenOn ? season : latest),
      null,
    );

/** `2026–2027`, as people name a season. */
export const seasonName = (id: number): string => `${id}–${id + 1}`;

/** The last day with heat, as the public knows it. */
export const lastHeatingDay = (season: Season): Day => addDays(season.endsOn, -1);

/**
 * Zhengzhou's season: 15 November 00:00 to 15 March 00:00, bills from 1 September, payment window to 10 November
 * (published by the city; the window by the company's notice of 2017).
 */
export const zhengzhouSeason = (id: number): Season => ({
  id,
  startsOn: day(`${id}-11-15`),
  endsOn: day(`${id + 1}-03-15`),
  billsOpenOn: day(`${id}-09-01`),
  paymentWindowEndsOn: day(`${id}-11-10`),
});

const inYear = (pattern: Day, years: number): Day => {
  const moved = `${Number(pattern.slice(0, 4)) + years}${pattern.slice(4)}`;
  return day(isDay(moved) ? moved : `${moved.slice(0, 8)}28`);
};

/**
 * Season `id` on the calendar dates of another one; 29 February becomes 28 where the year has none. For debts that are
 * older than any season that was ever defined.
 */
export const seasonLike = (pattern: Season, id: number): Season => {
  const years = id - pattern.id;
  return {
    id,
    startsOn: inYear(pattern.startsOn, years),
    endsOn: inYear(pattern.endsOn, years),
    billsOpenOn: inYear(pattern.billsOpenOn, years),
    paymentWindowEndsOn: inYear(pattern.paymentWindowEndsOn, years),
  };
};
