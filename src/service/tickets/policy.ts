/** What a company decides for itself about its cases. */
import { z } from "zod";
import { field, word } from "#src/platform/setting-fields.ts";
import { declareSetting, type Setting } from "#src/platform/settings.ts";
import { findStandIn } from "./category-queries.ts";

const policy = z.strictObject({
  /** How long after its closing a case may be reopened; later a new one is opened and linked. */
  reopenWindowDays: z.int().min(0).max(365),
  /** The same trouble within so many days counts against the closing. */
  repeatWithinDays: z.int().min(0).max(90),
  /** How far back a case of the same building and category is suggested as the same. */
  duplicateWithinHours: z.int().min(1).max(336),
  /** How long after the closing the household is asked. */
  returnVisitAfterHours: z.int().min(0).max(720),
  /** The category of a case that enters in two taps and whose words say nothing. */
  unguessedCategory: z.string().regex(/^[a-z-]+\.[a-z-]+$/),
});

export type TicketPolicy = z.output<typeof policy>;

export const ticketPolicy: Setting<TicketPolicy> = declareSetting({
  key: "tickets.policy",
  schema: policy,
  standard: {
    reopenWindowDays: 15,
    repeatWithinDays: 7,
    duplicateWithinHours: 24,
    returnVisitAfterHours: 48,
    unguessedCategory: "enquiry.policy",
  },
  title: word("工单规则", "Rules of cases"),
  fields: {
    reopenWindowDays: field("办结后可重开", "May be reopened within", { unit: "days" }),
    repeatWithinDays: field("重复诉求计入", "A repeat counts within", { unit: "days" }),
    duplicateWithinHours: field("疑似重复：往前", "Suggested as the same: back", { unit: "hours" }),
    returnVisitAfterHours: field("办结后回访", "Asked after the closing", { unit: "hours" }),
    unguessedCategory: field("未识别时的类别", "Category where the words say nothing", {
      takes: "ticket-category",
    }),
  },
  meaning: {
    "zh-CN": "工单：可重开天数、重复诉求计入天数、疑似重复的小时数、办结后多久回访、未识别时的分类",
    en: "cases: days to reopen, days within which a repeat counts, hours for duplicates, hours until the return visit, category where the words say nothing",
  },
  misfit: async (sql, { unguessedCategory }) =>
    (await findStandIn(sql, unguessedCategory)) === unguessedCategory
      ? null
      : `${unguessedCategory} is no category of the second level that is in use`,
});
