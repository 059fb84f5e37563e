/**
 * Greetings (节日问候) by the festival calendar: some days before a festival its draft is made and a person asked to look at it; two
 * people approve it like any other. It goes to whoever agreed to greetings, and never where there is a dispute or a death.
 */
import { addDays, type Day, instantOfDay } from "#src/kernel/day.ts";
import { systemActor } from "#src/platform/actor.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import { openTask } from "#src/office/tasks/index.ts";
import { loadTemplate } from "#src/messages/messaging/index.ts";
import { fail } from "#src/kernel/errors.ts";
import { createNotice } from "./draft.ts";
import {
  deleteFestival,
  type FestivalRow,
  findNoticeOfSource,
  listFestivals,
  upsertFestival,
} from "./queries.ts";

/** Time for two people to look at it, over a holiday as well. */
const DAYS_AHEAD = 7;

/** 09:00 of the day: whoever sleeps long on a holiday does so. */
const HOUR = 9 * 60;
const LAST_HOUR = 20 * 60;
/** From when on it is told; a festival whose hour has passed is drafted no more. */
const festivalStarts = (day: Day): Date => instantOfDay(day, HOUR);

const sourceOf = (id: bigint): string => `festival:${id}`;

/**
 * Says which greeting goes on which day. A festival that is set again before its draft is made has the new text; one that has its draft
 * keeps the draft's, and `drafted` says which notice that is.
 * @throws DomainError `template.not-found`, `notice.other-purpose`, `notice.festival-past`
 */
export const setFestival = async (
  context: CommandContext,
  festival: Pick<FestivalRow, "day" | "name" | "template">,
): Promise<{ readonly id: bigint; readonly drafted: bigint | null }> => {
  const { declaration } = loadTemplate(festival.template, "sms", "zh-CN");
  if (declaration.purpose !== "greeting") {
    fail("notice.other-purpose", `the template ${festival.template} is for ${declaration.purpose}`, {
      field: "template",
      remedy: "choose a template for greeting",
    });
  }
  if (festivalStarts(festival.day) <= context.now) {
    fail("notice.festival-past", "its hour has passed: nobody would be greeted", {
      field: "day",
      remedy: "name a day to come; festivals move from year to year",
    });
  }
  const { id } = await upsertFestival(context.sql, {
    ...festival,
    now: context.now,
    by: staffIdOf(context.actor),
  });
  context.audit({ subject: `festival:${id}`, details: festival });
  return { id, drafted: (await findNoticeOfSource(context.sql, sourceOf(id)))?.id ?? null };
};

/**
 * Takes a festival out of the calendar. Its draft, when it has one, stays for a person to throw away: `drafted` says which.
 * @throws DomainError `notice.festival-unknown`
 */
export const removeFestival = async (
  context: CommandContext,
  id: bigint,
): Promise<{ readonly drafted: bigint | null }> => {
  const removed = await deleteFestival(context.sql, id);
  if (removed === null) fail("notice.festival-unknown", "there is no such festival");
  context.audit({ subject: `festival:${id}`, details: { removed } });
  return { drafted: (await findNoticeOfSource(context.sql, sourceOf(id)))?.id ?? null };
};

const draftGreeting = async (context: CommandContext, festival: FestivalRow): Promise<boolean> => {
  const { noticeId, created } = await createNotice(context, {
    kind: "greeting",
    title: `${festival.name}问候`,
    purpose: "greeting",
    template: festival.template,
    variables: { festival: festival.name },
    audience: { everybody: true, heatClass: "residential" },
    source: sourceOf(festival.id),
    startsAt: festivalStarts(festival.day),
    expiresAt: instantOfDay(festival.day, LAST_HOUR),
  });
  if (!created) return false;
  await openTask(context, {
    kind: "notice-greeting",
    source: `notice:${noticeId}`,
    title: `节日问候待试发和审批：通知 ${noticeId}，${festival.day} Look at the greeting and ask for its approval`,
    details: { noticeId: String(noticeId), day: festival.day },
    ownerRole: "supervisor",
    dueAt: festivalStarts(addDays(festival.day, -1)),
  });
  return true;
};

/** Drafts the greetings of the next days. Repeating is safe: a festival has one draft. */
export const draftGreetings = async (
  platform: Pick<Platform, "commands">,
  day: Day,
): Promise<{ readonly drafted: number }> => {
  const { result } = await platform.commands.run(
    { name: "notice.draft-greetings", actor: systemActor("notices") },
    async (context) => {
      let drafted = 0;
      const from = context.now < festivalStarts(day) ? day : addDays(day, 1);
      for (const festival of await listFestivals(context.sql, { from, until: addDays(day, DAYS_AHEAD) })) {
        if (await draftGreeting(context, festival)) drafted += 1;
      }
      return { drafted };
    },
  );
  return result;
};
