/**
 * Folding: two texts that people take for the same become the same text. Names are folded for search and comparison
 * and are never keys; account numbers are folded before they are stored and before they are looked for.
 */
import { toHalfWidth } from "#src/kernel/half-width.ts";

/** Account number text: half width, no blanks around it. Leading zeros stay, they belong to the number. */
export const foldAccountText = (text: string): string =>
  toHalfWidth(text).replace(/^[ \t\r\n\u00a0]+|[ \t\r\n\u00a0]+$/g, "");

/** A name without width, blanks, case and the many middle dots (domain rule 17). Idempotent. */
export const foldName = (name: string): string =>
  toHalfWidth(name.normalize("NFC"))
    .replace(/[\s\u200b\ufeff]+/g, "")
    .replace(/[·•・‧∙⋅･]/g, "·")
    .toLowerCase();

/** `欧阳小明` as `欧***`: the first character stays, so that a caller can be asked for the rest. */
export const maskName = (name: string): string => {
  const [first = "", ...others] = Array.from(name.trim());
  return first + "*".repeat(Math.min(others.length, 3));
};
