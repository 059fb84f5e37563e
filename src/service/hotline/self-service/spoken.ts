/**
 * Figures as they are spoken (播报): a machine's voice reads `2052.00` in ways that people misunderstand, so amounts and
 * account numbers are written out as words before they reach it. Pure.
 *
 * Chinese: 两 before 千, 万, 亿 and units of money, 二 before 百 and 十, one 零 for any gap (一万零五元), 幺 for a 1 in a number that
 * is read digit by digit, because 一 and 七 sound alike on the telephone.
 */
import { type Day, daysBetween } from "#src/kernel/day.ts";
import type { Fen } from "#src/kernel/money.ts";
import type { VoiceLanguage } from "#src/platform/telephony/port.ts";

const DIGITS = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"] as const;
const digitWord = (digit: number): string => DIGITS[digit] ?? "";

/** 0 to 9999, with inner zeros; a leading 一十 stays, the caller shortens it where it begins a number. */
const chineseSection = (value: number): string => {
  const places = [
    [1000, "千", true],
    [100, "百", false],
    [10, "十", false],
    [1, "", false],
  ] as const;
  let words = "";
  let gap = false;
  for (const [size, unit, takesLiang] of places) {
    const digit = Math.floor(value / size) % 10;
    if (digit === 0) {
      gap = words !== "";
      continue;
    }
    words += `${gap ? "零" : ""}${takesLiang && digit === 2 ? "两" : digitWord(digit)}${unit}`;
    gap = false;
  }
  return words;
};

/** A whole number, at least 0, as it is counted: 一万两千零二. */
export const spokenCountChinese = (value: bigint): string => {
  if (value === 0n) return "零";
  const units = ["", "万", "亿", "万亿"] as const;
  const sections: number[] = [];
  for (let rest = value; rest > 0n; rest /= 10_000n) sections.unshift(Number(rest % 10_000n));
  let words = "";
  let gap = false;
  for (const [index, section] of sections.entries()) {
    const unit = units[sections.length - 1 - index] ?? "";
    if (section === 0) {
      gap = words !== "";
      continue;
    }
    const needsZero = words !== "" && (gap || section < 1000);
    const counted = section === 2 && unit !== "" ? "两" : chineseSection(section);
    words += `${needsZero ? "零" : ""}${counted}${unit}`;
    gap = false;
  }
  return words.startsWith("一十") ? words.slice(1) : words;
};

const chineseAmount = (magnitude: bigint): string => {
  const yuan = magnitude / 100n;
  const jiao = Number((magnitude / 10n) % 10n);
  const fenDigit = Number(magnitude % 10n);
  const of = (digit: number, unit: string): string => `${digit === 2 ? "两" : digitWord(digit)}${unit}`;
  let words = yuan === 0n ? "" : `${yuan === 2n ? "两" : spokenCountChinese(yuan)}元`;
  if (jiao > 0) words += of(jiao, "角");
  if (fenDigit > 0) words += `${jiao === 0 && yuan > 0n ? "零" : ""}${of(fenDigit, "分")}`;
  return words === "" ? "零元" : words;
};

const SMALL =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

const englishSection = (value: number): string => {
  const hundreds = Math.floor(value / 100);
  const rest = value % 100;
  const small =
    rest === 0
      ? ""
      : rest < 20
        ? (SMALL[rest] ?? "")
        : `${TENS[Math.floor(rest / 10)]}${rest % 10 === 0 ? "" : `-${SMALL[rest % 10]}`}`;
  return [hundreds === 0 ? "" : `${SMALL[hundreds]} hundred`, small].filter((part) => part !== "").join(" ");
};

/** A whole number, at least 0: `twelve thousand two`. */
export const spokenCountEnglish = (value: bigint): string => {
  if (value === 0n) return "zero";
  const units = ["", " thousand", " million", " billion", " trillion"] as const;
  const sections: string[] = [];
  let index = 0;
  for (let rest = value; rest > 0n; rest /= 1000n) {
    const section = Number(rest % 1000n);
    if (section > 0) sections.unshift(`${englishSection(section)}${units[index] ?? ""}`);
    index += 1;
  }
  return sections.join(" ");
};

const englishAmount = (magnitude: bigint): string => {
  const yuan = magnitude / 100n;
  const cents = magnitude % 100n;
  if (cents === 0n) return `${spokenCountEnglish(yuan)} yuan`;
  const fen = `${spokenCountEnglish(cents)} fen`;
  return yuan === 0n ? fen : `${spokenCountEnglish(yuan)} yuan and ${fen}`;
};

/** An amount in words: 一千二百三十四元五角; `one thousand two hundred thirty-four yuan and fifty fen`. */
export const spokenMoney = (amount: Fen, language: VoiceLanguage): string => {
  const magnitude = amount < 0n ? -amount : amount;
  if (language === "en") return `${amount < 0n ? "minus " : ""}${englishAmount(magnitude)}`;
  return `${amount < 0n ? "负" : ""}${chineseAmount(magnitude)}`;
};

const TELEPHONE_DIGITS = ["零", "幺", "二", "三", "四", "五", "六", "七", "八", "九"] as const;
const GROUP = 4;

/** A number digit by digit, with a breath after every four: `幺 零 零 二，三`. Letters are read as letters. */
export const spokenDigits = (text: string, language: VoiceLanguage): string => {
  const words = [...text].map((character) => {
    if (!/^[0-9]$/.test(character)) {
      if (character === "-") return language === "en" ? "dash" : "杠";
      return character.toUpperCase();
    }
    return language === "en" ? (SMALL[Number(character)] ?? "") : (TELEPHONE_DIGITS[Number(character)] ?? "");
  });
  const groups: string[] = [];
  for (let index = 0; index < words.length; index += GROUP) {
    groups.push(words.slice(index, index + GROUP).join(" "));
  }
  return groups.join(language === "en" ? ", " : "，");
};

const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);

/** A day as people say it: today, tomorrow, else month and day; the year only when it is another one. */
export const spokenDay = (value: Day, today: Day, language: VoiceLanguage): string => {
  const away = daysBetween(today, value);
  const near = language === "en" ? ["today", "tomorrow"] : ["今天", "明天"];
  if (away === 0 || away === 1) return near[away] ?? "";
  const [year = 0, month = 1, dayOfMonth = 1] = value.split("-").map(Number);
  const otherYear = value.slice(0, 4) !== today.slice(0, 4);
  if (language === "en") return `${MONTHS[month - 1]} ${dayOfMonth}${otherYear ? `, ${year}` : ""}`;
  const spokenYear = otherYear
    ? `${[...String(year)].map((digit) => digitWord(Number(digit))).join("")}年`
    : "";
  return `${spokenYear}${spokenCountChinese(BigInt(month))}月${spokenCountChinese(BigInt(dayOfMonth))}日`;
};
