/**
 * What can be printed, and what is printed instead of what cannot. A character without a glyph, a control character or
 * half a surrogate pair becomes its code in brackets, `[U+30EDD]`: visible on the paper, never silently lost.
 */
import { must } from "#src/kernel/errors.ts";
import { faceFor } from "./faces.ts";

export const codeName = (codePoint: number): string =>
  `U+${codePoint.toString(16).toUpperCase().padStart(4, "0")}`;

const isPrintable = (codePoint: number): boolean =>
  codePoint >= 0x20 &&
  !(codePoint >= 0x7f && codePoint <= 0x9f) &&
  !(codePoint >= 0xd800 && codePoint <= 0xdfff) &&
  faceFor(codePoint, "regular") !== null &&
  faceFor(codePoint, "bold") !== null;

/** Printable text; white space is one space, because paper cannot show how many there were. */
export const printableText = (text: string): string => {
  let printable = "";
  for (const character of text.replace(/\s+/gu, " ").trim()) {
    const codePoint = must(character.codePointAt(0), "code point");
    printable += isPrintable(codePoint) ? character : `[${codeName(codePoint)}]`;
  }
  return printable;
};

/** The codes (`U+30EDD`) of the characters that `printableText` replaces, each once, in order of appearance. */
export const unprintableCodes = (texts: Iterable<string>): string[] => {
  const codes = new Set<string>();
  for (const text of texts) {
    for (const character of text.replace(/\s+/gu, " ")) {
      const codePoint = must(character.codePointAt(0), "code point");
      if (!isPrintable(codePoint)) codes.add(codeName(codePoint));
    }
  }
  return [...codes];
};
