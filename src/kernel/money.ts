/**
 * Money (金额) is a whole number of fen (分) in a branded bigint: 1 yuan (元) = 100 fen.
 * No float ever holds money; decimals enter through `parseYuan` and leave through `formatYuan`.
 */
import { type Brand, fail } from "./errors.ts";

export type Fen = Brand<bigint, "Fen">;

/** Names a bigint as fen. The value may be negative (a reversal, a difference). */
export const fen = (value: bigint | number): Fen => {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    fail("money.not-whole", `${value} is not a whole number of fen`);
  }
  return BigInt(value) as Fen;
};

export const ZERO_FEN: Fen = fen(0n);

/** Sum of any number of amounts; the empty sum is 0. */
export const sumFen = (amounts: Iterable<Fen>): Fen => {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return fen(total);
};

/**
 * Reads a decimal amount of yuan such as `2052.00`, `-3.5` or `7` exactly.
 * @throws DomainError `money.unreadable` for anything else, and for more than two decimals that are not zero:
 * rounding money that somebody else wrote down is never this function's business.
 */
export const parseYuan = (text: string): Fen => {
  const match = /^([+-]?)(\d{1,15})(?:\.(\d*))?$/.exec(text);
  if (match === null) fail("money.unreadable", `"${text}" is not an amount in yuan`);
  const [, sign, whole, decimals = ""] = match;
  if (/[1-9]/.test(decimals.slice(2))) fail("money.unreadable", `"${text}" has parts of a fen`);
  const cents = decimals.slice(0, 2).padEnd(2, "0");
  const magnitude = BigInt(whole ?? "0") * 100n + BigInt(cents);
  return fen(sign === "-" ? -magnitude : magnitude);
};

/** `1234567` fen as `12345.67`: always two decimals, no grouping, `-` before negatives. Inverse of `parseYuan`. */
export const formatYuan = (amount: Fen): string => {
  const magnitude = amount < 0n ? -amount : amount;
  const cents = String(magnitude % 100n).padStart(2, "0");
  return `${amount < 0n ? "-" : ""}${magnitude / 100n}.${cents}`;
};

/** `formatYuan` with thousands separators, for people: `12,345.67`. */
export const formatYuanGrouped = (amount: Fen): string =>
  formatYuan(amount).replace(/\B(?=(\d{3})+(?=\.))/g, ",");

export type Rounding = "half-up" | "down";

/**
 * numerator / denominator as a whole number under a named rounding. Half up means away from zero at the half, so
 * that a reversal of an amount rounds to the reversed amount.
 * This is the only place where a ratio becomes money or area.
 */
export const divideRounded = (numerator: bigint, denominator: bigint, rounding: Rounding): bigint => {
  if (denominator <= 0n) fail("money.bad-ratio", "a ratio needs a positive denominator");
  const negative = numerator < 0n;
  const magnitude = negative ? -numerator : numerator;
  const quotient =
    rounding === "down" ? magnitude / denominator : (2n * magnitude + denominator) / (2n * denominator);
  return negative ? -quotient : quotient;
};

/**
 * Splits an amount in proportion to weights by the largest remainder: the parts sum to the amount exactly, none
 * differs from its exact share by a fen or more, and equal remainders go to the earlier part.
 */
export const splitByWeights = (amount: Fen, weights: readonly bigint[]): Fen[] => {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total <= 0n || weights.some((weight) => weight < 0n)) {
    fail("money.bad-weights", "weights must be non-negative and sum to more than zero");
  }
  const negative = amount < 0n;
  const magnitude = negative ? -amount : amount;
  const shares = weights.map((weight, index) => ({
    index,
    whole: (magnitude * weight) / total,
    remainder: (magnitude * weight) % total,
  }));
  let left = magnitude - shares.reduce((sum, share) => sum + share.whole, 0n);
  const byRemainder = [...shares].sort((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  );
  for (const share of byRemainder) {
    if (left === 0n) break;
    share.whole += 1n;
    left -= 1n;
  }
  return shares.map((share) => fen(negative ? -share.whole : share.whole));
};
