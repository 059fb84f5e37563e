/**
 * Without a provider (the default): nothing leaves the house, and what would have been sent is kept for a newcomer to read, by
 * `nuan messages`, `GET /outbox` or its page. Recipients are masked, the words are whole. Nothing follows: accepted is the end.
 */
import type { Platform } from "#src/platform/route.ts";
import { maskRecipient } from "../recipient.ts";
import { segmentsOf, signed } from "../templates/segments.ts";
import { type NewOutboxEntry, insertOutboxEntry } from "./outbox-viewer-queries.ts";
import type { MailOrder, MailPort, SendAnswer, SmsOrder, SmsPort } from "./port.ts";

type Places = Pick<Platform, "database" | "clock">;

const keep = async ({ database, clock }: Places, entry: Omit<NewOutboxEntry, "now">): Promise<SendAnswer> => {
  const { id } = await insertOutboxEntry(database.sql, { ...entry, now: clock.now() });
  return {
    kind: "accepted",
    providerMessageId: `outbox-${id}`,
    segments: entry.segments,
    costMilliFen: null,
  };
};

export const outboxSms = (places: Places): SmsPort => ({
  name: "outbox",
  receipts: false,
  concurrency: 8,
  send: (order: SmsOrder) =>
    keep(places, {
      messageId: order.messageId,
      channel: "sms",
      recipient: maskRecipient(`tel:${order.to}`),
      subject: "",
      body: signed(order.text, order.signature),
      html: null,
      segments: segmentsOf(order.text, order.signature).segments,
    }),
});

export const outboxMail = (places: Places): MailPort => ({
  name: "outbox",
  receipts: false,
  concurrency: 8,
  send: (order: MailOrder) =>
    keep(places, {
      messageId: order.messageId,
      channel: "email",
      recipient: maskRecipient(`mailto:${order.to}`),
      subject: order.subject,
      body: order.text,
      html: order.html,
      segments: null,
    }),
});
