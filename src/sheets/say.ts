/** Figures as people read them, on paper and in mail. */
import { formatYuan } from "#src/kernel/money.ts";
import type { FigureKind } from "#src/reports/index.ts";
import { valueWord } from "#src/reports/index.ts";
import { percentDown } from "#src/service/tickets/index.ts";

export type Locale = "zh-CN" | "en";

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
const shifted = (value: number, decimals: number): string => {
  const digits = String(Math.abs(value)).padStart(decimals + 1, "0");
  return `${value < 0 ? "-" : ""}${grouped(digits.slice(0, -decimals))}.${digits.slice(-decimals)}`;
};

const yuan = (fen: number): string => {
  const text = formatYuan(BigInt(fen) as Parameters<typeof formatYuan>[0]);
  const [whole = "", rest = "00"] = text.split(".");
  return `${grouped(whole)}.${rest}`;
};

const DURATION_WORDS: Readonly<Record<"minutes" | "hours", Readonly<Record<Locale, string>>>> = {
  minutes: { "zh-CN": " 分钟", en: " min" },
  hours: { "zh-CN": " 小时", en: " h" },
};

/** A share is cut and stands beside what it is of: `99.94% (1786/1787)`. */
export const sayFigure = (
  kind: FigureKind,
  value: string | number | null,
  of: number | null,
  locale: Locale,
): string => {
  if (value === null) return "–";
  if (typeof value === "string") return kind === "text" ? sayText(value, locale) : value;
  switch (kind) {
    case "fen":
      return yuan(value);
    case "share":
      return sayShare(value, of ?? 0, true);
    case "rate":
      return sayShare(value, of ?? 0, false);
    case "milli-m2":
      return `${shifted(Math.trunc(value / 10), 2)} m²`;
    case "tenths":
      return `${shifted(value, 1)} ℃`;
    case "hundredths":
      return shifted(value, 2);
    case "minutes":
    case "hours":
      return `${grouped(String(value))}${DURATION_WORDS[kind][locale]}`;
    default:
      return grouped(String(value));
  }
};

const sayShare = (part: number, whole: number, withCounts: boolean): string => {
  const percent = percentDown(BigInt(part), BigInt(whole));
  if (percent === null) return "–";
  return withCounts ? `${percent}% (${part}/${whole})` : `${percent}%`;
};

/** An instant, or a code, or what somebody wrote. */
const sayText = (text: string, locale: Locale): string =>
  /^\d{4}-\d{2}-\d{2}T/.test(text)
    ? new Intl.DateTimeFormat("sv-SE", {
        timeZone: "Asia/Shanghai",
        dateStyle: "short",
        timeStyle: "short",
      }).format(new Date(text))
    : valueWord(text)[locale];
