/** Which household paid when, where and how much of its bill in the seasons that are over. */
import { addDays, type Day, day } from "#src/kernel/day.ts";
import { must } from "#src/kernel/errors.ts";
import { weekdayOf } from "#src/office/calendars/index.ts";
import { CHANNELS } from "./channels.ts";
import type { Habit } from "./homes.ts";
import { fromQuantiles, type Random, randomStream } from "./random.ts";

/** The seasons with a history; the coming one is not billed yet. */
export const PAST_SEASONS = [2024, 2025] as const;
export const COMING_SEASON = 2026;

export type PlannedPayment = {
  readonly season: number;
  /** ISO time with its zone. */
  readonly paidAt: string;
  readonly channelId: number;
  readonly tender: "cash" | "card" | "transfer" | "wallet";
  /** Of the household's bills of the season; for the second payment, the part that the first left open. */
  readonly shareBasisPoints: number;
  readonly ordinal: number;
};

export type Payer = {
  readonly habit: Habit;
  /** Owes by date (series loop or non-residential): whoever does not pay has a debt. */
  readonly dueByDate: boolean;
  readonly openedOn: Day;
  readonly shop: boolean;
};

export type PaymentHabits = (payer: Payer) => PlannedPayment[];

/** Days after 1 September: a slow start, a tall last week to 10 November, a tail to 5 December. */
const DAY_QUANTILES = [0, 6, 12, 18, 24, 31, 38, 44, 49, 53, 56, 59, 61, 63, 65, 67, 68, 69, 70, 75, 95];
const CHANNEL_WEIGHTS = CHANNELS.map((channel) => channel.weight);

const LAST_DAY = 96;
/** The days after 1 September of each season, reckoned once. */
const DAYS = new Map(
  PAST_SEASONS.map((season): [number, readonly Day[]] => [
    season,
    Array.from({ length: LAST_DAY }, (_, offset) => addDays(day(`${season}-09-01`), offset)),
  ]),
);

const paysAt = (
  random: Random,
  season: number,
  from: number,
): Pick<PlannedPayment, "paidAt" | "channelId" | "tender"> => {
  const channel = must(CHANNELS[random.weighted(CHANNEL_WEIGHTS)], "a channel");
  const days = must(DAYS.get(season), "the days of a past season");
  const draw = (): Day => must(days[Math.max(from, fromQuantiles(random, DAY_QUANTILES))], "a day");
  const drawn = draw();
  // Counters are quiet at weekends.
  const on = channel.kind === "counter" && weekdayOf(drawn) > 5 ? draw() : drawn;
  const two = (value: number): string => String(value).padStart(2, "0");
  const paidAt = `${on}T${two(random.between(8, 19))}:${two(random.below(60))}:${two(random.below(60))}+08:00`;
  const atCounter = random.chance(1500) ? "cash" : "card";
  const tender = channel.kind === "counter" ? atCounter : channel.kind === "wallet" ? "wallet" : "transfer";
  return { paidAt, channelId: channel.id, tender };
};

const whole = (random: Random, season: number): PlannedPayment[] => {
  const first = { season, ...paysAt(random, season, 0), shareBasisPoints: 10_000, ordinal: 1 };
  // Some round up and have something left for next year; some pay in two parts.
  if (random.chance(60)) return [{ ...first, shareBasisPoints: random.between(10_050, 10_300) }];
  if (!random.chance(150)) return [first];
  const part = random.between(3000, 7000);
  const later = { season, ...paysAt(random, season, 76), shareBasisPoints: 10_000 - part, ordinal: 2 };
  return [{ ...first, shareBasisPoints: part }, later];
};

/** A debtor pays nothing, one of eight a part. */
const owing = (random: Random, season: number): PlannedPayment[] =>
  random.chance(1250)
    ? [{ season, ...paysAt(random, season, 0), shareBasisPoints: random.between(2000, 6000), ordinal: 1 }]
    : [];

/** Whether such a household pays by itself. */
const isWilling = (random: Random, payer: Payer, season: number): boolean => {
  switch (payer.habit) {
    case "never-paid":
    case "closed-for-arrears":
    case "never-opened":
    case "cut-off":
      return false;
    case "violating":
      return season < 2025;
    case "suspended":
      // A stopped flat in a series loop is billed in full, and not everybody accepts that.
      return payer.dueByDate ? random.chance(6000) : true;
    case "supplied":
    case "resumed":
    case "disputing":
      return true;
  }
};

/** Answers a function that plans one household after the other. Shares and days are drawn from one stream. */
export const planHabits = (seed: number): PaymentHabits => {
  const random = randomStream(seed, "payments");
  return (payer) => {
    let debtor = payer.dueByDate && random.chance(payer.shop ? 2000 : 2400);
    const planned: PlannedPayment[] = [];
    for (const season of PAST_SEASONS) {
      if (payer.openedOn > `${season}-09-01`) continue;
      if (season === 2025 && payer.dueByDate) debtor = debtor ? random.chance(8500) : random.chance(1600);
      const willing = isWilling(random, payer, season);
      planned.push(
        ...(willing && !debtor ? whole(random, season) : payer.dueByDate ? owing(random, season) : []),
      );
    }
    return planned;
  };
};
