import { addDays, type Day, day, daysBetween } from "#src/kernel/day.ts";

export type PublicHoliday = { readonly day: Day; readonly working: boolean; readonly name: string };

const DOCUMENT = "国务院办公厅关于2026年部分节假日安排的通知";

const daysOff = (name: string, from: string, through: string): PublicHoliday[] =>
  Array.from({ length: daysBetween(day(from), day(through)) + 1 }, (_, offset) => ({
    day: addDays(day(from), offset),
    working: false,
    name,
  }));

const workedInstead = (name: string, ...days: string[]): PublicHoliday[] =>
  days.map((text) => ({ day: day(text), working: true, name }));

/** The public holidays and make-up working days of 2026. A year is added by the notice that orders it. */
export const holidays2026 = {
  document: DOCUMENT,
  days: [
    ...daysOff("元旦", "2026-01-01", "2026-01-03"),
    ...workedInstead("元旦", "2026-01-04"),
    ...daysOff("春节", "2026-02-15", "2026-02-23"),
    ...workedInstead("春节", "2026-02-14", "2026-02-28"),
    ...daysOff("清明节", "2026-04-04", "2026-04-06"),
    ...daysOff("劳动节", "2026-05-01", "2026-05-05"),
    ...workedInstead("劳动节", "2026-05-09"),
    ...daysOff("端午节", "2026-06-19", "2026-06-21"),
    ...daysOff("中秋节", "2026-09-25", "2026-09-27"),
    ...daysOff("国庆节", "2026-10-01", "2026-10-07"),
    ...workedInstead("国庆节", "2026-09-20", "2026-10-10"),
  ],
} as const;
