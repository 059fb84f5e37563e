/**
 * Amounts in Chinese capital numerals (中文大写金额), as the People's Bank of China prescribes them for vouchers
 * (支付结算办法, annex 1, 正确填写票据和结算凭证的基本规定): figures that cannot be turned into others with a stroke.
 */
import { fail } from "#src/kernel/errors.ts";
import type { Fen } from "#src/kernel/money.ts";

const NUMERALS = "零壹贰叁肆伍陆柒捌玖";
const PLACES = ["", "拾", "佰", "仟"] as const;
const WAN = 10_000n;
const YI = 100_000_000n;
const LARGEST_YUAN = YI * YI;

const numeral = (digit: bigint | number): string => NUMERALS.charAt(Number(digit));

/** 1 to 9999: zeros inside are one 零, zeros at the end are silent. */
const belowWan = (value: bigint): string => {
  const digits = [...String(value)].map(Number);
  let written = "";
  let zeroPending = false;
  for (const [index, digit] of digits.entries()) {
    if (digit === 0) {
      zeroPending = true;
      continue;
    }
    written += `${zeroPending ? "零" : ""}${numeral(digit)}${PLACES[digits.length - 1 - index] ?? ""}`;
    zeroPending = false;
  }
  return written;
};

const group = (value: bigint, unit: bigint, name: string): string => {
  const rest = value % unit;
  const tail = rest === 0n ? "" : wholeNumber(rest);
  return `${wholeNumber(value / unit)}${name}${rest > 0n && rest < unit / 10n ? "零" : ""}${tail}`;
};

const wholeNumber = (value: bigint): string => {
  if (value >= YI) return group(value, YI, "亿");
  if (value >= WAN) return group(value, WAN, "万");
  return belowWan(value);
};

/**
 * `205200` fen as `人民币贰仟零伍拾贰元整`. 整 follows 元 and 角 and never 分; a missing 角 before 分 is 零
 * (`1005` is `人民币壹拾元零伍分`); ten is `壹拾`; a negative amount (a reversal) starts with 负.
 * @throws DomainError `document.amount-too-large` from 10^16 yuan
 */
export const chineseCapitalAmount = (amount: Fen): string => {
  const magnitude = amount < 0n ? -amount : amount;
  const yuan = magnitude / 100n;
  const jiao = (magnitude / 10n) % 10n;
  const cent = magnitude % 10n;
  if (yuan >= LARGEST_YUAN)
    fail("document.amount-too-large", "amounts are written in capitals below 10^16 yuan");

  let written = yuan > 0n ? `${wholeNumber(yuan)}元` : "";
  if (jiao > 0n) written += `${numeral(jiao)}角`;
  else if (cent > 0n && yuan > 0n) written += "零";
  if (cent > 0n) written += `${numeral(cent)}分`;
  if (written === "") written = "零元";
  return `人民币${amount < 0n ? "负" : ""}${written}${cent > 0n ? "" : "整"}`;
};
