/** A day as people type it: 2026-12-01, 2026/12/1, 2026.12.1, 20261201, with the Chinese signs for year, month and day, also full-width. */
import dayjs from "dayjs";

const SHAPES = [
  /^(\d{4})[-/.\u3002](\d{1,2})[-/.\u3002](\d{1,2})$/,
  /^(\d{4})(\d{2})(\d{2})$/,
  /^(\d{4})\u5e74(\d{1,2})\u6708(\d{1,2})[\u65e5\u53f7]?$/,
];

/** "2026-12-01"; null for what is no day that exists. */
export const readDay = (typed: string): string | null => {
  const plain = typed.normalize("NFKC").replaceAll(/\s/g, "");
  for (const shape of SHAPES) {
    const [, year, month, date] = shape.exec(plain) ?? [];
    if (year === undefined || month === undefined || date === undefined) continue;
    const day = `${year}-${month.padStart(2, "0")}-${date.padStart(2, "0")}`;
    // The 30th of February would be taken for the 2nd of March.
    return dayjs(day).format("YYYY-MM-DD") === day ? day : null;
  }
  return null;
};
