/**
 * What the household is told (预约短信): when somebody comes, that nobody was at home, that nobody comes. Each once per order and
 * step; the messages are queued with the change and sent by somebody else.
 */
import type { CommandContext } from "#src/platform/command.ts";
import { contactTimeFrom } from "#src/office/calendars/index.ts";
import { cancelMessages, queueMessage } from "#src/messages/messaging/index.ts";
import { formatOrderNo } from "./order-kinds.ts";
import { findTicketIds, type OrderRow } from "./order-queries.ts";
import { formatSlot } from "./slots.ts";

/** The texts, in `templates/sms`, with what each is given. */
export const APPOINTMENT_TEXTS = {
  "appointment-made": ["orderNo", "slot"],
  "appointment-moved": ["orderNo", "slot"],
  "appointment-missed": ["orderNo"],
  "appointment-cancelled": ["orderNo"],
} as const;

const slotStep = (order: OrderRow, count: number): string => `work-order:${order.id}:slot-${count}`;

/** What a household needs to be at home, or to leave. */
const LEAD_MS = 3_600_000;

/** Nobody is woken for what can wait for the morning; who expects somebody before then is told at once. */
const sendingTime = async ({ sql, now }: CommandContext, visitAt: Date | undefined): Promise<Date> => {
  const morning = await contactTimeFrom(sql, now);
  return visitAt !== undefined && visitAt.getTime() < morning.getTime() + LEAD_MS ? now : morning;
};

const say = async (
  context: CommandContext,
  order: OrderRow,
  message: {
    readonly template: keyof typeof APPOINTMENT_TEXTS;
    readonly step: string;
    readonly expiresAt?: Date | undefined;
    /** When somebody comes, or was to come: the household must know before. */
    readonly visitAt?: Date | undefined;
    readonly variables?: Readonly<Record<string, string>> | undefined;
  },
): Promise<void> => {
  // Nobody to tell: the order says so by its empty contact, and the crew rings the bell.
  if (order.contactNumber === "") return;
  const [ticketId] = await findTicketIds(context.sql, [order.id]);
  await queueMessage(context, {
    purpose: "appointment",
    channel: "sms",
    to: { number: order.contactNumber },
    accountId: order.accountId ?? undefined,
    // An answer comes back to the case that waits, where somebody reads it.
    regarding: ticketId === undefined ? `work-order:${order.id}` : `ticket:${ticketId}`,
    template: message.template,
    variables: { orderNo: formatOrderNo(order.id), ...message.variables },
    uniqueKey: message.step,
    notBefore: await sendingTime(context, message.visitAt),
    expiresAt: message.expiresAt,
  });
};

const dropSlot = async (context: CommandContext, order: OrderRow, reason: string): Promise<void> => {
  if (order.slotCount === 0) return;
  await cancelMessages(context, {
    purpose: "appointment",
    uniqueKey: slotStep(order, order.slotCount),
    reason,
  });
};

/** A new window replaces what was said of the one before, if nobody has sent that yet. */
export const saySlot = async (
  context: CommandContext,
  order: OrderRow,
  { slot, count }: { readonly slot: { readonly from: Date; readonly until: Date }; readonly count: number },
): Promise<void> => {
  await dropSlot(context, order, "another window was agreed");
  await say(context, order, {
    template: count === 1 ? "appointment-made" : "appointment-moved",
    step: slotStep(order, count),
    expiresAt: slot.until,
    visitAt: slot.from,
    variables: { slot: formatSlot(slot.from, slot.until) },
  });
};

export const sayNotHome = (context: CommandContext, order: OrderRow, visit: number): Promise<void> =>
  say(context, order, { template: "appointment-missed", step: `work-order:${order.id}:missed-${visit}` });

/** Only who was told that somebody comes is told that nobody does. */
export const sayCancelled = async (context: CommandContext, order: OrderRow): Promise<void> => {
  if (order.state !== "scheduled") return;
  await dropSlot(context, order, "the order was cancelled");
  await say(context, order, {
    template: "appointment-cancelled",
    step: `work-order:${order.id}:cancelled`,
    visitAt: order.slotFrom ?? undefined,
  });
};
