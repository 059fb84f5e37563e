/**
 * Reads the days out of the yearly notice of the State Council (国务院办公厅关于…部分节假日安排的通知), as it is pasted:
 * "一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。" What it could not read is not there, and a person
 * sees every day before it is saved.
 */
import { BRACKETS, CLAUSE, DATE, OFF, SENTENCE_END, THROUGH, TITLE, WORKED } from "./words-notice.ts";

export type NoticeDay = { readonly day: string; readonly working: boolean; readonly name: string };

const DAY_MS = 86_400_000;
const two = (number: number): string => String(number).padStart(2, "0");

/** "2026-02-15", or null for a day that no calendar has. */
const dayText = (year: number, month: number, date: number): string | null => {
  const text = `${year}-${two(month)}-${two(date)}`;
  const at = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text ? null : text;
};

/** All days from one to another, both included; none when they are out of order or a month apart. */
export const daysThrough = (from: string, until: string): string[] => {
  const first = Date.parse(`${from}T00:00:00Z`);
  const count = (Date.parse(`${until}T00:00:00Z`) - first) / DAY_MS + 1;
  if (!(count >= 1 && count <= 31)) return [];
  return Array.from({ length: count }, (_, index) =>
    new Date(first + index * DAY_MS).toISOString().slice(0, 10),
  );
};

/** 1 = Monday to 7 = Sunday. */
export const weekdayOf = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay() || 7;

/** The dates of a sentence; year and month hold on until others are said ("1月1日至3日"). */
const datesOf = (sentence: string, year: number): string[] => {
  let [ofYear, ofMonth] = [year, 0];
  return [...sentence.matchAll(DATE)].flatMap(([, yearText, monthText, dateText]) => {
    if (yearText !== undefined) ofYear = Number(yearText);
    if (monthText !== undefined) ofMonth = Number(monthText);
    const day = dayText(ofYear, ofMonth, Number(dateText));
    return day === null ? [] : [day];
  });
};

const daysOfSentence = (sentence: string, name: string, year: number): NoticeDay[] => {
  const dates = datesOf(sentence, year);
  if (WORKED.test(sentence)) return dates.map((day) => ({ day, working: true, name }));
  if (!OFF.test(sentence)) return [];
  const [first, last] = dates;
  if (first === undefined) return [];
  const days = THROUGH.test(sentence) && last !== undefined ? daysThrough(first, last) : dates;
  return days.map((day) => ({ day, working: false, name }));
};

/** The days of the notice in the order of the calendar. */
export const readNotice = (text: string, year: number): NoticeDay[] => {
  const plain = text.normalize("NFC").replaceAll(BRACKETS, "");
  const heads = [...plain.matchAll(CLAUSE)];
  const days = heads.flatMap((head, index) => {
    const body = plain.slice(head.index + head[0].length, heads[index + 1]?.index ?? plain.length);
    const name = (head[1] ?? "").trim();
    return body.split(SENTENCE_END).flatMap((sentence) => daysOfSentence(sentence, name, year));
  });
  const byDay = new Map(days.map((one) => [one.day, one]));
  return [...byDay.values()].toSorted((one, other) => (one.day < other.day ? -1 : 1));
};

/** "国务院办公厅关于2026年部分节假日安排的通知": the title and the year that it names, where the text holds them. */
export const titleOf = (text: string): { readonly title: string; readonly year: number } | null => {
  const found = TITLE.exec(text);
  return found === null ? null : { title: found[0].replaceAll(/\s/g, ""), year: Number(found[1]) };
};
