/**
 * A price (单价) is an exact decimal: a whole number of millionths of a yuan per square metre and day (or per square
 * metre and season). 0.19 yuan is 190000.
 */
import type { AreaMilliM2 } from "./area.ts";
import { type Brand, fail } from "./errors.ts";
import { divideRounded, fen, type Fen } from "./money.ts";

export type PriceMicroYuan = Brand<bigint, "PriceMicroYuan">;

export const priceMicroYuan = (value: bigint): PriceMicroYuan => {
  if (value < 0n) fail("price.negative", "a price is never negative");
  return value as PriceMicroYuan;
};

/** Reads `0.19` (yuan, up to six decimals). @throws DomainError `price.unreadable` */
export const parsePriceYuan = (text: string): PriceMicroYuan => {
  const match = /^(\d{1,6})(?:\.(\d{1,6}))?$/.exec(text);
  if (match === null) fail("price.unreadable", `"${text}" is not a price with at most six decimals`);
  return priceMicroYuan(BigInt(match[1] ?? "0") * 1_000_000n + BigInt((match[2] ?? "").padEnd(6, "0")));
};

/** `190000` as `0.19`: no trailing zeros beyond two decimals. */
export const formatPriceYuan = (price: PriceMicroYuan): string => {
  const decimals = String(price % 1_000_000n)
    .padStart(6, "0")
    .replace(/0{1,4}$/, "");
  return `${price / 1_000_000n}.${decimals}`;
};

/**
 * Area x price x days x share, rounded once, half up (domain rule 1: rounding each day would lose fen).
 * `shareBasisPoints` is 10000 for a full charge; a price per season is charged with `days` = 1.
 */
export const chargeFen = (
  area: AreaMilliM2,
  price: PriceMicroYuan,
  days: number,
  shareBasisPoints: bigint,
): Fen => {
  if (!Number.isInteger(days) || days < 0) fail("charge.bad-days", "days are a whole number, 0 or more");
  const exact = area * price * BigInt(days) * shareBasisPoints;
  // milli m2 (10^3) x micro yuan (10^6) x basis points (10^4), and a yuan is 100 fen.
  return fen(divideRounded(exact, 100_000_000_000n, "half-up"));
};
