/** Why a home was not told, in words for people; the codes stand in the list and in the log. */
import type { Gap } from "./schema.ts";

type Words = { readonly "zh-CN": string; readonly en: string };

const GAP_WORDS: Readonly<Record<Gap, Words>> = {
  "no-person": { "zh-CN": "无联系人", en: "nobody is known there" },
  "no-number": { "zh-CN": "无联系方式", en: "no number or address" },
  "no-mobile": { "zh-CN": "只有固定电话", en: "a landline only" },
  "number-wrong": { "zh-CN": "号码有误", en: "all numbers are known to be wrong" },
  "no-consent": { "zh-CN": "未同意或已拒绝", en: "never agreed, or refused" },
  dispute: { "zh-CN": "有争议", en: "a dispute is open" },
  mourning: { "zh-CN": "治丧", en: "in mourning" },
  care: { "zh-CN": "关怀户", en: "under care" },
  "payment-plan": { "zh-CN": "有分期协议", en: "has a payment plan" },
};

/** Found when a message was about to be called, or what became of it. */
const OTHER_WORDS: Readonly<Record<string, Words>> = {
  "number-moved": { "zh-CN": "号码已更换", en: "the number is another person's by now" },
  "moved-out": { "zh-CN": "已迁出", en: "moved out" },
  stopped: { "zh-CN": "已退订", en: "wrote STOP" },
  "no-address": { "zh-CN": "无可用号码", en: "no usable number" },
  "address-unfit": { "zh-CN": "号码不能接收", en: "the number cannot receive it" },
  paid: { "zh-CN": "已缴清", en: "paid meanwhile" },
  "stage-not-reached": { "zh-CN": "已不在本阶段", en: "at another stage by now" },
  "too-late": { "zh-CN": "已过有效期", en: "too late" },
  "too-late-quiet-hours": { "zh-CN": "静默时段后已过期", en: "too late after the quiet hours" },
  "too-late-daily-cap": { "zh-CN": "超每日上限后已过期", en: "too late after the day's limit" },
  "too-late-put-off": { "zh-CN": "暂停后已过期", en: "too late after a pause" },
  "heat-is-back": { "zh-CN": "已恢复供热", en: "has heat again" },
  "heat-gone-again": { "zh-CN": "再次停热", en: "without heat again" },
  "way-changed": { "zh-CN": "联系人已变更", en: "somebody else is told for this home by now" },
  "same-words": { "zh-CN": "已有相同通知", en: "has these very words already" },
  superseded: { "zh-CN": "已有更新的通知", en: "a newer notice says what is so now" },
  "never-told": { "zh-CN": "未曾告知停热", en: "never heard that heat had gone" },
  "told-by-notice": { "zh-CN": "已由群发告知", en: "told by a notice" },
  "test-never-told": { "zh-CN": "未曾告知，无需更正", en: "was never told what changed" },
  "test-window-gone": { "zh-CN": "试压时段已过", en: "the test is over" },
  "no-receipt": { "zh-CN": "无回执", en: "no receipt" },
  "notice-stopped": { "zh-CN": "通知已终止", en: "the notice was stopped" },
  "notice-cancelled": { "zh-CN": "通知已作废", en: "the notice was thrown away" },
};

const ALL_WORDS: ReadonlyMap<string, Words> = new Map(Object.entries({ ...GAP_WORDS, ...OTHER_WORDS }));

/** What has no words here is a provider's own code, and stands as it is. */
export const reasonWords = (reason: string, locale: keyof Words): string =>
  ALL_WORDS.get(reason)?.[locale] ?? reason;
