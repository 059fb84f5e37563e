/**
 * What is said about an incident reaches each of its cases: one line on the timeline, the caller told where a number is known, and
 * with the closing the case resolved. In chunks, each a transaction with its event; a kill resumes behind the cursor.
 */
import { both, type Words } from "#src/kernel/words.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import { contactTimeFrom } from "#src/office/calendars/index.ts";
import { queueMessage } from "#src/messages/messaging/index.ts";
import { addEntry, runTicketCommand, type Ticket, ticketOfId } from "#src/service/tickets/index.ts";
import { CORRECTED, isOwnCase, leaveIncident } from "./join-incident.ts";
import { advanceRound, endMembership, findNextMembers, lockRound, type Round } from "./member-queries.ts";
import { findIncidentRow } from "./queries.ts";
import type { Incident, UpdateKind } from "./schema.ts";
import { hourText } from "./script.ts";

/** Cases a transaction: a second of work at most, so that a lock on a case is never held long. */
const CHUNK = 100;

const HEADINGS: Readonly<Record<UpdateKind, Words>> = {
  opened: both("事件", "incident"),
  update: both("事件进展", "news of the incident"),
  partial: both("已恢复供热", "heat is back"),
  restored: both("已恢复供热", "heat is back"),
  "back-again": both("再次停热", "without heat again"),
  closed: both("事件办结", "incident closed"),
  cancelled: both("事件作废", "incident cancelled"),
};

/** Text messages by what was said; nothing is sent about a closing when callers knew that heat is back. */
const templateOf = ({ kind, wasTold }: Round): string | null => {
  if (kind === "update" || kind === "back-again") return "incident-update";
  if (kind === "partial" || kind === "restored") return "incident-restored";
  return kind === "closed" && !wasTold ? "incident-restored" : null;
};

/** That heat is back can wait for the morning; that it stays away longer cannot. */
const sendingTime = async (context: CommandContext, template: string): Promise<Date> => {
  if (template !== "incident-restored") return context.now;
  return contactTimeFrom(context.sql, context.now);
};

const tellCaller = async (
  context: CommandContext,
  incident: Incident,
  round: Round,
  ticket: Ticket,
): Promise<boolean> => {
  const template = templateOf(round);
  if (template === null || ticket.callerNumber === null) return false;
  const { queued } = await queueMessage(context, {
    purpose: "incident-update",
    channel: "sms",
    to: { number: ticket.callerNumber },
    ...(ticket.accountId !== null && { accountId: ticket.accountId }),
    regarding: `ticket:${ticket.id}`,
    template,
    variables: {
      title: incident.title,
      ticketNo: ticket.ticketNo,
      back:
        round.expectedBackAt === null || round.expectedBackAt <= context.now
          ? ""
          : hourText(round.expectedBackAt, context.now, "zh-CN"),
    },
    uniqueKey: `incident:${incident.id}:update:${round.updateId}`,
    notBefore: await sendingTime(context, template),
  });
  return queued;
};

const resolveCase = async (context: CommandContext, incident: Incident, ticket: Ticket): Promise<void> => {
  const { state } = ticket;
  const details = { incidentId: incident.id };
  if (state === "new" || state === "assigned")
    await runTicketCommand(context, ticket.id, "accept", { text: incident.evidence, details });
  if (state === "resolved" || state === "closed" || state === "cancelled" || state === "merged") return;
  await runTicketCommand(context, ticket.id, "resolve", { text: incident.evidence, details });
};

const carryTo = async (
  context: CommandContext,
  incident: Incident,
  round: Round,
  ticket: Ticket,
  concerned: boolean,
): Promise<boolean> => {
  const isClosing = round.kind === "closed";
  if (isClosing && isOwnCase(ticket)) {
    // Put right a moment ago: what ends the incident does not stop its leak.
    await leaveIncident(context, incident.id, ticket.id, CORRECTED.category);
    return false;
  }
  const evidence = isClosing
    ? (incident.evidenceKind as "attachment" | "visit" | "order" | "slip" | "call-back" | null)
    : null;
  const heading = HEADINGS[round.kind];
  const said = round.text === "" ? incident.title : round.text;
  await addEntry(context, ticket.id, {
    kind: "incident",
    text: both(`${heading["zh-CN"]}：${said}`, `${heading.en}: ${said}`),
    details: { incidentId: incident.id, updateId: round.updateId, said: round.kind },
    ref: isClosing ? (incident.evidenceRef ?? `incident:${incident.id}`) : `incident:${incident.id}`,
    ...(evidence !== null && { evidence }),
  });
  if (isClosing) await resolveCase(context, incident, ticket);
  // Resolved by a closing that did not hold.
  if (round.kind === "back-again" && round.wasClosed && ticket.state === "resolved") {
    const details = { incidentId: incident.id };
    await runTicketCommand(context, ticket.id, "reopen", { text: round.text, details });
  }
  if (round.kind === "cancelled") {
    await endMembership(context.sql, {
      incidentId: incident.id,
      ticketId: ticket.id,
      reason: round.text,
      now: context.now,
      by: null,
    });
  }
  return concerned && (await tellCaller(context, incident, round, ticket));
};

/** Carries one update to the next cases and asks for the rest by another event. Repeating is safe: the cursor moved or it did not. */
export const carryToCases = async (context: CommandContext, updateId: bigint): Promise<void> => {
  const { sql, now } = context;
  const round = await lockRound(sql, updateId);
  if (round === null) return;
  const incident = await findIncidentRow(sql, round.incidentId);
  if (incident === null) return;
  const members = await findNextMembers(sql, { updateId, cursorId: round.cursorId, limit: CHUNK });
  let messages = 0;
  // Cases are locked by id, whatever the order in which they joined; the cursor goes by membership.
  const byCase = members.toSorted((one, other) => (one.ticketId < other.ticketId ? -1 : 1));
  for (const { ticketId, concerned } of byCase) {
    const ticket = await ticketOfId(sql, ticketId);
    if (ticket !== null && (await carryTo(context, incident, round, ticket, concerned))) messages += 1;
  }
  const finished = members.length < CHUNK;
  await advanceRound(sql, {
    updateId,
    cursorId: members.at(-1)?.id ?? round.cursorId,
    tickets: members.length,
    messages,
    finished,
    now,
  });
  if (!finished) {
    context.emit({
      type: "incident.updated",
      subject: `incident:${incident.id}`,
      payload: { incidentId: String(incident.id), updateId: String(updateId) },
    });
  }
};

export const incidentCaseSubscriber: Subscriber = {
  name: "incident-cases",
  handlers: {
    "incident.updated": (context, event) => carryToCases(context, event.payload.updateId),
    "incident.closed": (context, event) => carryToCases(context, event.payload.updateId),
  },
};
