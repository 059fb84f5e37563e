/** Amounts, days and times as people here read them. Amounts are whole fen; times are those of Asia/Shanghai. */
import { houseNow } from "#web/api/house-time.ts";
import { language } from "#web/words/words.ts";

const ZONE = "Asia/Shanghai";

/** 123450 > "1,234.50" (yuan with two decimals, no sign of the currency). */
export const yuan = (fen: number): string => {
  const whole = Math.trunc(Math.abs(fen) / 100);
  const rest = String(Math.abs(fen) % 100).padStart(2, "0");
  return `${fen < 0 ? "-" : ""}${whole.toLocaleString("en-US")}.${rest}`;
};

/** What was typed as yuan, in fen; null when it is no amount ("1,234.5", "88", "０.5" are). Never a float. */
export const fenOfText = (typed: string): number | null => {
  const plain = typed.normalize("NFKC").replace(/[,\s¥元]/g, "");
  const parts = /^(\d{1,12})(?:\.(\d{0,2}))?$/.exec(plain);
  if (parts === null) return null;
  return Number(parts[1]) * 100 + Number((parts[2] ?? "").padEnd(2, "0"));
};

const parts = new Intl.DateTimeFormat("sv-SE", {
  timeZone: ZONE,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/** "2026-11-23 09:05" */
export const dateTime = (instant: string | null | undefined): string =>
  instant === null || instant === undefined ? "" : parts.format(new Date(instant)).slice(0, 16);
/** "2026-11-23" */
export const dayOf = (instant: string): string => parts.format(new Date(instant)).slice(0, 10);
/** "09:05" */
export const timeOf = (instant: string): string => parts.format(new Date(instant)).slice(11, 16);

/** How long from `now` until an instant: "2 小时 5 分" / "-35 分" when it is past. */
export const remaining = (instant: string, now: number = houseNow()): string => {
  const minutes = Math.round((new Date(instant).getTime() - now) / 60_000);
  const sign = minutes < 0 ? "-" : "";
  const abs = Math.abs(minutes);
  const [days, hours, rest] = [Math.floor(abs / 1440), Math.floor((abs % 1440) / 60), abs % 60];
  const chinese = language() === "zh-CN";
  if (days > 0) return `${sign}${days}${chinese ? " 天 " : " d "}${hours}${chinese ? " 小时" : " h"}`;
  if (hours > 0) return `${sign}${hours}${chinese ? " 小时 " : " h "}${rest}${chinese ? " 分" : " min"}`;
  return `${sign}${rest}${chinese ? " 分" : " min"}`;
};

/** A share of a whole that never says 100 % while something is missing: 1786 of 1787 is 99.94 %. Cut, not rounded. */
export const percent = (part: number, whole: number): string => {
  if (whole === 0) return "–";
  const hundredths = Math.floor((part * 10_000) / whole);
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, "0")}%`;
};
