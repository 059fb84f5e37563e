/**
 * News of a refund (退费进度): whoever asked about one hears that somebody has taken it, and that it is dealt with. Told by the number that
 * the case came from; what is paid out, and by which way, stands in the case and is said by people.
 */
import { queueMessage } from "#src/messages/messaging/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Ticket } from "./schema.ts";
import type { TicketState } from "./states.ts";

const CATEGORY = "payment.refund-progress";
const WORDS: Readonly<Partial<Record<TicketState, string>>> = {
  accepted: "已受理，正在核对",
  waiting: "正在等待补充资料或银行处理",
  resolved: "已处理完毕",
  closed: "已办结",
};

/** Queued with the change, once for each; nothing for other cases, and nothing without a number. */
export const tellRefundNews = async (
  context: CommandContext,
  ticket: Ticket,
  to: TicketState,
): Promise<void> => {
  const state = WORDS[to];
  // Dealt with and closed is one piece of news.
  const isSaid = ticket.state === to || (ticket.state === "resolved" && to === "closed");
  if (ticket.categoryCode !== CATEGORY || state === undefined || isSaid || ticket.callerNumber === null) {
    return;
  }
  await queueMessage(context, {
    purpose: "case-update",
    channel: "sms",
    to: { number: ticket.callerNumber },
    accountId: ticket.accountId ?? undefined,
    // An answer comes back to the case.
    regarding: `ticket:${ticket.id}`,
    template: "refund-news",
    variables: { ticketNo: ticket.ticketNo, state },
    uniqueKey: `refund:${ticket.id}:${ticket.version}:${to}`,
  });
};
