/**
 * Decimal text to whole minor units and back, exactly. Bank files hold many currencies: the yuan has two decimals,
 * the yen none, the Kuwaiti dinar three. Nothing is rounded here: what does not fit is named.
 */

/** Decimals of currencies that do not have two (ISO 4217, list one). */
const EXPONENTS: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0,
  VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
  CLF: 4, UYW: 4,
}; // prettier-ignore

/** Decimals of a currency; two for a code that the list does not know. */
export const exponentOf = (currency: string): number => EXPONENTS[currency] ?? 2;

export type ParsedAmount =
  | { readonly kind: "amount"; readonly minor: bigint }
  /** A number, but with more decimals than the unit has: kept as text, never rounded. */
  | { readonly kind: "too-precise" }
  | { readonly kind: "unreadable" };

const ZERO = 0x30;
const NINE = 0x39;
/** Digits that a double holds exactly, so that the usual amount needs no string surgery. */
const SAFE_DIGITS = 15;

const parseSlowly = (text: string, exponent: number): ParsedAmount => {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text);
  const whole = match?.[2] ?? "";
  const decimals = match?.[3] ?? "";
  if (match === null || whole.length + decimals.length === 0 || text.length > 40)
    return { kind: "unreadable" };
  if (/[1-9]/.test(decimals.slice(exponent))) return { kind: "too-precise" };
  const minor = BigInt(`${whole}${decimals.slice(0, exponent).padEnd(exponent, "0")}` || "0");
  return { kind: "amount", minor: match[1] === "-" ? -minor : minor };
};

/**
 * Reads `2052.00`, `7`, `-3.5` or `8.850` (zeros beyond the exponent lose nothing) as minor units. Grouping, blanks,
 * exponents such as `1e5` and a decimal comma are unreadable: whether a comma groups or separates is not ours to guess.
 */
export const parseMinor = (text: string, exponent: number): ParsedAmount => {
  let value = 0;
  let index = 0;
  const end = text.length;
  if (end === 0 || end > SAFE_DIGITS) return parseSlowly(text, exponent);
  for (; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (code < ZERO || code > NINE) break;
    value = value * 10 + (code - ZERO);
  }
  if (index === 0) return parseSlowly(text, exponent);
  let decimals = 0;
  if (index < end) {
    if (text.charCodeAt(index) !== 0x2e) return parseSlowly(text, exponent);
    for (index += 1; index < end; index += 1) {
      const code = text.charCodeAt(index);
      if (code < ZERO || code > NINE) return { kind: "unreadable" };
      if (decimals === exponent) {
        if (code !== ZERO) return parseSlowly(text, exponent);
      } else {
        value = value * 10 + (code - ZERO);
        decimals += 1;
      }
    }
  }
  for (; decimals < exponent; decimals += 1) value *= 10;
  if (value > Number.MAX_SAFE_INTEGER) return parseSlowly(text, exponent);
  return { kind: "amount", minor: BigInt(value) };
};

/** Minor units as decimal text with the currency's decimals: 205200 CNY is `2052.00`, 2052 JPY is `2052`. */
export const formatMinor = (minor: bigint, currency: string): string => {
  const exponent = exponentOf(currency);
  const magnitude = minor < 0n ? -minor : minor;
  const sign = minor < 0n ? "-" : "";
  if (exponent === 0) return `${sign}${magnitude}`;
  const digits = String(magnitude).padStart(exponent + 1, "0");
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
};

/** An amount of one currency in the minor units of another at face value; null when the other has too few decimals. */
export const rescaleMinor = (minor: bigint, from: string, to: string): bigint | null => {
  const shift = exponentOf(to) - exponentOf(from);
  if (shift >= 0) return minor * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return minor % divisor === 0n ? minor / divisor : null;
};
