/** Amounts, days and times as people here read them. Amounts are whole fen; times are those of Asia/Shanghai. */
import { houseNow } from "#web/api/house-time.ts";
import { language } from "#web/words/words.ts";

export { fenOfText, percent, yuan, yuanOfMilliFen } from "./amounts.ts";

const ZONE = "Asia/Shanghai";

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
/** The same of an end: the minute in which it is over for sure. */
export const endTime = (instant: string): string =>
  dateTime(new Date(Math.ceil(Date.parse(instant) / 60_000) * 60_000).toISOString());
/** "2026-11-23" */
export const dayOf = (instant: string): string => parts.format(new Date(instant)).slice(0, 10);
/** "09:05" */
export const timeOf = (instant: string): string => parts.format(new Date(instant)).slice(11, 16);

/** How long from `now` until an instant: "2 小时 5 分钟" / "-35 分钟" when it is past. */
export const remaining = (instant: string, now: number = houseNow()): string => {
  const minutes = Math.round((new Date(instant).getTime() - now) / 60_000);
  const sign = minutes < 0 ? "-" : "";
  const abs = Math.abs(minutes);
  const [days, hours, rest] = [Math.floor(abs / 1440), Math.floor((abs % 1440) / 60), abs % 60];
  const chinese = language() === "zh-CN";
  if (days > 0) return `${sign}${days}${chinese ? " 天 " : " d "}${hours}${chinese ? " 小时" : " h"}`;
  if (hours > 0) return `${sign}${hours}${chinese ? " 小时 " : " h "}${rest}${chinese ? " 分钟" : " min"}`;
  return `${sign}${rest}${chinese ? " 分钟" : " min"}`;
};

/** "+8613911112222" as it is read aloud here: "139 1111 2222"; what is masked or from abroad stays as it is. */
export const phoneText = (number: string): string => {
  const own = number.replace(/^\+86/, "");
  return own.replace(/^(1[3-9]\d)(\d{4})(\d{4})$/, "$1 $2 $3");
};
