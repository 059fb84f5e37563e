/** Before anything masked is shown: who, what, why, and whether it is enough for today. */
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import { openTask } from "#src/office/tasks/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { field, word } from "#src/platform/setting-fields.ts";
import { declareSetting, readSetting } from "#src/platform/settings.ts";
import { countReveals, insertReveal, lockRevealsOf } from "./queries.ts";

export type RevealedField = "name" | "phone" | "mail" | "caller";

/** Why somebody looks: a word or two, of the person's own. */
export const reasonIn = z.string().trim().min(2).max(200);

const limits = declareSetting({
  key: "reveals.per-day",
  schema: z
    .strictObject({ warnAt: z.int().min(1).max(10_000), stopAt: z.int().min(1).max(10_000) })
    .refine(({ warnAt, stopAt }) => warnAt <= stopAt, {
      error: "warnAt is at most stopAt",
      path: ["warnAt"],
    }),
  standard: { warnAt: 60, stopAt: 200 },
  title: word("明文查看上限", "Reveals a day"),
  fields: {
    warnAt: field("到几次提醒主管", "Tell the supervisor at", { unit: "times" }),
    stopAt: field("到几次不再显示", "Show nothing more after", { unit: "times" }),
  },
  meaning: {
    "zh-CN": "每人每天可查看的明文个人信息条数：warnAt 提醒主管，stopAt 之后不再显示",
    en: "What one person may reveal a day: from warnAt on the supervisor is told, beyond stopAt nothing more is shown",
  },
});

export type Reveal = {
  /** `person:17`, `ticket:4`. */
  readonly subject: string;
  readonly field: RevealedField;
  readonly reason: string;
};

/**
 * Counts and audits that the actor is shown a field in clear; at the warning the supervisor gets a task, once a day and
 * person. To be called in the command that answers the value, so that nothing is shown uncounted. Locks the person's count.
 * @throws DomainError `reveal.needs-person` for machines, `reveal.used-up`
 */
export const noteReveal = async (context: CommandContext, reveal: Reveal): Promise<void> => {
  const { actor, sql, today } = context;
  if (actor.kind !== "staff" || actor.id === null) {
    fail("reveal.needs-person", "what is masked is shown to a person only", {
      remedy: "look at it with a login of a person",
    });
  }
  await lockRevealsOf(sql, actor.id);
  const { warnAt, stopAt } = await readSetting(sql, limits);
  const before = await countReveals(sql, { staffId: actor.id, day: today });
  if (before >= stopAt) {
    fail("reveal.used-up", "what one person may be shown in a day is used up", {
      remedy: "ask a supervisor; tomorrow it begins anew",
      facts: { shown: before, stopAt },
    });
  }
  const id = await insertReveal(sql, { ...reveal, staffId: actor.id, now: context.now, day: today });
  context.audit({
    subject: reveal.subject,
    details: { shown: reveal.field, revealId: id, ofTheDay: before + 1 },
  });
  if (before + 1 === warnAt) {
    await openTask(context, {
      kind: "many-reveals",
      source: `reveals:${actor.id}:${today}`,
      title: `一人一天查看明文个人信息较多，请核实：${actor.name}，${today}，已 ${warnAt} 条`,
      details: { staffId: actor.id, day: today, shown: warnAt, stopAt },
      ownerRole: "supervisor",
    });
  }
};
