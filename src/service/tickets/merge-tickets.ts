/** One trouble, several cases (并单): they become one, and can be taken apart again. */
import { fail, must } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { addEntry, type EntryText } from "./entries.ts";
import { requireReason } from "./guards.ts";
import { endMerge, insertLink, insertMerge } from "./relation-queries.ts";
import { beginTicketChange, carryOut } from "./run-command.ts";
import type { Ticket } from "./schema.ts";
import { findTransition, requireTransition } from "./states.ts";

export const LINK_KINDS = ["related", "done-again", "caused-by"] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

const lockBoth = async (
  context: CommandContext,
  ticketId: bigint,
  otherId: bigint,
  expectedVersion: number | undefined,
): Promise<readonly [Ticket, Ticket]> => {
  // In the order of their ids, so that two merges never wait for each other.
  if (otherId < ticketId) {
    const other = await beginTicketChange(context, otherId, undefined);
    return [await beginTicketChange(context, ticketId, expectedVersion), other];
  }
  const ticket = await beginTicketChange(context, ticketId, expectedVersion);
  return [ticket, await beginTicketChange(context, otherId, undefined)];
};

/**
 * Puts a case into another, which must be open. Its timeline stays its own and is shown with the other's. Locks both in the order
 * of their ids. Announces `ticket.merged`. Repeating is refused by the table.
 * @throws DomainError `ticket.not-found`, `version.stale`, `ticket.merge-itself`, `ticket.refused`, `ticket.reason-needed`,
 * `ticket.merge-target` when the other is closed, cancelled or merged itself
 */
export const mergeTicket = async (
  context: CommandContext,
  merge: {
    ticketId: bigint;
    intoTicketId: bigint;
    reason: string;
    expectedVersion?: number | undefined;
  },
): Promise<number> => {
  const { ticketId, intoTicketId } = merge;
  if (ticketId === intoTicketId) {
    fail("ticket.merge-itself", "a case is not merged into itself", { field: "into" });
  }
  const [ticket, target] = await lockBoth(context, ticketId, intoTicketId, merge.expectedVersion);
  const transition = requireTransition(ticket.state, "merge");
  const text = requireReason(merge.reason, "merge");
  if (findTransition(target.state, "merge") === undefined) {
    fail("ticket.merge-target", `the other case is ${target.state}`, {
      field: "into",
      remedy: "merge into an open case; reopen the other one first if it is the same trouble",
      facts: { state: target.state },
    });
  }
  await insertMerge(context.sql, {
    ticketId,
    intoTicketId,
    stateBefore: ticket.state,
    reason: text,
    now: context.now,
    by: staffIdOf(context.actor),
  });
  const version = await carryOut(context, ticket, transition, {
    kind: "merge",
    text,
    details: { intoTicketId },
    to: "merged",
    mergedIntoId: intoTicketId,
  });
  await addEntry(context, intoTicketId, {
    kind: "merge",
    text,
    details: { command: "took-in", ticketId },
    ref: `ticket:${ticketId}`,
  });
  context.emit({ type: "ticket.merged", subject: `ticket:${ticketId}`, payload: { ticketId, intoTicketId } });
  return version;
};

/**
 * Takes a merge back: the case stands where it stood before, and so do its clocks. Announces `ticket.unmerged`. Repeating is refused
 * by the table.
 * @throws DomainError `ticket.not-found`, `version.stale`, `ticket.refused`, `ticket.reason-needed`
 */
export const unmergeTicket = async (
  context: CommandContext,
  unmerge: { ticketId: bigint; reason: string; expectedVersion?: number | undefined },
): Promise<number> => {
  const ticket = await beginTicketChange(context, unmerge.ticketId, unmerge.expectedVersion);
  const transition = requireTransition(ticket.state, "unmerge");
  const text = requireReason(unmerge.reason, "unmerge");
  const ended = must(
    await endMerge(context.sql, {
      ticketId: ticket.id,
      reason: text,
      now: context.now,
      by: staffIdOf(context.actor),
    }),
    "the standing merge of a merged case",
  );
  const version = await carryOut(context, ticket, transition, {
    kind: "merge",
    text,
    details: { fromTicketId: ended.intoTicketId },
    to: ended.stateBefore,
    mergedAt: ended.mergedAt,
  });
  await addEntry(context, ended.intoTicketId, {
    kind: "merge",
    text,
    details: { command: "let-go", ticketId: ticket.id },
    ref: `ticket:${ticket.id}`,
  });
  context.emit({
    type: "ticket.unmerged",
    subject: `ticket:${ticket.id}`,
    payload: { ticketId: ticket.id, fromTicketId: ended.intoTicketId },
  });
  return version;
};

/**
 * Ties two cases without changing either. Repeating is harmless.
 * @throws DomainError `ticket.link-itself`
 */
export const linkTickets = async (
  context: CommandContext,
  link: { ticketId: bigint; otherTicketId: bigint; kind: LinkKind; text?: EntryText | undefined },
): Promise<void> => {
  const { ticketId, otherTicketId, kind } = link;
  if (ticketId === otherTicketId) {
    fail("ticket.link-itself", "a case is not linked to itself", { field: "other" });
  }
  const isNew = await insertLink(context.sql, {
    ticketId,
    otherTicketId,
    kind,
    now: context.now,
    by: staffIdOf(context.actor),
  });
  if (!isNew) return;
  const text = link.text ?? "";
  await addEntry(context, ticketId, {
    kind: "link",
    text,
    details: { kind },
    ref: `ticket:${otherTicketId}`,
  });
  await addEntry(context, otherTicketId, {
    kind: "link",
    text,
    details: { kind, from: true },
    ref: `ticket:${ticketId}`,
  });
};
