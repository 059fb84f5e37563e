/**
 * Telephone numbers (电话号码), normalised once when they are written: E.164, with an extension after `;ext=`.
 * Chinese mobiles, landlines with area code and extension, and foreign numbers in international form are read.
 */
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { type Brand, fail } from "./errors.ts";
import { toHalfWidth } from "./half-width.ts";

export type PhoneNumber = Brand<string, "PhoneNumber">;
export type PhoneKind = "mobile" | "landline" | "other";
export type ParsedPhone = { readonly number: PhoneNumber; readonly kind: PhoneKind };

/**
 * Reads a number as people write it. A local number of seven or eight digits without an area code is completed with
 * `areaCode` (0371 for Zhengzhou). `转8012`, `-8012` behind a full landline and `ext 8012` are extensions.
 * @throws DomainError `phone.unreadable`
 */
export const parsePhone = (text: string, areaCode = "0371"): ParsedPhone => {
  let cleaned = toHalfWidth(text)
    .trim()
    .replaceAll(/(?:转|分机)\s*(?=\d)/g, " ext ");
  if (/^\d{7,8}(?!\d)/.test(cleaned)) cleaned = `${areaCode}-${cleaned}`;
  cleaned = cleaned.replace(/^(\(?0\d{2,3}\)?[-\s]?\d{7,8})-(\d{1,6})$/, "$1 ext $2");
  const parsed = parsePhoneNumberFromString(cleaned, "CN");
  if (parsed === undefined || !parsed.isValid()) fail("phone.unreadable", "this is not a telephone number");
  const type = parsed.getType();
  const kind = type === "MOBILE" ? "mobile" : type === "FIXED_LINE" ? "landline" : "other";
  const extension = parsed.ext === undefined ? "" : `;ext=${parsed.ext}`;
  return { number: `${parsed.number}${extension}` as PhoneNumber, kind };
};

/** `+8613812348000` as `138****8000`: the first three and the last four digits of the national number. */
export const maskPhone = (number: PhoneNumber): string => {
  const national = number.replace(/^\+86/, "").replace(/;ext=.*$/, "");
  return national.length < 8 ? "****" : `${national.slice(0, 3)}****${national.slice(-4)}`;
};
