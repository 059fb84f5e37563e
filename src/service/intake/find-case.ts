/** To which case a message belongs (归并到工单). Nearest evidence first; a guess is never made between two households. */
import type { CommandContext } from "#src/platform/command.ts";
import {
  findMentionedReceived,
  findMessageOfThreadKey,
  type ReceivedMessage,
  threadKeyOf,
} from "#src/messages/messaging/index.ts";
import {
  findOpenTickets,
  OPEN_STATES,
  parseTicketNo,
  type Ticket,
  ticketNosIn,
  ticketOfId,
} from "#src/service/tickets/index.ts";
import { findCaseOfMessages, findCasesOfSender, type FoundBy } from "./queries.ts";
import type { Sender } from "./sender.ts";

export type FoundCase = {
  readonly ticket: Ticket;
  readonly foundBy: FoundBy;
  /** Still open: it is continued. Else a new one is opened that names it. */
  readonly isOpen: boolean;
};

const isOpen = (ticket: Ticket): boolean => (OPEN_STATES as readonly string[]).includes(ticket.state);

/** The case itself, or the one that it was merged into; merges are few, and a circle cannot be made. */
const standing = async (context: CommandContext, ticketId: bigint): Promise<Ticket | null> => {
  let ticket = await ticketOfId(context.sql, ticketId);
  for (let steps = 0; steps < 5 && ticket !== null && ticket.mergedIntoId !== null; steps += 1) {
    ticket = await ticketOfId(context.sql, ticket.mergedIntoId);
  }
  return ticket;
};

/** What the mail says that it answers: our own message by its secret key, or a mail that came earlier. */
const byReference = async (context: CommandContext, message: ReceivedMessage): Promise<bigint | null> => {
  for (const id of message.mentionedIds) {
    const threadKey = threadKeyOf(id);
    if (threadKey === null) continue;
    const own = await findMessageOfThreadKey(context.sql, threadKey);
    const ticket = /^ticket:(\d{1,18})$/.exec(own?.regarding ?? "")?.[1];
    if (ticket !== undefined) return BigInt(ticket);
  }
  if (message.mentionedIds.length === 0) return null;
  const query = { ids: message.mentionedIds, self: message.id };
  const earlier = await findMentionedReceived(context.sql, query);
  return earlier.length === 0 ? null : findCaseOfMessages(context.sql, earlier);
};

const SENDER_DAYS_MS = 30 * 86_400_000;

const isOfSender = (ticket: Ticket, sender: Sender, ofSender: readonly bigint[]): boolean =>
  (ticket.accountId !== null && sender.accountIds.includes(ticket.accountId)) ||
  (sender.number !== null && ticket.callerNumber === sender.number) ||
  ofSender.includes(ticket.id);

/**
 * A number of a case in subject or text counts for whoever the case belongs to. For anybody else it is a number that can be
 * counted up, and strangers do not write into others' cases.
 */
const byNumber = async (
  context: CommandContext,
  message: ReceivedMessage,
  sender: Sender,
  ofSender: readonly bigint[],
): Promise<Ticket | null> => {
  for (const ticketNo of ticketNosIn(`${message.subject}\n${message.body}`).slice(0, 5)) {
    const id = parseTicketNo(ticketNo);
    const ticket = id === null ? null : await standing(context, id);
    if (ticket !== null && isOfSender(ticket, sender, ofSender)) return ticket;
  }
  return null;
};

/** "Nobody has come yet" is a complaint by its words, and is about the case that is open. */
const sameMatter = (ticket: Ticket, category: string | null): boolean =>
  category === null ||
  category.startsWith("complaint.") ||
  category.split(".")[0] === ticket.categoryCode.split(".")[0];

/** The youngest open case of the sender's that is about the same matter, where the text says what it is about. */
const byOpenCases = async (
  context: CommandContext,
  sender: Sender,
  ofSender: readonly bigint[],
  category: string | null,
): Promise<{ ticket: Ticket; foundBy: FoundBy } | null> => {
  const { sql } = context;
  const ofNumber = sender.number === null ? [] : await findOpenTickets(sql, { number: sender.number });
  const written: Ticket[] = [];
  for (const id of ofSender) {
    const ticket = await standing(context, id);
    if (ticket !== null && isOpen(ticket)) written.push(ticket);
  }
  const own = [...ofNumber, ...written].find((ticket) => sameMatter(ticket, category));
  if (own !== undefined) return { ticket: own, foundBy: "sender" };
  if (sender.accountId === null) return null;
  const ofHome = await findOpenTickets(sql, { accountId: sender.accountId });
  const found = ofHome.find((ticket) => sameMatter(ticket, category));
  return found === undefined ? null : { ticket: found, foundBy: "household" };
};

/** @param category guessed from the text's words; null when they say nothing */
export const findCase = async (
  context: CommandContext,
  message: ReceivedMessage,
  sender: Sender,
  category: string | null,
): Promise<FoundCase | null> => {
  const since = new Date(context.now.getTime() - SENDER_DAYS_MS);
  const ofSender =
    sender.recipient === "" ? [] : await findCasesOfSender(context.sql, { sender: sender.recipient, since });
  const referred = await byReference(context, message);
  const answered = referred === null ? null : await standing(context, referred);
  if (answered !== null) return { ticket: answered, foundBy: "reference", isOpen: isOpen(answered) };
  const numbered = await byNumber(context, message, sender, ofSender);
  if (numbered !== null) return { ticket: numbered, foundBy: "number", isOpen: isOpen(numbered) };
  const open = await byOpenCases(context, sender, ofSender, category);
  return open === null ? null : { ...open, isOpen: true };
};
