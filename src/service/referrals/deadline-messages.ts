/**
 * Word of deadlines (办理时限提醒): whoever has the case of an authority's order is written to some hours before the order's own
 * deadline; where nobody has a mobile it becomes a task. An order that was answered meanwhile is not spoken of.
 */
import { z } from "zod";
import { wallTimeOfInstant } from "#src/kernel/day.ts";
import { type ClaimCheck, queueMessage } from "#src/messages/messaging/index.ts";
import { openTask } from "#src/office/tasks/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { field, word } from "#src/platform/setting-fields.ts";
import { declareSetting, readSetting } from "#src/platform/settings.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import {
  type DueReferral,
  findDueReferrals,
  findFailedReferralWords,
  findStanding,
} from "./deadline-queries.ts";

const hoursSetting = declareSetting<number[]>({
  key: "referrals.tell-hours",
  schema: z.array(z.int().min(1).max(240)).max(6),
  standard: [24, 4],
  title: word("转办到期提醒", "Orders: told before the deadline"),
  fields: { "": field("到期前", "Before the deadline", { unit: "hours" }) },
  meaning: {
    "zh-CN": "转办单到期前多少小时短信提醒承办人，可设多个",
    en: "how many hours before its deadline whoever has an authority's order is told; several are possible",
  },
});

const MOST_AT_ONCE = 200;
const subjectOf = (referralId: bigint): string => `referral:${referralId}`;

const tellByTask = (context: CommandContext, due: DueReferral): Promise<unknown> =>
  openTask(context, {
    kind: "referral-due",
    source: `${subjectOf(due.id)}:${due.dueAt.toISOString()}`,
    title: `转办 ${due.outsideNo} 应于 ${wallTimeOfInstant(due.dueAt)} 前回复，工单 ${due.ticketNo} An order is due, and nobody could be written to`,
    details: { referralId: due.id },
    areaId: due.areaId ?? undefined,
    ownerRole: "supervisor",
    ownerId: due.staffId ?? undefined,
    dueAt: due.dueAt,
  });

const tellByMessage = (context: CommandContext, due: DueReferral, mobile: string): Promise<unknown> =>
  queueMessage(context, {
    purpose: "referral",
    channel: "sms",
    to: { number: mobile },
    regarding: subjectOf(due.id),
    template: "referral-due",
    variables: {
      authority: due.authorityName,
      outsideNo: due.outsideNo,
      due: wallTimeOfInstant(due.dueAt),
      ticketNo: due.ticketNo,
    },
    uniqueKey: due.step,
    expiresAt: due.dueAt,
  });

/** Tells of the orders that come near their deadline, once for each of the hours. Repeating is safe. Answers how many. */
export const tellOfDeadlines = async (context: CommandContext): Promise<number> => {
  const { sql, now, today } = context;
  const hours = await readSetting(sql, hoursSetting);
  if (hours.length === 0) return 0;
  const found = await findDueReferrals(sql, { hours, now, today, limit: MOST_AT_ONCE });
  for (const due of found) {
    await (due.mobile === null ? tellByTask(context, due) : tellByMessage(context, due, due.mobile));
  }
  return found.length;
};

/** A message that did not reach its reader becomes the task that it would have been without a mobile. */
export const referralDeadlineSubscriber: Subscriber = {
  name: "referral-deadlines",
  handlers: {
    "messages.failed": async (context, { payload }) => {
      for (const due of await findFailedReferralWords(context.sql, payload.messageIds)) {
        await tellByTask(context, due);
      }
    },
  },
};

/** What was reported or taken back before its message was called needs no word. */
export const referralDeadlineCheck: ClaimCheck = {
  name: "referral-deadline",
  purposePrefix: "referral",
  check: async (sql, homes) => {
    const asked = homes.flatMap(({ messageId, accountId, regarding }) => {
      const id = /^referral:(\d{1,18})$/.exec(regarding)?.[1];
      return id === undefined ? [] : [{ messageId, accountId, referralId: BigInt(id) }];
    });
    const standing = new Set(
      await findStanding(
        sql,
        asked.map(({ referralId }) => referralId),
      ),
    );
    return asked
      .filter(({ referralId }) => !standing.has(referralId))
      .map(({ messageId, accountId }) => ({ messageId, accountId, reason: "answered-meanwhile" }));
  },
};
