/**
 * Messaging (消息): one message to one person, and what people write to us.
 *
 * - message (外发消息)    purpose (用途) and recipient once per step; queued (待发) until somebody sends it
 * - received (来信)       an SMS or a mail as it came (原文), then what was read from it
 * - quarantine (隔离)     what could not be read, with the reason; read again by a person (重放)
 * - refusal (退订)        STOP by a number ends greetings and surveys, never notices of service
 */
export {
  cancelMessages,
  mayReceive,
  type NewMessage,
  queueMessage,
  type QueuedMessage,
} from "./queue-message.ts";
export {
  allowedBy,
  MESSAGE_PURPOSES,
  type MessagePurpose,
  STOPPED_PURPOSES,
  type StoppedPurpose,
} from "./purposes.ts";
export {
  addressOf,
  foldMailAddress,
  mailRecipient,
  maskRecipient,
  numberOf,
  personRecipient,
  type Recipient,
  telRecipient,
} from "./recipient.ts";
export { messagingRoutes } from "./routes.ts";
export { GATEWAY_SMS_PATH, TWILIO_SMS_PATH } from "./sms-routes.ts";
export { type InboundSms, receiveSms, type StoredInbound } from "./receive-sms.ts";
export { listMailboxes, type MailboxRow } from "./mail/mailbox-queries.ts";
export {
  type AttachmentRow,
  countQuarantined,
  findMentionedReceived,
  findReceived,
  findReceivedAttachments,
  type ReceivedMessage,
} from "./received-queries.ts";
export { findMessageOfThreadKey, recordContactRefusal, takeAnswerOfDay } from "./outbox-queries.ts";
export { ownMessageId, threadKeyOf } from "./mail/message-ids.ts";
export {
  type MailboxLoop,
  MAILBOX_LOOP_SETTINGS,
  mailboxName,
  startMailboxLoop,
} from "./mail/mailbox-loop.ts";
export { openMailParser } from "./mail/parse-apart.ts";
export { readStoredMail } from "./mail/read-mail.ts";
export { storeMail } from "./mail/store-mail.ts";
export { originalReply } from "./original.ts";
export { forgetMessageBytes, MESSAGE_RETENTION_DAYS } from "./forget.ts";
