/**
 * Queueing a message. It is a row and an event and nothing else: whoever sends takes it from there, and reads consent, debt
 * and quiet hours again at that moment.
 *
 *   queued > claimed > calling > accepted | rejected | unknown > delivered | undelivered | expired
 *   queued > skipped (consent) | cancelled (its reason is gone)
 *
 * `calling` is committed before the provider is asked; a process that dies there leaves a message of which nobody knows
 * whether it went, and nothing sends that again by itself.
 */
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import { findConsent, type Purpose } from "#src/town/accounts/index.ts";
import { insertMessageAttachments } from "./attachment-queries.ts";
import {
  cancelQueued,
  findContactRefusal,
  findMessageOfKey,
  insertMessage,
  type MessageChannel,
} from "./outbox-queries.ts";
import { allowedBy, MESSAGE_PURPOSES, type MessagePurpose } from "./purposes.ts";
import { announceFailed, leavesUntold } from "./sending/failed.ts";
import { mailRecipient, personRecipient, type Recipient, telRecipient } from "./recipient.ts";

export type NewMessage = {
  readonly purpose: MessagePurpose;
  readonly channel: MessageChannel;
  /** A number or an address is the recipient; else the person, whose number is read when it is sent. */
  readonly to: {
    readonly number?: string | undefined;
    readonly email?: string | undefined;
    readonly personId?: bigint | undefined;
  };
  readonly accountId?: bigint | undefined;
  /** What it is about, `ticket:17`: an answer to it comes back there. */
  readonly regarding?: string | undefined;
  /** Name of the text in `templates/`: `appointment-made`. */
  readonly template: string;
  readonly locale?: "zh-CN" | "en" | undefined;
  readonly variables: Readonly<Record<string, string | number>>;
  /** With purpose and recipient: the same is queued once, whatever became of it (`work-order:4:slot-1`). */
  readonly uniqueKey: string;
  readonly notBefore?: Date | undefined;
  /** After this it is of no use to anybody. */
  readonly expiresAt?: Date | undefined;
  /** The staff member on duty who said that it may go in quiet hours (a sudden outage). */
  readonly quietWordBy?: bigint | undefined;
  /** Message-ID of the mail that this answers. */
  readonly inReplyTo?: string | undefined;
  /** Stored files that hang on a mail, in this order; five at most. */
  readonly attachments?: readonly bigint[] | undefined;
};

export type QueuedMessage = {
  readonly messageId: bigint;
  /** False when it was queued before, or is skipped because the person refused it. */
  readonly queued: boolean;
};

const recipientOf = ({ channel, to }: NewMessage): Recipient => {
  if (channel === "email") {
    if (to.email !== undefined) return mailRecipient(to.email);
  } else if (to.number !== undefined) return telRecipient(to.number);
  if (to.personId === undefined) fail("message.no-recipient", "this message goes to nobody");
  return personRecipient(to.personId);
};

/**
 * Whether consent allows it now: the last word of the person, and STOP by the number itself. Read when a message is queued
 * and again when it is claimed; between the two a person may have spoken.
 */
export const mayReceive = async (
  sql: Sql,
  message: {
    readonly consent: Purpose | null;
    readonly personId: bigint | null;
    readonly recipient: Recipient;
  },
): Promise<boolean> => {
  const { consent, personId, recipient } = message;
  if (consent === null) return true;
  const refusal = await findContactRefusal(sql, { recipient, purpose: consent });
  if (refusal?.refused === true) return false;
  const word = personId === null ? null : await findConsent(sql, personId, consent);
  return allowedBy(consent, word?.granted ?? null);
};

/**
 * Records one message to one person. Repeating is safe: purpose, recipient and `uniqueKey` are one message. What the person
 * has refused is recorded as skipped, so that a question "why did I get nothing" has an answer.
 * @throws DomainError `message.no-recipient`, `message.address-unreadable`, `phone.unreadable`
 */
export const queueMessage = async (context: CommandContext, wanted: NewMessage): Promise<QueuedMessage> => {
  const { sql, now, actor } = context;
  const recipient = recipientOf(wanted);
  const { consent, priority } = MESSAGE_PURPOSES[wanted.purpose];
  const personId = wanted.to.personId ?? null;
  const allowed = await mayReceive(sql, { consent, personId, recipient });
  const key = { purpose: wanted.purpose, recipient, step: wanted.uniqueKey };
  const inserted = await insertMessage(sql, {
    ...key,
    channel: wanted.channel,
    personId,
    accountId: wanted.accountId ?? null,
    regarding: wanted.regarding ?? "",
    consent: consent ?? "",
    template: wanted.template,
    locale: wanted.locale ?? "zh-CN",
    variables: JSON.stringify(wanted.variables),
    inReplyTo: wanted.inReplyTo ?? "",
    state: allowed ? "queued" : "skipped",
    reason: allowed ? "" : "no-consent",
    notBefore: wanted.notBefore ?? now,
    expiresAt: wanted.expiresAt ?? null,
    priority,
    quietWordBy: wanted.quietWordBy ?? null,
    now,
    queuedBy: staffIdOf(actor),
  });
  if (inserted === null) return { messageId: (await findMessageOfKey(sql, key)).id, queued: false };
  const { id } = inserted;
  const { attachments: fileIds = [] } = wanted;
  if (fileIds.length > 0) await insertMessageAttachments(sql, { messageId: id, fileIds });
  context.audit({
    subject: `outgoing:${id}`,
    details: { purpose: wanted.purpose, channel: wanted.channel, template: wanted.template, queued: allowed },
  });
  // Refused, and still somebody comes: then somebody rings.
  if (!allowed && leavesUntold(wanted.purpose, "no-consent")) announceFailed(context, [id]);
  if (allowed)
    context.emit({ type: "message.queued", subject: `outgoing:${id}`, payload: { messageId: String(id) } });
  return { messageId: id, queued: allowed };
};

/**
 * Takes back what was queued for one step and has not been claimed yet, to whomever; answers how many. Repeating is safe.
 * @param reason why, for the list; no personal data
 */
export const cancelMessages = async (
  context: CommandContext,
  cancel: { readonly purpose: MessagePurpose; readonly uniqueKey: string; readonly reason: string },
): Promise<number> => {
  const taken = await cancelQueued(context.sql, {
    purpose: cancel.purpose,
    step: cancel.uniqueKey,
    reason: cancel.reason,
    now: context.now,
  });
  for (const { id } of taken)
    context.audit({ subject: `outgoing:${id}`, details: { cancelled: cancel.reason } });
  return taken.length;
};
