/** A message that is nothing but a keyword is answered at once and opens no case. */
import type { CommandContext } from "#src/platform/command.ts";
import type { ReceivedMessage } from "#src/messages/messaging/index.ts";
import { answerKeyword } from "#src/service/hotline/index.ts";
import { findOpenTickets, type Ticket, ticketOfId, type TicketState } from "#src/service/tickets/index.ts";
import { type Answer, type Locale, localeOf } from "./answers.ts";
import { recordWord } from "./consent-words.ts";
import { type IntakeKeyword, readKeyword } from "./keywords.ts";
import type { Sender } from "./sender.ts";

export type KeywordAnswer = {
  readonly keyword: string;
  readonly answer: Answer;
  readonly isConsent: boolean;
};

/** In the words of the reader: 工单状态. */
const STATE_WORDS = {
  "zh-CN": {
    new: "已登记",
    assigned: "已派单",
    accepted: "已受理",
    working: "处理中",
    waiting: "等待中",
    resolved: "已处理",
    closed: "已办结",
    cancelled: "已作废",
    merged: "已并入同一故障",
  },
  en: {
    new: "recorded",
    assigned: "given to a person",
    accepted: "accepted",
    working: "being worked on",
    waiting: "waiting",
    resolved: "done",
    closed: "closed",
    cancelled: "cancelled",
    merged: "part of one larger fault",
  },
} as const satisfies Record<Locale, Record<TicketState, string>>;

const isOfSender = (ticket: Ticket, sender: Sender): boolean =>
  (ticket.accountId !== null && sender.accountIds.includes(ticket.accountId)) ||
  (sender.number !== null && ticket.callerNumber === sender.number);

/** Of another's case nobody learns by its number, not even that it exists. */
const askedCase = async (
  { sql }: CommandContext,
  sender: Sender,
  ticketId: bigint | null,
): Promise<Ticket | null> => {
  if (ticketId !== null) {
    const ticket = await ticketOfId(sql, ticketId);
    return ticket !== null && isOfSender(ticket, sender) ? ticket : null;
  }
  const ofNumber = sender.number === null ? [] : await findOpenTickets(sql, { number: sender.number });
  const ofHome = sender.accountId === null ? [] : await findOpenTickets(sql, { accountId: sender.accountId });
  return ofNumber[0] ?? ofHome[0] ?? null;
};

const answerTo = async (
  context: CommandContext,
  sender: Sender,
  keyword: IntakeKeyword,
  source: string,
  locale: Locale,
): Promise<Answer> => {
  switch (keyword.kind) {
    case "stop":
    case "start":
      await recordWord(context, sender, keyword.kind, source);
      return { template: keyword.kind === "stop" ? "consent-stopped" : "consent-started", variables: {} };
    case "progress": {
      const ticket = await askedCase(context, sender, keyword.ticketId);
      if (ticket === null) return { template: "progress-unknown", variables: {} };
      const state = STATE_WORDS[locale][ticket.state];
      return {
        template: "progress",
        variables: { ticketNo: ticket.ticketNo, state },
        ticketId: ticket.id,
      };
    }
  }
};

/** What the intake itself answers besides: told to whoever asks for help. */
const MORE_HELP = {
  "zh-CN": "查工单进度请回复：进度；停止问候和调查请回复：退订。",
  en: " STATUS tells how your case stands; STOP ends greetings and surveys.",
};

/** Money, heat, valves, a call back, the knowledge: the menu's own answers, in writing. */
const answerSelfService = async (
  context: CommandContext,
  message: ReceivedMessage,
  sender: Sender,
  text: string,
): Promise<KeywordAnswer | null> => {
  const told = await answerKeyword(context, {
    channel: message.channel === "sms" ? "sms" : "mail",
    ...(sender.number !== null && { number: sender.number }),
    text,
    sourceKey: `message:${message.id}`,
  });
  if (told.kind === "not-a-keyword") return null;
  const more = told.keyword === "help" ? MORE_HELP[/\p{Script=Han}/u.test(told.text) ? "zh-CN" : "en"] : "";
  return {
    keyword: told.keyword,
    answer: { template: "keyword-answer", variables: { text: `${told.text}${more}` } },
    isConsent: false,
  };
};

const LONGEST_QUESTION = 60;

/** Null when the message is more than a keyword. A mail without a text may have its keyword as subject. */
export const answerAnyKeyword = async (
  context: CommandContext,
  message: ReceivedMessage,
  sender: Sender,
): Promise<KeywordAnswer | null> => {
  const text = message.body === "" ? message.subject : message.body;
  const keyword = readKeyword(text);
  if (keyword === null) {
    const isShort = text !== "" && text.length <= LONGEST_QUESTION;
    return isShort ? answerSelfService(context, message, sender, text) : null;
  }
  const answer = await answerTo(
    context,
    sender,
    keyword,
    `${message.channel} message:${message.id}`,
    localeOf(`${message.subject} ${message.body}`),
  );
  return {
    keyword: keyword.kind,
    answer,
    isConsent: keyword.kind === "stop" || keyword.kind === "start",
  };
};
