/**
 * From a message to a case (来信受理). In this order: a machine's mail opens nothing; a keyword is answered; what answers or
 * names a case is added to it; what the sender has open is continued, and goes back to work where we held it for done; everything
 * else opens a case. Nothing falls through: each
 * message ends with one outcome that people can list.
 */
import { both } from "#src/kernel/words.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import {
  type AttachmentRow,
  findReceived,
  findReceivedAttachments,
  type ReceivedMessage,
} from "#src/messages/messaging/index.ts";
import {
  addEntry,
  openTicket,
  runTicketCommand,
  type Ticket,
  UNKNOWN_PLACES,
} from "#src/service/tickets/index.ts";
import { answerAnyKeyword } from "./answer-keyword.ts";
import { answerToNotice } from "./answer-notice.ts";
import { answer, type AnswerOutcome } from "./answers.ts";
import { categoryOf } from "./category.ts";
import { findCase, type FoundCase } from "./find-case.ts";
import { isContent } from "./keywords.ts";
import { type FoundBy, insertOutcome, type IntakeOutcome, isDecided, lockSender } from "./queries.ts";
import { findSender, type Sender } from "./sender.ts";

const ENTRY_LENGTH = 4000;
const SUMMARY_LENGTH = 300;

const CHANNELS = { sms: "sms", email: "mail" } as const;

const textOf = (message: ReceivedMessage): string =>
  [message.subject, message.body].filter((part) => part !== "").join("\n");

const short = (text: string, longest: number): string => [...text].slice(0, longest).join("");

/** A text message without a word; a mail without one may hold a picture, or a page that was too long to read. */
const isWordless = (message: ReceivedMessage, attachments: readonly AttachmentRow[]): boolean =>
  message.channel === "sms" && attachments.length === 0 && textOf(message).trim() === "";
/** Whoever sends that wants something: somebody calls and asks. */
const WORDLESS = both(
  "（空白短信，没有文字也没有附件，请回电询问）",
  "(an empty text message: call back and ask)",
);

const NO_WORDS = {
  sms: `${WORDLESS["zh-CN"]}${WORDLESS.en}`,
  email: "（无文字，见原件）(no words: see the original)",
} as const;

/** The message and what hangs on it, on the timeline of a case. */
export const enterMessage = async (
  context: CommandContext,
  ticketId: bigint,
  message: ReceivedMessage,
  attachments: readonly AttachmentRow[],
  details: Readonly<Record<string, unknown>>,
): Promise<void> => {
  const ref = `message:${message.id}`;
  await addEntry(context, ticketId, {
    kind: "message",
    text: isWordless(message, attachments) ? WORDLESS : short(textOf(message), ENTRY_LENGTH),
    details: { channel: message.channel, ...details },
    ref,
  });
  for (const { fileId, fileName, verdict, reason, foundType } of attachments) {
    await addEntry(context, ticketId, {
      kind: "attachment",
      text: fileName,
      details: { verdict, type: foundType, message: ref, ...(reason !== "" && { reason }) },
      ref: fileId === null ? ref : `file:${fileId}`,
    });
  }
};

const placeOf = (sender: Sender) => {
  if (sender.accountId !== null) return { accountId: sender.accountId };
  const buildings = [...new Set(sender.households.map((one) => one.buildingId))];
  if (buildings.length === 1 && buildings[0] !== undefined) return { buildingId: buildings[0] };
  if (sender.number !== null) return {};
  return { addressText: UNKNOWN_PLACES[sender.accountIds.length > 1 ? "several" : "none"] };
};

/** Opens the case of a message; the same message opens the same one. */
export const openCaseOf = async (
  context: CommandContext,
  message: ReceivedMessage,
  sender: Sender,
  category: string,
  continues: string | null,
) => {
  const lead = continues === null ? "" : `（续工单 continues ${continues}）`;
  const text = textOf(message).replaceAll(/\s+/g, " ").trim();
  return openTicket(context, {
    category,
    categoryGuessed: true,
    channel: CHANNELS[message.channel],
    ...placeOf(sender),
    ...(sender.number !== null && { callerNumber: sender.number }),
    ...(sender.address !== null && { callerName: sender.address }),
    summary: short(`${lead}${text === "" ? NO_WORDS[message.channel] : text}`, SUMMARY_LENGTH),
    sourceKey: `message:${message.id}`,
  });
};

type Decision = {
  readonly outcome: IntakeOutcome;
  readonly foundBy?: FoundBy;
  readonly ticketId?: bigint;
  readonly keyword?: string;
  readonly answered?: AnswerOutcome;
};

/** Whoever writes about a case that we hold for done, and not only to say thanks, says that it is not: it goes back to work. */
const backToWork = async (
  context: CommandContext,
  ticket: Ticket,
  message: ReceivedMessage,
  attachments: readonly AttachmentRow[],
): Promise<void> => {
  if (ticket.state !== "resolved") return;
  if (attachments.length === 0 && isContent(textOf(message))) return;
  if (isWordless(message, attachments)) return;
  await runTicketCommand(context, ticket.id, "reopen", {
    text: both("用户来信表示未解决，恢复处理", "the household writes that it is not solved"),
    details: { message: `message:${message.id}` },
  });
};

const intoCase = async (
  context: CommandContext,
  message: ReceivedMessage,
  sender: Sender,
  attachments: readonly AttachmentRow[],
  knownCategory: string | null = null,
): Promise<Decision> => {
  const category =
    knownCategory === null
      ? await categoryOf(context.sql, textOf(message))
      : { code: knownCategory, guessed: knownCategory };
  const found: FoundCase | null = await findCase(context, message, sender, category.guessed);
  if (found !== null && found.isOpen) {
    const { ticket, foundBy } = found;
    await enterMessage(context, ticket.id, message, attachments, { foundBy });
    await backToWork(context, ticket, message, attachments);
    return {
      outcome: "threaded",
      foundBy,
      ticketId: ticket.id,
      answered: { answerId: null, noAnswer: "threaded" },
    };
  }
  const continues = found?.ticket.ticketNo ?? null;
  const { ticketId, ticketNo } = await openCaseOf(context, message, sender, category.code, continues);
  await enterMessage(context, ticketId, message, attachments, continues === null ? {} : { continues });
  const isAmbiguous = sender.accountIds.length > 1;
  const answered = await answer(context, message, sender, {
    template: isAmbiguous ? "case-opened-which-home" : "case-opened",
    variables: { ticketNo, ...(isAmbiguous && { homes: sender.accountIds.length }) },
    ticketId,
  });
  return { outcome: "opened", foundBy: found?.foundBy ?? "", ticketId, answered };
};

/** A machine's mail opens nothing; where it answers a case of ours (away until Monday, not delivered) the case shows it. */
const keepAutomatic = async (
  context: CommandContext,
  message: ReceivedMessage,
  sender: Sender,
): Promise<Decision> => {
  const found = message.mentionedIds.length === 0 ? null : await findCase(context, message, sender, null);
  if (found?.foundBy !== "reference") return { outcome: "automatic" };
  await enterMessage(context, found.ticket.id, message, [], { automatic: message.automatic });
  return { outcome: "automatic", foundBy: "reference", ticketId: found.ticket.id };
};

const decide = async (
  context: CommandContext,
  message: ReceivedMessage,
  sender: Sender,
): Promise<Decision> => {
  if (message.automatic !== "") return keepAutomatic(context, message, sender);
  const replied = await answerToNotice(context, message, sender);
  if (replied?.kind === "case") return intoCase(context, message, sender, [], "payment.find-account");
  if (replied?.kind === "noted") {
    const answered = await answer(context, message, sender, replied.answer);
    return { outcome: "answered", keyword: "away", answered };
  }
  const keyword = await answerAnyKeyword(context, message, sender);
  if (keyword !== null) {
    const answered = await answer(context, message, sender, keyword.answer);
    return {
      outcome: keyword.isConsent ? "consent" : "answered",
      keyword: keyword.keyword,
      answered,
      ...(keyword.answer.ticketId !== undefined && { ticketId: keyword.answer.ticketId }),
    };
  }
  const attachments = await findReceivedAttachments(context.sql, message.id);
  // Without words and without a number that can be called there is nobody to ask.
  if (isWordless(message, attachments) && sender.number === null) return { outcome: "empty" };
  return intoCase(context, message, sender, attachments);
};

/** Decides one message, once: repeating finds the outcome and does nothing. Messages of one sender wait for each other. */
export const receiveMessage = async (context: CommandContext, messageId: bigint): Promise<void> => {
  const { sql, now, today } = context;
  const message = await findReceived(sql, messageId);
  if (message === null) return;
  await lockSender(sql, message.sender === "" ? `message:${messageId}` : message.sender);
  if (await isDecided(sql, messageId)) return;
  const sender = await findSender(sql, message, today);
  const decision = await decide(context, message, sender);
  await insertOutcome(sql, {
    messageId,
    outcome: decision.outcome,
    foundBy: decision.foundBy ?? "",
    ticketId: decision.ticketId ?? null,
    accountId: sender.accountId,
    households: sender.accountIds.length,
    keyword: decision.keyword ?? "",
    answerId: decision.answered?.answerId ?? null,
    noAnswer: decision.answered?.noAnswer ?? "",
    now,
  });
  context.audit({
    subject: `message:${messageId}`,
    details: { outcome: decision.outcome, households: sender.accountIds.length },
  });
};

export const intakeSubscriber: Subscriber = {
  name: "intake",
  handlers: {
    "message.received": (context, event) => receiveMessage(context, event.payload.messageId),
  },
};
