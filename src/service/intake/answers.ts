/** Our short answers to what people wrote: at most a few a day to one recipient, and none to a machine. */
import type { CommandContext } from "#src/platform/command.ts";
import { contactTimeFrom } from "#src/office/calendars/index.ts";
import { queueMessage, type ReceivedMessage, takeAnswerOfDay } from "#src/messages/messaging/index.ts";
import type { Sender } from "./sender.ts";

/** Two machines that answer each other stop after this many; a household that asks more is read by people. */
export const ANSWERS_A_DAY = 5;

export type Answer = {
  /** In `templates/sms` and `templates/email`. */
  readonly template: string;
  readonly variables: Readonly<Record<string, string | number>>;
  readonly ticketId?: bigint | undefined;
};

export type Locale = "zh-CN" | "en";

/** In English to whoever writes whole words of it; a bare STOP or TD is written by everybody. */
export const localeOf = (text: string): Locale =>
  !/\p{Script=Han}/u.test(text) && /[a-z]{3,}[ ,.]+[a-z]{2,}/i.test(text) ? "en" : "zh-CN";

/** So long somebody still looks at what he wrote. */
const AWAITED_MS = 15 * 60_000;

/** Who has just written waits for the answer, at night too; what we read late is answered in the morning. */
const sendingTime = async ({ sql, now }: CommandContext, message: ReceivedMessage): Promise<Date> =>
  now.getTime() - message.receivedAt.getTime() <= AWAITED_MS ? now : contactTimeFrom(sql, now);

export type AnswerOutcome = { readonly answerId: bigint | null; readonly noAnswer: string };

/** Queues an answer through the channel by which the message came, or says why there is none. */
export const answer = async (
  context: CommandContext,
  message: ReceivedMessage,
  sender: Sender,
  wanted: Answer,
): Promise<AnswerOutcome> => {
  const none = (noAnswer: string): AnswerOutcome => ({ answerId: null, noAnswer });
  if (sender.recipient === "") return none("no-sender");
  if (!message.mayAnswer) return none("not-wanted");
  const share = { recipient: sender.recipient, day: context.today, cap: ANSWERS_A_DAY };
  if (!(await takeAnswerOfDay(context.sql, share))) return none("daily-cap");
  const { messageId } = await queueMessage(context, {
    purpose: "reply",
    channel: message.channel,
    to: { number: sender.number ?? undefined, email: sender.address ?? undefined },
    ...(sender.accountId !== null && { accountId: sender.accountId }),
    regarding: wanted.ticketId === undefined ? `message:${message.id}` : `ticket:${wanted.ticketId}`,
    template: wanted.template,
    locale: localeOf(`${message.subject} ${message.body}`),
    variables: wanted.variables,
    uniqueKey: `message:${message.id}`,
    notBefore: await sendingTime(context, message),
    ...(message.internetMessageId !== "" && { inReplyTo: message.internetMessageId }),
  });
  return { answerId: messageId, noAnswer: "" };
};
