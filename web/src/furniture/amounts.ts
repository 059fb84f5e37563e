/** Amounts in whole fen and shares, to text and back: pure, and never a float. */

/** 123450 > "1,234.50" (yuan with two decimals, no sign of the currency). */
export const yuan = (fen: number): string => {
  const whole = Math.trunc(Math.abs(fen) / 100);
  const rest = String(Math.abs(fen) % 100).padStart(2, "0");
  return `${fen < 0 ? "-" : ""}${whole.toLocaleString("en-US")}.${rest}`;
};

/** 4500 thousandths of a fen > "0.045": the price of one message, without the zeros behind its fen. */
export const yuanOfMilliFen = (milliFen: number): string => {
  const rest = String(milliFen % 100_000)
    .padStart(5, "0")
    .replace(/0{1,3}$/, "");
  return `${Math.trunc(milliFen / 100_000).toLocaleString("en-US")}.${rest}`;
};

/** Digits, or groups of three of them: "1,5" is a slip of the finger for 1.5, and never fifteen. */
const YUAN = /^¥?\s*(\d{1,12}|\d{1,3}(?:,\d{3}){1,3}|\d{1,3}(?:\s\d{3}){1,3})(?:\.(\d{0,2}))?\s*元?$/;

/** What was typed as yuan, in fen; null when it is no amount ("1,234.5", "88", "０.5" are). Never a float. */
export const fenOfText = (typed: string): number | null => {
  const parts = YUAN.exec(typed.normalize("NFKC").trim());
  if (parts === null) return null;
  return Number(parts[1]?.replace(/\D/g, "")) * 100 + Number((parts[2] ?? "").padEnd(2, "0"));
};

/** A share of a whole that never says 100 % while something is missing: 1786 of 1787 is 99.94 %. Cut, not rounded. */
export const percent = (part: number, whole: number): string => {
  if (whole === 0) return "–";
  const hundredths = Math.floor((part * 10_000) / whole);
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, "0")}%`;
};
