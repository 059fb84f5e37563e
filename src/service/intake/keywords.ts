/**
 * Words that are a request by themselves (关键词). Only a message that is nothing but the word counts: "暖气停了，别再发了" is a
 * complaint about heat and no farewell. What asks about money, heat and valves stands in the hotline's self-service. Pure.
 */
import { toHalfWidth } from "#src/kernel/half-width.ts";
import { parseTicketNo } from "#src/service/tickets/index.ts";

export type IntakeKeyword =
  | { readonly kind: "stop" }
  | { readonly kind: "start" }
  /** Null: of the sender's youngest open case. */
  | { readonly kind: "progress"; readonly ticketId: bigint | null };

/** What people answer to a notice (已缴, 不在家). Only after one: without it 已缴 asks what was paid, and 不在家 is no keyword. */
export type NoticeAnswer = "paid" | "away";

// The carriers' English words, and what Chinese texts tell people to answer (回T退订, 回TD退订).
const STOP = new Set(
  "stop stopall unsubscribe cancel end quit t td 退订 退定 取消订阅 停止发送 退订短信 回t退订 拒收".split(
    " ",
  ),
);
const START = new Set("start unstop 订阅 恢复订阅 重新订阅".split(" "));
const PAID = new Set(
  "已缴 已交 已缴费 已交费 已经缴了 已经交了 已经缴费 缴过了 交过了 已付 已支付 缴了 交了 paid alreadypaid".split(
    " ",
  ),
);
const AWAY = new Set(
  "不在家 家里没人 家中无人 没人在家 当天不在家 届时不在家 那天不在家 人在外地 在外地 出差 away nothome".split(
    " ",
  ),
);
const PROGRESS = new Set("进度 查进度 工单进度 查工单 status".split(" "));

/** Half width, lower case, without blanks, quotes and a full stop or the like at either end. */
export const foldKeyword = (text: string): string =>
  toHalfWidth(text.normalize("NFC"))
    .toLowerCase()
    .replaceAll(/\s+/g, "")
    .replaceAll(/^[“”"'「『【[(]+|[“”"'」』】\])。.!,、;~…]+$/gu, "");

const LONGEST = 40;

/** Null for everything that is more than a keyword. */
export const readKeyword = (text: string): IntakeKeyword | null => {
  const folded = foldKeyword(text.slice(0, LONGEST * 2));
  if (folded === "" || folded.length > LONGEST || text.length > LONGEST * 2) return null;
  if (STOP.has(folded)) return { kind: "stop" };
  if (START.has(folded)) return { kind: "start" };
  if (PROGRESS.has(folded)) return { kind: "progress", ticketId: null };
  const asked = /^(?:进度|查进度|查工单|status)[:：#]?(?:工单|单号)?号?[:：#]?(\d{5,18})$/.exec(folded);
  const ticketId = asked === null ? null : parseTicketNo(asked[1] ?? "");
  return ticketId === null ? null : { kind: "progress", ticketId };
};

/** Null for everything that is more than such a word. */
export const readNoticeAnswer = (text: string): NoticeAnswer | null => {
  const folded = foldKeyword(text.slice(0, LONGEST * 2))
    .replace(/^(?:我们?|您好|你好)[,，]?/u, "")
    .replace(/了$/u, "");
  const is = (words: ReadonlySet<string>): boolean => words.has(folded) || words.has(`${folded}了`);
  if (folded === "" || text.length > LONGEST * 2) return null;
  if (is(PAID)) return "paid";
  return is(AWAY) ? "away" : null;
};

/** Between the word and what people add to it. */
const BREAK = /[\p{P}\s\p{Extended_Pictographic}]/u;
// Somebody has to read these: what leaks, what is cold, money, a question.
const WANTS_MORE = /[漏水冷热修坏爆堵费钱吗啥?？]|怎么|什么|多少|投诉|停暖|停热|不要|别/u;

/**
 * 不在家，回老家了: the word with others behind it. `wantsMore`: what stands behind it is not only why, and is for somebody to read.
 * Null where it does not begin with such a word.
 */
export const readAwayWithWords = (text: string): { readonly wantsMore: boolean } | null => {
  const folded = text.normalize("NFC").trim();
  const greeted = folded.replace(/^(?:您好|你好)[\p{P}\s]*/u, "");
  const end = greeted.search(BREAK);
  if (end <= 0 || readNoticeAnswer(greeted.slice(0, end)) !== "away") return null;
  const rest = toHalfWidth(greeted.slice(end));
  return { wantsMore: rest.length > LONGEST || WANTS_MORE.test(rest) };
};

// What says thanks, or that it is well now. Longer words first: 谢谢 stands in 谢谢你们.
const CONTENT = [
  ..."非常感谢 十分感谢 太感谢了 感谢你们 感谢师傅 感谢 谢谢你们 谢谢您 谢谢你 谢谢师傅 多谢 谢谢 谢了 辛苦了 辛苦 麻烦了".split(
    " ",
  ),
  ..."已经好了 已经热了 现在好了 现在热了 都好了 都热了 暖气热了 家里热了 屋里热了 已热 热了 修好了 好了 解决了 已解决 正常了".split(
    " ",
  ),
  ..."收到了 收到 知道了 好的 好 嗯 行 可以 ok okay thanks thankyou thx fine 满意 非常满意 很满意".split(" "),
  ..."你们 您 你 师傅 了 啊 哦 呢 吧 已经 现在 都 [玫瑰] [抱拳] [强]".split(" "),
].toSorted((a, b) => b.length - a.length);
const PUNCTUATION = /[\p{P}\p{S}\s\p{Extended_Pictographic}]+/gu;
// 好了吗 and 热了没 ask; 不 and 没 say the opposite, whatever stands beside them.
const ASKS_OR_DENIES = /[不没未吗?？]|\bnot\b|n't/u;

// These deny nothing.
const NO_TROUBLE = /没问题|没关系|没事了?|不客气|不用再?来了|不冷了/gu;

/** Whether a text says nothing but thanks, or that it is well: then nobody has to go back to work on it. */
export const isContent = (text: string): boolean => {
  const folded = toHalfWidth(text.normalize("NFC")).toLowerCase().replaceAll(NO_TROUBLE, "好");
  if (folded.length > LONGEST * 2 || ASKS_OR_DENIES.test(folded)) return false;
  let rest = folded.replaceAll(/\s+/g, "");
  for (const word of CONTENT) rest = rest.replaceAll(word, " ");
  return folded.trim() !== "" && rest.replaceAll(PUNCTUATION, "") === "";
};
