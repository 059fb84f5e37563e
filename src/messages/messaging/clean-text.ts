/** Text from outside, made fit to be kept and shown: no control characters, no broken halves of characters, bounded. Pure. */

// Every control but tab and line feed; what turns the direction of a line round; the mark of a byte order.
const UNSEEN = /(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069\ufeff]/gu;

export type CleanText = { readonly text: string; readonly cut: boolean };

/** At most `longest` UTF-16 units, never ending inside a character. PostgreSQL keeps no NUL, so none passes. */
export const cleanText = (written: string, longest: number): CleanText => {
  const cut = written.length > longest;
  const kept = (cut ? written.slice(0, longest) : written).toWellFormed();
  const whole = cut ? kept.replace(/\ufffd$/, "") : kept;
  const text = whole
    .replaceAll("\r\n", "\n")
    .replaceAll("\r", "\n")
    .replace(UNSEEN, "")
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .replace(/\n{4,}/g, "\n\n\n")
    .trim();
  return { text, cut };
};

/** The same on one line: subjects, names of files. */
export const cleanLine = (written: string, longest: number): string =>
  cleanText(written.slice(0, longest * 4), longest * 4)
    .text.replace(/\s+/g, " ")
    .slice(0, longest)
    .toWellFormed()
    .replace(/\ufffd$/, "")
    .trim();
