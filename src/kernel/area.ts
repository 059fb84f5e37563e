/**
 * Floor area (面积) is a whole number of thousandths of a square metre in a branded bigint: certificates print two
 * decimals, and 90% of a gross area needs a third (98.19 m2 x 90% = 88.371 m2).
 */
import { type Brand, fail } from "./errors.ts";
import { divideRounded, type Rounding } from "./money.ts";

export type AreaMilliM2 = Brand<bigint, "AreaMilliM2">;

export const areaMilliM2 = (value: bigint): AreaMilliM2 => {
  if (value < 0n) fail("area.negative", "an area is never negative");
  return value as AreaMilliM2;
};

/** Reads `88.37` (m2, up to three decimals). @throws DomainError `area.unreadable` */
export const parseAreaM2 = (text: string): AreaMilliM2 => {
  const match = /^(\d{1,9})(?:\.(\d{1,3}))?$/.exec(text);
  if (match === null) fail("area.unreadable", `"${text}" is not an area in m2 with at most three decimals`);
  return areaMilliM2(BigInt(match[1] ?? "0") * 1000n + BigInt((match[2] ?? "").padEnd(3, "0")));
};

/** `88371` as `88.371`, `88370` as `88.37`: two decimals at least, a third only when it is not zero. */
export const formatAreaM2 = (area: AreaMilliM2): string => {
  const decimals = String(area % 1000n).padStart(3, "0");
  return `${area / 1000n}.${decimals.endsWith("0") ? decimals.slice(0, 2) : decimals}`;
};

export type AreaRoundingStep = 1 | 10;

/**
 * 90% (or another share, in basis points) of a gross area. `stepMilliM2` 1 keeps three decimals, 10 cuts or rounds
 * to two: both are seen in practice and they differ by a fen or two on the bill, so it is a parameter (domain: §9).
 */
export const shareOfArea = (
  gross: AreaMilliM2,
  shareBasisPoints: bigint,
  stepMilliM2: AreaRoundingStep,
  rounding: Rounding,
): AreaMilliM2 => {
  const step = BigInt(stepMilliM2);
  return areaMilliM2(divideRounded(gross * shareBasisPoints, 10_000n * step, rounding) * step);
};
