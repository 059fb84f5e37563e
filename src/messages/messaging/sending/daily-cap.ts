/** The most that one person, or one phone, is written to on a day, of what can wait. */
import { z } from "zod";
import { field, word } from "#src/platform/setting-fields.ts";
import { declareSetting } from "#src/platform/settings.ts";

export const DAILY_CAP = declareSetting({
  key: "messages.daily-cap",
  schema: z.int().min(1).max(20),
  standard: 3,
  title: word("每人每日消息上限", "Messages a person and day"),
  fields: { "": field("同一人或号码每天最多", "To one person or number, at most", { unit: "messages" }) },
  meaning: {
    "zh-CN":
      "同一人或同一号码一天内最多接收几条消息；超出后缴费提醒、问候和回访推迟到次日，服务通知和应答不受限",
    en: "How many messages one person, or one number, gets on a day; beyond it payment notices, greetings and surveys wait for the next day, notices of service and answers go",
  },
});
