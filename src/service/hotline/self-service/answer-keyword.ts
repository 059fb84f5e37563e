/**
 * The menu by text message and by mail (关键词自助). Somebody writes 查费, 缴费, 停暖, 开阀, 回电, 帮助, or a keyword of the knowledge;
 * whatever is more than that is not answered by a machine.
 *
 * The second factor is the number itself: amounts, payments and valves are answered only to a number that is on file for the
 * account, because the answer goes back to that very number. Who writes from another number, or by mail (a sender's address
 * proves nothing, and we have none on file), is told how to get there and not whether the account exists.
 */
import type { CommandContext } from "#src/platform/command.ts";
import type { VoiceLanguage } from "#src/platform/telephony/index.ts";
import { resolveAccountNo } from "#src/town/accounts/index.ts";
import { openCallBack } from "../call-backs.ts";
import { incidentPhrase, type Manner, requestValve, tellOwed, tellPaid } from "./answers.ts";
import { incidentOf } from "./doors.ts";
import { articleAbout, foldArticleWord } from "./knowledge.ts";
import { findHomesOfNumber, findWords, type HomeOfNumber } from "./menu-queries.ts";
import { type Phrase, phraseText } from "./words.ts";

export const KEYWORDS = ["owed", "paid", "building", "valve", "help", "call-back"] as const;
export type Keyword = (typeof KEYWORDS)[number];

/** What people write for it, folded. A text begins with one of these, and then with nothing or an account number. */
const WRITTEN: Readonly<Record<Keyword, readonly string[]>> = {
  owed: ["查费", "查询欠费", "欠费", "热费", "应缴", "owe", "bill"],
  paid: ["缴费", "查缴费", "交费", "已缴", "paid", "payment"],
  building: ["停暖", "停热", "供热", "outage"],
  valve: ["开阀", "开阀门", "开栓", "valve"],
  help: ["帮助", "菜单", "help", "menu", "?"],
  "call-back": ["回电", "人工", "回拨", "callback", "agent"],
};

export type KeywordQuestion = {
  readonly channel: "sms" | "mail";
  /** E.164 of who wrote; absent by mail. */
  readonly number?: string | undefined;
  readonly text: string;
  /** `message:9`: the same message asks the same thing once. */
  readonly sourceKey: string;
  readonly language?: VoiceLanguage;
};

export type KeywordAnswer =
  | {
      readonly kind: "answered";
      readonly keyword: Keyword | "knowledge";
      readonly text: string;
      /** Whether it says anything about one household. */
      readonly personal: boolean;
    }
  /** No keyword: a person reads it. */
  | { readonly kind: "not-a-keyword" };

type Read = { readonly keyword: Keyword; readonly accountText: string | null };

/** `查费`, `查费 10023`, `查费10023`; a sentence that only contains such a word is for a person or for the knowledge. */
export const readKeyword = (text: string): Read | null => {
  const folded = foldArticleWord(text).replace(/[。.!！]+$/, "");
  for (const keyword of KEYWORDS) {
    for (const written of WRITTEN[keyword]) {
      if (!folded.startsWith(written)) continue;
      const rest = folded.slice(written.length).replace(/^[:：,，#+]/, "");
      if (rest === "") return { keyword, accountText: null };
      if (/^[0-9a-z-]{4,32}$/.test(rest) && /\d/.test(rest)) return { keyword, accountText: rest };
    }
  }
  return null;
};

const HELP = {
  "zh-CN":
    "请回复：查费（应缴热费）、缴费（缴费情况）、停暖（所在楼栋供热情况）、开阀（申请开阀）、回电（人工回电）。多个户号请在后面加户号，如：查费 10023。",
  en: "Reply with: OWE (what you owe), PAID (your payments), OUTAGE (your building), VALVE (open the valve), AGENT (be called back). With several accounts add the number: OWE 10023.",
} as const;

const NOT_ON_FILE = {
  "zh-CN": "为保护用户信息，只向户号登记的手机号码答复。请用登记号码发送，或致电客服热线。",
  en: "To protect our customers we answer this only to a number that is on file for the account. Write from that number, or call us.",
} as const;

const WHICH_ACCOUNT = {
  "zh-CN": "您的号码登记了多个户号，请在关键词后加户号，尾号：",
  en: "Your number is on file for several accounts. Add the number; they end in: ",
} as const;

const CALL_BACK = {
  "zh-CN": "已登记，我们会尽快给您回电。",
  en: "Recorded. We will call you back.",
} as const;

const MOST_TEXT = 480;

const homeNamed = async (
  context: CommandContext,
  homes: readonly HomeOfNumber[],
  accountText: string | null,
): Promise<HomeOfNumber | "unknown" | "several"> => {
  if (accountText === null) {
    const [only] = homes;
    return only === undefined ? "unknown" : homes.length === 1 ? only : "several";
  }
  const byNumber = homes.find((home) => home.accountNo.toLowerCase() === accountText);
  if (byNumber !== undefined) return byNumber;
  const { accountId } = await resolveAccountNo(context.sql, accountText);
  return homes.find((home) => home.accountId === accountId) ?? "unknown";
};

const tellHome = async (
  context: CommandContext,
  keyword: "owed" | "paid" | "building" | "valve",
  home: HomeOfNumber,
  question: KeywordQuestion,
  manner: Manner,
): Promise<Phrase[]> => {
  if (keyword === "owed") return tellOwed(context, home.accountId, manner);
  if (keyword === "paid") return tellPaid(context, home.accountId, manner);
  if (keyword === "building") {
    const incident = await incidentOf(context.sql, home.buildingId, context.now);
    return incident === null ? [{ word: "building-normal" }] : [incidentPhrase(incident, manner.language)];
  }
  return requestValve(context, { accountId: home.accountId, channel: question.channel }, manner);
};

const answerRead = async (
  context: CommandContext,
  question: KeywordQuestion,
  { keyword, accountText }: Read,
  manner: Manner,
): Promise<KeywordAnswer> => {
  const { language } = manner;
  const say = (text: string, personal = false): KeywordAnswer => ({
    kind: "answered",
    keyword,
    text: text.slice(0, MOST_TEXT),
    personal,
  });
  if (keyword === "help") return say(HELP[language]);
  const { number } = question;
  if (question.channel !== "sms" || number === undefined) return say(NOT_ON_FILE[language]);
  if (keyword === "call-back") {
    await openCallBack(context, { number, origin: "requested" });
    return say(CALL_BACK[language]);
  }
  const homes = await findHomesOfNumber(context.sql, number, context.today);
  const home = await homeNamed(context, homes, accountText);
  if (home === "unknown") return say(NOT_ON_FILE[language]);
  if (home === "several") {
    const ends = homes.map(({ accountNo }) => accountNo.slice(-4)).join(language === "en" ? ", " : "、");
    return say(`${WHICH_ACCOUNT[language]}${ends}`, true);
  }
  const phrases = await tellHome(context, keyword, home, question, manner);
  const rows = await findWords(context.sql, language);
  const wording = { language, changed: new Map(rows.map((row) => [row.key, row.words])) };
  return say(phrases.map((phrase) => phraseText(phrase, wording)).join(language === "en" ? " " : ""), true);
};

/**
 * Answers a text when it is a keyword, also one of the knowledge; else a person reads it. Runs inside the
 * caller's command; may raise a valve order or open a call-back, each once. Audited without number and text.
 */
export const answerKeyword = async (
  context: CommandContext,
  question: KeywordQuestion,
): Promise<KeywordAnswer> => {
  const read = readKeyword(question.text);
  const isEnglish = question.language === "en" || !/\p{Script=Han}/u.test(question.text);
  const manner: Manner = { language: isEnglish ? "en" : "zh-CN", medium: "text" };
  const answer =
    read === null
      ? await answerKnowledge(context, question.text, manner)
      : await answerRead(context, question, read, manner);
  if (answer.kind === "answered") {
    context.audit({
      subject: question.sourceKey,
      details: { keyword: answer.keyword, channel: question.channel, personal: answer.personal },
    });
  }
  return answer;
};

/**
 * The knowledge answers only who writes a keyword and nothing else, or says that he asks it (知识 暖气片). `家里不热` has a keyword
 * in it too, but it is a complaint, and a person reads it.
 */
const answerKnowledge = async (
  context: CommandContext,
  text: string,
  manner: Manner,
): Promise<KeywordAnswer> => {
  const { language } = manner;
  const asked = /^(?:知识|常识|info)[:：,，]?(.+)$/.exec(foldArticleWord(text))?.[1];
  const article = await articleAbout(context.sql, {
    text: asked ?? text,
    language,
    day: context.today,
    whole: asked === undefined,
  });
  if (article === null) return { kind: "not-a-keyword" };
  return {
    kind: "answered",
    keyword: "knowledge",
    text: `${article.title}：${article.spoken}`.slice(0, MOST_TEXT),
    personal: false,
  };
};
