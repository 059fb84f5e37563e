/** The commands of a case, through the one table of transitions. */
import { fail, must } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import { canonicalJson, type CommandContext } from "#src/platform/command.ts";
import { announceLive } from "#src/platform/live-feed.ts";
import { type EntryText, textsOf } from "./entries.ts";
import { announceField } from "./announce-field.ts";
import { moveClocks } from "./clock-effects.ts";
import {
  type Closing,
  requireClosing,
  requireNoneMerged,
  requireNoOrder,
  requireOwnHand,
  requireReason,
  requireReopenWindow,
} from "./guards.ts";
import { dropPlannedVisits, planReturnVisit } from "./plan-return-visit.ts";
import { findChangesAfter, lockTicket, moveTicket } from "./queries.ts";
import { tellRefundNews } from "./refund-news.ts";
import type { ClosingClass, EntryKind, Ticket } from "./schema.ts";
import { type PersonCommand, requireTransition, type TicketState, type TicketTransition } from "./states.ts";

export type TicketCommandInput = {
  /** Why, or what was done: shown on the timeline. Needed by wait, resolve, return and cancel, to close as explained, and to begin what another person has. */
  readonly text?: EntryText | undefined;
  /** `wait`: the code of the reason for which the clocks stand. */
  readonly pauseReason?: string | undefined;
  /** `close` only. */
  readonly closingClass?: ClosingClass | undefined;
  /** The version that the person saw; left out by rooms. */
  readonly expectedVersion?: number | undefined;
  /** More for the timeline: ids and codes. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
};

const wordOf = (change: { readonly kind: string; readonly details: Record<string, unknown> }): string =>
  typeof change.details["command"] === "string" ? change.details["command"] : change.kind;

/**
 * Locks a case for the rest of the transaction.
 * @throws DomainError `ticket.not-found`; `version.stale` with what the others did since: who, when, what
 */
export const beginTicketChange = async (
  context: CommandContext,
  ticketId: bigint,
  expectedVersion: number | undefined,
): Promise<Ticket> => {
  const { sql } = context;
  const ticket =
    (await lockTicket(sql, ticketId)) ??
    fail("ticket.not-found", "there is no such case", { field: "ticketId" });
  if (expectedVersion === undefined || expectedVersion === ticket.version) return ticket;
  if (expectedVersion > ticket.version) {
    fail("version.stale", `this case has not had a version ${expectedVersion} yet`, {
      field: "If-Match",
      remedy: "read the case, and name the version that it shows",
      facts: { expected: expectedVersion, version: ticket.version, state: ticket.state, changes: [] },
    });
  }
  const changes = await findChangesAfter(sql, ticketId, expectedVersion);
  const last = changes.at(-1);
  fail(
    "version.stale",
    last === undefined
      ? "somebody changed this case meanwhile"
      : `${last.by} changed this case meanwhile: ${wordOf(last)}`,
    {
      field: "If-Match",
      remedy: "look at what was changed, and decide anew",
      facts: {
        expected: expectedVersion,
        version: ticket.version,
        state: ticket.state,
        changes: changes.map((change) => ({
          at: change.at.toISOString(),
          by: change.by,
          kind: change.kind,
          details: change.details,
        })),
      },
    },
  );
};

const requireGuard = async (
  context: CommandContext,
  ticket: Ticket,
  transition: TicketTransition,
  input: TicketCommandInput,
): Promise<Closing | null> => {
  if (transition.guard === "own-hand") requireOwnHand(context, ticket, textsOf(input.text).text);
  if (transition.guard === "reason" || transition.guard === "nobody-left") {
    requireReason(textsOf(input.text).text, transition.command);
  }
  if (transition.guard === "nobody-left" || transition.guard === "evidence") {
    await requireNoOrder(context, ticket.id);
  }
  if (transition.guard === "reopen-window") await requireReopenWindow(context, ticket);
  if (transition.guard === "nobody-left") await requireNoneMerged(context, ticket.id);
  return transition.guard === "evidence"
    ? requireClosing(context, ticket, { ...input, text: textsOf(input.text).text })
    : null;
};

export type TransitionDone = {
  readonly kind?: EntryKind;
  readonly text: EntryText;
  readonly details: Readonly<Record<string, unknown>>;
  readonly to: TicketState;
  readonly closing?: Closing | null;
  readonly mergedIntoId?: bigint | null;
  readonly pauseReason?: string | undefined;
  /** `unmerge`: when the merge that is taken back was made. */
  readonly mergedAt?: Date;
};

/** Who begins a case that no person has, has it. */
const TAKING: ReadonlySet<string> = new Set(["accept", "start"]);

/** Writes a transition of a locked case that nothing refuses any more: clocks, state, timeline, audit, events. */
export const carryOut = async (
  context: CommandContext,
  ticket: Ticket,
  transition: TicketTransition,
  done: TransitionDone,
): Promise<number> => {
  const { actor, sql, now } = context;
  const facts = { command: transition.command, from: ticket.state, to: done.to, ...done.details };
  await moveClocks(context, ticket, transition.command, done);
  const moved = await moveTicket(sql, {
    ticketId: ticket.id,
    from: ticket.state,
    to: done.to,
    kind: done.kind ?? "state",
    ...textsOf(done.text),
    details: canonicalJson(facts),
    closingClass: done.closing?.closingClass ?? null,
    firstVisit: done.closing?.firstVisit ?? null,
    mergedIntoId: done.mergedIntoId ?? null,
    taker: TAKING.has(transition.command) ? staffIdOf(actor) : null,
    clearsOwner: transition.command === "return",
    reopens: transition.command === "reopen",
    now,
    by: staffIdOf(actor),
    byName: actor.name,
  });
  if (transition.command === "close") await planReturnVisit(context, ticket);
  if (transition.command === "reopen") {
    await dropPlannedVisits(context, ticket.id);
    announceField(context, { id: ticket.id, category: ticket.categoryCode, severity: ticket.severity });
  }
  await tellRefundNews(context, ticket, done.to);
  const subject = `ticket:${ticket.id}`;
  context.audit({ subject, details: facts });
  context.emit({
    type: "ticket.state-changed",
    subject,
    payload: { ticketId: ticket.id, from: ticket.state, to: done.to },
  });
  if (ticket.ownerId !== null && ticket.ownerId !== staffIdOf(actor)) {
    // Somebody else did something to a case on this person's list.
    await announceLive(context, {
      topic: "ticket.changed",
      audience: { staffId: ticket.ownerId },
      permission: "ticket.read",
      subject,
      payload: { from: ticket.state, to: done.to },
    });
  }
  return must(moved, "the locked case in its state").version;
};

/**
 * Gives a case a command of the table. Refuses in this order: unknown case, stale version, a pair that is not in the table, its
 * guard. Locks the case. Announces `ticket.state-changed` and what the table says besides. Repeating is refused by the table.
 * @throws DomainError `ticket.not-found`, `version.stale`, `ticket.refused`, `ticket.anothers`, `ticket.reason-needed`, `ticket.class-needed`,
 * `ticket.fields-missing`, `ticket.evidence-needed`, `ticket.reopen-too-late`, `ticket.order-stands`,
 * `ticket.others-merged`, `ticket.work-order-stands`, `pause.reason-unknown`
 */
export const runTicketCommand = async (
  context: CommandContext,
  ticketId: bigint,
  command: PersonCommand,
  input: TicketCommandInput = {},
): Promise<number> => {
  const ticket = await beginTicketChange(context, ticketId, input.expectedVersion);
  const transition = requireTransition(ticket.state, command);
  const closing = await requireGuard(context, ticket, transition, input);
  const version = await carryOut(context, ticket, transition, {
    text: input.text ?? "",
    details: {
      ...input.details,
      ...(input.pauseReason !== undefined && { pauseReason: input.pauseReason }),
      ...(closing !== null && { closingClass: closing.closingClass }),
    },
    to: transition.to === "before" ? ticket.state : transition.to,
    closing,
    pauseReason: input.pauseReason,
  });
  if (transition.event !== null) {
    context.emit({ type: transition.event, subject: `ticket:${ticketId}`, payload: { ticketId } });
  }
  return version;
};
