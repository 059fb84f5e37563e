/**
 * The first cold day (15 November) as a plan: who calls, what about, who gives up, who is called back. The shares are those of
 * a day of 5,000 calls on 30 lines; any other number of calls keeps them, and everything always sums to the calls. The same
 * number and seed give the same plan.
 */
import { assert } from "#src/kernel/errors.ts";
import { type Random, randomStream } from "../random.ts";

export const ANSWERED_KINDS = [
  "incident",
  "other-company",
  "no-case",
  "valve",
  "cold",
  "leak",
  "fee",
] as const;
export type AnsweredKind = (typeof ANSWERED_KINDS)[number];

/** Of 5,000. */
const DAY = {
  calls: 5000,
  selfServed: 900,
  abandoned: 600,
  numbers: 510,
  calledAgain: 180,
  reached: 290,
  answered: {
    incident: 212,
    "other-company": 75,
    "no-case": 1813,
    valve: 560,
    cold: 490,
    leak: 140,
    fee: 210,
  } satisfies Record<AnsweredKind, number>,
} as const;

export const LEAST_CALLS = 50;

export type AnsweredCall = {
  readonly number: string;
  readonly kind: AnsweredKind;
  /** Whoever was lost before and called again. */
  readonly again: boolean;
};

export type ColdDayPlan = {
  readonly calls: number;
  readonly selfServed: readonly string[];
  /** One entry a call: some numbers stand here twice. */
  readonly lostByDay: readonly string[];
  /** Lost so late that they are carried to the morning. */
  readonly lostAtNight: readonly string[];
  readonly answered: readonly AnsweredCall[];
  /** How many numbers agents call back before the quiet hours. */
  readonly callBacks: number;
};

const scaled = (part: number, whole: number, to: number): number => Math.round((part * to) / whole);

/** Whole numbers in the shares of `parts` that sum to `total`: what rounding leaves goes to the largest. */
export const shareOut = <Name extends string>(
  parts: Readonly<Record<Name, number>>,
  total: number,
): Record<Name, number> => {
  const names = Object.keys(parts) as Name[];
  const whole = names.reduce((sum, name) => sum + parts[name], 0);
  const shares = Object.fromEntries(
    names.map((name) => [name, Math.floor((parts[name] * total) / whole)]),
  ) as Record<Name, number>;
  const [largest] = names.toSorted((one, other) => parts[other] - parts[one]);
  assert(largest !== undefined, "there are parts");
  shares[largest] += total - names.reduce((sum, name) => sum + shares[name], 0);
  return shares;
};

const shuffle = <T>(random: Random, items: readonly T[]): T[] => {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    const kept = mixed[last] as T;
    mixed[last] = mixed[other] as T;
    mixed[other] = kept;
  }
  return mixed;
};

/** Mobiles that nobody has: a block of their own, so that no household is taken for a caller. */
const numberOf = (n: number): string => `1709${String(n).padStart(7, "0")}`;

/** @param calls at least 50 */
export const planColdDay = (calls: number, seed: number): ColdDayPlan => {
  assert(calls >= LEAST_CALLS, `at least ${LEAST_CALLS} calls`);
  const random = randomStream(seed, "cold-day");
  const selfServed = scaled(DAY.selfServed, DAY.calls, calls);
  const abandoned = scaled(DAY.abandoned, DAY.calls, calls);
  const answered = calls - selfServed - abandoned;
  const numbers = scaled(DAY.numbers, DAY.abandoned, abandoned);
  const ends = shareOut(
    {
      calledAgain: DAY.calledAgain,
      reached: DAY.reached,
      carried: DAY.numbers - DAY.calledAgain - DAY.reached,
    },
    numbers,
  );
  let next = random.below(1_000_000) + 1;
  const fresh = (count: number): string[] =>
    Array.from({ length: count }, () => {
      next += 1;
      return numberOf(next);
    });
  const again = fresh(ends.calledAgain);
  const reached = fresh(ends.reached);
  const carried = fresh(ends.carried);
  // Whoever calls twice and is lost twice still is one number.
  const byDay = [...again, ...reached];
  const twice = shuffle(random, byDay).slice(0, abandoned - numbers);
  const kinds = Object.entries(shareOut(DAY.answered, answered)).flatMap(([kind, count]) =>
    Array.from({ length: count }, () => kind as AnsweredKind),
  );
  const callers = [
    ...fresh(answered - again.length).map((number) => ({ number, again: false })),
    ...again.map((number) => ({ number, again: true })),
  ];
  const mixed = shuffle(random, kinds);
  return {
    calls,
    selfServed: fresh(selfServed),
    lostByDay: shuffle(random, [...byDay, ...twice]),
    lostAtNight: carried,
    answered: callers.map((caller, index) => ({ ...caller, kind: mixed[index] as AnsweredKind })),
    callBacks: ends.reached,
  };
};
