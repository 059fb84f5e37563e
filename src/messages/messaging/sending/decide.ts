/** What people decide: a message of which no provider can say whether it went, and a dead letter that is to go again. */
import { fail } from "#src/kernel/errors.ts";
import { recallTask } from "#src/office/tasks/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import {
  type DecidableMessage,
  isUndecided,
  lockVisibleMessages,
  queueAgain,
  settleByPerson,
} from "./decide-queries.ts";
import { announceFailed } from "./failed.ts";
import { UNKNOWN_TASK, unknownTaskSource } from "./janitor.ts";

/**
 * - `arrived`: somebody knows that it came (the recipient, the provider's own console)
 * - `send-again`: it did not go, and is to go; the one way in which an unknown message is sent a second time. Only after the
 *   provider was asked for the last time: before, it would be blind
 * - `give-up`: it did not go, and is not to go any more
 */
export const DECISIONS = ["arrived", "send-again", "give-up"] as const;
export type Decision = (typeof DECISIONS)[number];

const lockAll = async (
  { sql, actor, today }: CommandContext,
  ids: readonly bigint[],
): Promise<DecidableMessage[]> => {
  const wanted = [...new Set(ids)];
  const found = await lockVisibleMessages(sql, { ids: wanted, ...scopeBindings(actor.scope, today) });
  if (found.length < wanted.length) {
    const known = new Set(found.map((one) => one.id));
    fail("message.not-found", "there is no such message", {
      facts: { ids: wanted.filter((id) => !known.has(id)).map(String) },
    });
  }
  return found;
};

/** The tasks of groups of which nothing is left to decide go. */
const endTasks = async (context: CommandContext, messages: readonly DecidableMessage[]): Promise<void> => {
  const groups = new Map<string, { provider: string; since: Date }>();
  for (const { provider, decideSince } of messages) {
    if (decideSince !== null) {
      groups.set(unknownTaskSource(provider, decideSince), { provider, since: decideSince });
    }
  }
  for (const [source, group] of groups) {
    if (!(await isUndecided(context.sql, group))) {
      await recallTask(context, UNKNOWN_TASK, source, "every message of it is decided");
    }
  }
};

/**
 * Decides about messages of which nobody knows whether they went; all or none. Audited with the reason. Locks them in order.
 * @throws DomainError `message.not-found`, `message.not-unknown`, `message.not-asked-yet`
 */
export const decideUnknown = async (
  context: CommandContext,
  input: { readonly ids: readonly bigint[]; readonly decision: Decision; readonly reason: string },
): Promise<{ readonly decided: number }> => {
  const { sql, now } = context;
  const messages = await lockAll(context, input.ids);
  const others = messages.filter((one) => one.state !== "unknown");
  if (others.length > 0) {
    fail("message.not-unknown", "what became of this message is known", {
      remedy: "look at the list again: a report may have come meanwhile",
      facts: { messages: others.map((one) => ({ id: String(one.id), state: one.state })) },
    });
  }
  const early = messages.filter((one) => one.decideSince === null);
  if (input.decision === "send-again" && early.length > 0) {
    fail("message.not-asked-yet", "the provider has not said yet whether it has this message", {
      remedy:
        "wait until it was asked; whoever knows may decide that it arrived, or that it is not to go any more",
      facts: {
        messages: early.map((one) => ({ id: String(one.id), askAt: one.askAt?.toISOString() ?? null })),
      },
    });
  }
  const ids = messages.map((one) => one.id);
  if (input.decision === "send-again") await queueAgain(sql, { ids, now });
  else {
    const state = input.decision === "arrived" ? "delivered" : "undelivered";
    await settleByPerson(sql, { ids, state, reason: "decided-by-person", now });
    // Somebody rings instead, as for one that a provider reports.
    if (state === "undelivered") announceFailed(context, ids);
  }
  await endTasks(context, messages);
  context.audit({
    subject: `outgoing:${ids[0]}`,
    details: { decision: input.decision, reason: input.reason, ids: ids.map(String) },
  });
  return { decided: ids.length };
};

/**
 * Has dead letters (`rejected`) sent again, because what stood in their way is gone: a template was approved, a channel
 * repaired. Surely none of them went before. All or none; audited with the reason.
 * @throws DomainError `message.not-found`, `message.not-rejected`
 */
export const replayRejected = async (
  context: CommandContext,
  input: { readonly ids: readonly bigint[]; readonly reason: string },
): Promise<{ readonly queued: number }> => {
  const messages = await lockAll(context, input.ids);
  const others = messages.filter((one) => one.state !== "rejected");
  if (others.length > 0) {
    fail("message.not-rejected", "only what was refused may be sent again", {
      facts: { messages: others.map((one) => ({ id: String(one.id), state: one.state })) },
    });
  }
  const ids = messages.map((one) => one.id);
  await queueAgain(context.sql, { ids, now: context.now });
  context.audit({
    subject: `outgoing:${ids[0]}`,
    details: { replayed: ids.length, reason: input.reason, ids: ids.map(String) },
  });
  return { queued: ids.length };
};
