/** How this company runs its hotline: rows of `settings`, with what holds until somebody sets them. */
import { z } from "zod";
import { field, word } from "#src/platform/setting-fields.ts";
import { declareSetting } from "#src/platform/settings.ts";

export const callBackPolicy = declareSetting({
  key: "hotline.call-back",
  schema: z.strictObject({
    /** Before the first attempt, the second and so on; the last one repeats. */
    pausesMinutes: z.array(z.int().min(0).max(1440)).min(1).max(10),
    /** An agent may give a number up after so many attempts; before that only for a reason that makes more of them useless. */
    leastAttempts: z.int().min(1).max(20),
    /** Who took one and has not tried it after so many minutes loses it to whoever asks for the next. */
    heldMinutes: z.int().min(5).max(240).default(15),
  }),
  standard: { pausesMinutes: [0, 30, 120], leastAttempts: 3, heldMinutes: 15 },
  title: word("未接来电回拨", "Call-backs"),
  fields: {
    pausesMinutes: field("每次回拨前等待", "Wait before each attempt", { unit: "minutes" }),
    leastAttempts: field("放弃前至少拨", "Attempts before it may be given up", { unit: "times" }),
    heldMinutes: field("领取后未拨保留", "Kept when taken and not tried", { unit: "minutes" }),
  },
  meaning: {
    "zh-CN":
      "未接来电回拨：每次间隔（分钟）、放弃前最少尝试次数、领取后未拨的保留时间（分钟，默认值）；免打扰时段见日历 contact-hours",
    en: "Call-backs: minutes between attempts, attempts before a number may be given up, minutes that one taken and not tried is kept (defaults); the calendar contact-hours has the quiet hours",
  },
});

export const servicePolicy = declareSetting({
  key: "hotline.service",
  schema: z.strictObject({
    /** What one call takes until enough of today's are known. */
    handlingSeconds: z.int().min(10).max(3600),
    /** The usual aim: this share within these seconds. */
    answerSharePercent: z.int().min(1).max(99),
    answerWithinSeconds: z.int().min(1).max(600),
    /** The load is that of the last so many minutes. */
    loadMinutes: z.int().min(5).max(240),
    /** A call of which the exchange told nothing more is finished by us: nobody had answered it, or somebody had. */
    unansweredMinutes: z.int().min(5).max(1440).default(30),
    answeredMinutes: z.int().min(30).max(1440).default(240),
  }),
  standard: {
    handlingSeconds: 180,
    answerSharePercent: 80,
    answerWithinSeconds: 20,
    loadMinutes: 30,
    unansweredMinutes: 30,
    answeredMinutes: 240,
  },
  title: word("热线坐席测算", "Seats of the hotline"),
  fields: {
    handlingSeconds: field("平均处理时长（数据不足时）", "Handling time, until today's is known", {
      unit: "seconds",
    }),
    answerSharePercent: field("接通目标：比例", "The aim: share answered", { unit: "percent" }),
    answerWithinSeconds: field("接通目标：多少秒内", "The aim: within", { unit: "seconds" }),
    loadMinutes: field("话务量统计时段", "Load of the last", { unit: "minutes" }),
    unansweredMinutes: field("未接来电无结束事件，多久视为结束", "Unanswered, end not told: finished after", {
      unit: "minutes",
    }),
    answeredMinutes: field("已接来电无结束事件，多久视为结束", "Answered, end not told: finished after", {
      unit: "minutes",
    }),
  },
  meaning: {
    "zh-CN": "热线坐席测算：平均处理时长、接通目标、统计时段；话务事件丢失时的时限（默认值）",
    en: "Seats needed: handling time, the aim (share answered within seconds), the minutes that are looked at; the limits of calls whose end was not told (defaults)",
  },
});
