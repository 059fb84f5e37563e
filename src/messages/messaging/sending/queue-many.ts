/** Many messages of one purpose at once: what a notice queues. */
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { MESSAGE_PURPOSES } from "../purposes.ts";
import type { ManyMessages, QueuedMany } from "./face.ts";
import { insertMany } from "./many-queries.ts";

/**
 * Queues one message for each recipient that `select` yields, by one statement. Repeating is safe: what has this purpose,
 * recipient and step is there already, and is not counted again. Consent is read when they are called, not here. One audit
 * row for all. All homes of a recipient belong in one call.
 */
export const queueMany = async (context: CommandContext, many: ManyMessages): Promise<QueuedMany> => {
  const { consent, priority } = MESSAGE_PURPOSES[many.purpose];
  const made = await insertMany(context.sql, many.select, many.bindings, {
    newPurpose: many.purpose,
    newChannel: many.channel,
    newStep: many.step,
    newRegarding: many.regarding,
    newConsent: consent ?? "",
    newTemplate: many.template,
    newLocale: many.locale ?? "zh-CN",
    newNotBefore: many.notBefore ?? context.now,
    newExpiresAt: many.expiresAt ?? null,
    newPriority: priority,
    newQuietWordBy: many.quietWordBy ?? null,
    newQueuedAt: context.now,
    newQueuedBy: staffIdOf(context.actor),
  });
  if (made.queued > 0) {
    context.audit({
      subject: many.regarding === "" ? "outgoing:many" : many.regarding,
      details: {
        queued: made.queued,
        homes: made.homes,
        purpose: many.purpose,
        channel: many.channel,
        template: many.template,
        quietWordBy: many.quietWordBy ?? null,
      },
    });
  }
  return made;
};
