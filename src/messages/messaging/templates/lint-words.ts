/**
 * Words that no message of ours holds (禁用词). Carriers end the channel of whoever writes as a debt collector, a lottery or a
 * lender; and a reminder is a payment notice (缴费通知), never a threat. Pure.
 */
import type { TemplateChannel } from "./declaration.ts";

type Place = TemplateChannel | "print";
type BannedWord = { readonly pattern: RegExp; readonly why: string; readonly places: readonly Place[] };

const EVERYWHERE: readonly Place[] = ["sms", "email", "voice", "print"];
/** A demand letter on paper or by mail may say what the law says; a text message or a voice may not. */
const SHORT: readonly Place[] = ["sms", "voice"];

const BANNED: readonly BannedWord[] = [
  // 催办 asks us to hurry with a case; 催告 is the law's own word, for letters
  {
    pattern: /催(?![办告])/,
    why: "a reminder is a payment notice (缴费通知), never 催缴, 催费, 催收",
    places: EVERYWHERE,
  },
  { pattern: /催告/, why: "a threat of law belongs into a letter", places: SHORT },
  { pattern: /讨债|追债|追讨|追缴|老赖|失信|黑名单|征信/, why: "debt collection", places: EVERYWHERE },
  { pattern: /强制|严惩|后果自负|最后通牒|最后警告/, why: "a threat", places: EVERYWHERE },
  {
    pattern: /起诉|诉讼|法院|律师|滞纳金将|法律责任|追究|否则/,
    why: "a threat of law belongs into a letter",
    places: SHORT,
  },
  { pattern: /欠费|拖欠|逾期不缴|逾期未缴/, why: "say 应缴 or 待缴", places: SHORT },
  { pattern: /代开|开票优惠|发票优惠|增值税票/, why: "an offer of invoices", places: EVERYWHERE },
  {
    pattern: /中奖|抽奖|博彩|彩票|红包|免费领|贷款|借款|返利|刷单/,
    why: "lottery or lending",
    places: EVERYWHERE,
  },
  {
    pattern: /\b(?:debts?|debtors?|debt collect\w*|dunning|final warning|or else|blacklist\w*)\b/i,
    why: "a reminder is a payment notice",
    places: EVERYWHERE,
  },
  {
    pattern: /\b(?:legal action|lawsuit|court|lawyer|prosecut\w*|overdue|arrears)\b/i,
    why: "a threat; say what is due and until when",
    places: SHORT,
  },
  {
    pattern: /\b(?:lottery|prize|jackpot|loans?|casino|winner)\b/i,
    why: "lottery or lending",
    places: EVERYWHERE,
  },
];

export const bannedWordsIn = (
  text: string,
  place: Place,
): { readonly word: string; readonly why: string }[] =>
  BANNED.filter((one) => one.places.includes(place)).flatMap(({ pattern, why }) => {
    const found = pattern.exec(text)?.[0];
    return found === undefined ? [] : [{ word: found, why }];
  });

/** What asks for money must call itself a payment notice, so that nobody takes it for a fraud or a threat. */
const ASKS_FOR_MONEY =
  /(?:请|尽快|及时|尽早).{0,12}(?:缴|交费|付)|(?:应缴|待缴|未缴|尚需缴).{0,20}(?:元|热费)|\bplease pay\b|\b(?:is|are) (?:still )?(?:due|open|unpaid)\b/i;
const SAYS_NOTICE = /缴费通知|缴费提醒|payment notice/i;

export const hidesThatItIsAPaymentNotice = (text: string): boolean =>
  ASKS_FOR_MONEY.test(text) && !SAYS_NOTICE.test(text);

const SAYS_HOW_TO_STOP = /退订|\bTD\b|\bSTOP\b/;
export const saysHowToStop = (text: string): boolean => SAYS_HOW_TO_STOP.test(text);
