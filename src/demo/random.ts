/**
 * Whole numbers that look random and are the same for the same seed on every machine: mulberry32, a 32-bit generator of
 * public domain. Nothing here is a secret and no float is drawn.
 */
import { assert, must } from "#src/kernel/errors.ts";

export type Random = {
  /** A whole number in `[0, limit)`. */
  below(limit: number): number;
  /** A whole number in `[from, to]`. */
  between(from: number, to: number): number;
  /** True in `perTenThousand` of 10,000 cases. */
  chance(perTenThousand: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** An index, as often as its weight says. */
  weighted(weights: readonly number[]): number;
};

/** FNV-1a: names the stream, so that one more draw in one place moves nothing elsewhere. */
const hashText = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
};

/** The stream `name` of a seed. */
export const randomStream = (seed: number, name: string): Random => {
  let state = hashText(`${seed}/${name}`);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (limit: number): number => {
    assert(Number.isInteger(limit) && limit > 0, "a limit of 1 or more");
    return next() % limit;
  };
  const random: Random = {
    below,
    between: (from, to) => from + below(to - from + 1),
    chance: (perTenThousand) => below(10_000) < perTenThousand,
    pick: (list) => must(list[below(list.length)], "an element of a list"),
    weighted: (weights) => {
      let left = below(weights.reduce((sum, weight) => sum + weight, 0));
      for (const [index, weight] of weights.entries()) {
        if (left < weight) return index;
        left -= weight;
      }
      return weights.length - 1;
    },
  };
  return random;
};

/**
 * A value of a distribution given by its quantiles at equal steps: a straight line between two of them, in whole numbers.
 */
export const fromQuantiles = (random: Random, quantiles: readonly number[]): number => {
  const step = random.below(quantiles.length - 1);
  const from = must(quantiles[step], "a quantile");
  const to = must(quantiles[step + 1], "a quantile");
  return from + Math.trunc(((to - from) * random.below(1000)) / 1000);
};
