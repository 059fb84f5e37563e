/** The text of one field: blanks of every width off, full-width digits and letters to half width, nothing else. */

const FULL_WIDTH_FROM = 0xff01;
const FULL_WIDTH_TO = 0xff5e;
const FULL_WIDTH_SHIFT = 0xfee0;

/** Trims blanks, tabs, U+3000, no-break spaces and byte order marks, and the profile's own decoration around them. */
export const trimField = (text: string, strip: string): string => {
  const trimmed = text.trim();
  if (strip === "") return trimmed;
  let start = 0;
  let end = trimmed.length;
  while (start < end && strip.includes(trimmed.charAt(start))) start += 1;
  while (end > start && strip.includes(trimmed.charAt(end - 1))) end -= 1;
  return trimmed.slice(start, end).trim();
};

const isPlain = (text: string): boolean => {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0x7e) return false;
  return true;
};

/**
 * The half-width form of an account number, serial or amount: `０１２Ａ` is `012A`. Leading zeros stay, because an
 * account number is text.
 */
export const toHalfWidth = (text: string): string => {
  if (isPlain(text)) return text;
  let result = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= FULL_WIDTH_FROM && code <= FULL_WIDTH_TO)
      result += String.fromCharCode(code - FULL_WIDTH_SHIFT);
    else result += code === 0x3000 ? " " : character;
  }
  return result.trim();
};
