/**
 * Messaging (消息): one message to one person, and what people write to us.
 *
 * - message (外发消息)    purpose (用途) and recipient once per step; queued (待发) until it is claimed and called
 * - claim (领取)          who sends it now, with a fence; what changed since it was queued is read again (发送前复核)
 * - unknown (结果不明)    called, and nobody knows whether the provider has it: asked (核对), then a person decides (人工判定)
 * - receipt (回执)        the provider's report; moves a message forward, never back
 * - gate (通道状态)       what a channel may do now: rate, pause (429), circuit breaker (熔断)
 * - words of the house (改版) words that the house wrote itself: a version two people approved, live from then or from a day on
 * - template (模板)       the words of a message, with declared variables; provider's approval (模板审核), signature (签名), segments (计费条数)
 * - outbox viewer (发件箱) what would have been sent while no provider is set up
 * - bounce (退信)         a server's word that a mail did not arrive
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
export { allowedBy, MESSAGE_PURPOSES, type MessagePurpose, STOPPED_PURPOSES } from "./purposes.ts";
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
export { GATEWAY_RECEIPTS_PATH } from "./receipt-routes.ts";
export { type InboundSms, receiveSms, type StoredInbound } from "./receive-sms.ts";
export { listMailboxes, type MailboxRow } from "./mail/mailbox-queries.ts";
export {
  type AttachmentRow,
  countQuarantined,
  findMentionedReceived,
  findQuarantined,
  findReceived,
  findReceivedAttachments,
  type ReceivedMessage,
} from "./received-queries.ts";
export { putBackReceived, settleReceived } from "./settle-received.ts";
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
export type {
  MailOrder,
  MailPort,
  MessagePorts,
  ProviderQuestion,
  ProviderState,
  Receipt,
  RenderedMessage,
  RenderMessage,
  SendAnswer,
  SentFile,
  SmsOrder,
  SmsPort,
} from "./ports/port.ts";
export { pullReceiptsOnce } from "./ports/pull-receipts.ts";
export { listReceiptPulls } from "./ports/receipt-pull-queries.ts";
export { findOutboxEntries, type OutboxEntry } from "./ports/outbox-viewer-queries.ts";
export { checkSignature, lintValue, type LintReport } from "./templates/lint-template.ts";
export { lintAllTemplates, lintOtherWords } from "./templates/lint-all.ts";
export { isSpokenTime } from "./templates/declaration.ts";
export { readSegmentPrice, STANDARD_SEGMENT_MILLI_FEN } from "./templates/segment-price.ts";
export { hasTemplate } from "./templates/catalog.ts";
export { pinsOf, readTemplateBook, readTexts, type TemplateTexts, type WordsPins } from "./templates/book.ts";
export { loadTemplate, type FilledTemplate, type LoadedTemplate } from "./templates/load-template.ts";
export { keepProgramWords } from "./templates/said-words.ts";
export { askWords, draftWords } from "./templates/write-words.ts";
export { messageRenderer, STANDARD_SIGNATURE } from "./templates/render-message.ts";
export { type Segments, segmentsOf } from "./templates/segments.ts";
export { choosePorts } from "./ports/choose-ports.ts";
export type { ClaimCheck, ClaimedHome, ClaimVerdict, ManyMessages, QueuedMany } from "./sending/face.ts";
export { queueMany } from "./sending/queue-many.ts";
export { dispatchOnce, SEND_JOB, VOICE_PROVIDER } from "./sending/dispatch.ts";
export { sendBatch } from "./sending/send-batch.ts";
export type { SendDependencies } from "./sending/wave.ts";
export { SENDING_SETTINGS, type SendingSettings } from "./sending/settings.ts";
export { askProviders, sweepMessages } from "./sending/janitor.ts";
export { recordReceipts, takeReceipts } from "./sending/receipts.ts";
export { spokenMessageSubscriber } from "./sending/call-voice.ts";
export { countDead, readBacklog, readGates } from "./sending/figure-queries.ts";
export { forgetMessageBytes, MESSAGE_RETENTION_DAYS } from "./forget.ts";
export { cancelRegarding, type ChunkDone, firstUnsentRegarding, moveRegarding } from "./regarding-queries.ts";
