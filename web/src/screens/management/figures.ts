/** Figures of reports as people read them, in the language of the screen. */
import type { Answer } from "#web/api/types.ts";
import { percent, yuan } from "#web/furniture/format.ts";
import { dateTime } from "#web/furniture/format.ts";
import { language } from "#web/words/words.ts";
import { words as ofBoards } from "./words.ts";

export type Board = Answer<"get", "/boards/service">;
export type Report = Board["report"];
export type Figure = Report["figures"][number];
export type Grid = Report["grids"][number];
export type Words = Board["words"];
export type Value = string | number | null;

export const wordIn = (words: Words, code: string): string => words[code]?.[language()] ?? code;

const grouped = (value: number): string => value.toLocaleString("en-US");
/** A whole number of parts of ten: 168 is "16.8". */
const shifted = (value: number, decimals: number): string => {
  const digits = String(Math.abs(value)).padStart(decimals + 1, "0");
  const whole = Number(digits.slice(0, -decimals));
  return `${value < 0 ? "-" : ""}${grouped(whole)}.${digits.slice(-decimals)}`;
};

const DECIMALS: Readonly<Record<string, number>> = { tenths: 1, hundredths: 2 };
const UNITS: Readonly<Record<string, string>> = { tenths: " ℃", "milli-m2": " m²" };
/** Durations have their unit in words of the language. */
const DURATIONS = { minutes: "minutesOf", hours: "hoursOf" } as const;
const isDuration = (kind: string): kind is keyof typeof DURATIONS => Object.hasOwn(DURATIONS, kind);

/** A number by its kind; a code or an instant in words. */
export const sayValue = (kind: string, value: Value, of: number | null, values: Words): string => {
  if (value === null) return "–";
  if (typeof value === "string") {
    if (/^\d{4}-\d{2}-\d{2}T/.test(value)) return dateTime(value);
    return kind === "text" || kind === "code" ? wordIn(values, value) : value;
  }
  if (kind === "fen") return yuan(value);
  if (kind === "share" || kind === "rate") return percent(value, of ?? 0);
  if (kind === "milli-m2") return `${shifted(Math.trunc(value / 10), 2)}${UNITS["milli-m2"]}`;
  if (isDuration(kind)) return ofBoards.say(DURATIONS[kind], { amount: grouped(value) });
  const decimals = DECIMALS[kind] ?? 0;
  return `${decimals === 0 ? grouped(value) : shifted(value, decimals)}${UNITS[kind] ?? ""}`;
};

/** Numbers stand at the right. */
export const isNumber = (kind: string): boolean => kind !== "text" && kind !== "day" && kind !== "code";
