/**
 * What carries a message out of the house (短信通道、邮件通道). One file per adapter; which one is used is a setting
 * (`choose-ports.ts`). Nothing here is called inside a transaction, and an adapter never repeats a call by itself: whether a
 * message may be sent again is decided by its row alone.
 *
 * An answer is only what is surely known. Refused before anything left (no connection, 4xx, 5xx that the provider documents
 * as "not taken") is `rejected`; whatever is thrown (a reset or a timeout after the request left, an answer that cannot be
 * read) counts as `unknown`, and the provider is asked later.
 */
export type SendAnswer =
  | {
      readonly kind: "accepted";
      /** The provider's own id; receipts name it. For mail the Message-ID. */
      readonly providerMessageId: string;
      /** As the provider counts; null when it does not say. */
      readonly segments: number | null;
      /** Thousandths of a fen; null when the provider does not say. */
      readonly costMilliFen: bigint | null;
    }
  /** Surely not sent. `permanent`: the same again would be refused again. The code is the provider's, without personal data. */
  | { readonly kind: "rejected"; readonly code: string; readonly permanent: boolean }
  /** Too many (429): nothing of this channel goes out before. */
  | { readonly kind: "limited"; readonly retryAfterMs: number };

/** What a provider says of one message when it is asked, or by a receipt. */
export type ProviderState = {
  /**
   * `absent`: the provider is certain that it never took it (looked up by our own reference, or its list of that number
   * and time is complete); then it is sent. An adapter that cannot be certain answers null.
   */
  readonly state: "accepted" | "delivered" | "undelivered" | "expired" | "rejected" | "absent";
  readonly providerMessageId: string | null;
  /** The provider's code of the failure, '' when there is none. */
  readonly code: string;
  readonly segments: number | null;
  readonly costMilliFen: bigint | null;
};

/** A question about one message, asked by the janitor. */
export type ProviderQuestion = {
  /** Ours; an adapter that gave it along as a reference asks by it. */
  readonly messageId: bigint;
  /** Null when the answer was lost: then by reference, or by number and time. */
  readonly providerMessageId: string | null;
  /** Number in E.164, or mail address. */
  readonly to: string;
  /** When it was called, a minute before that is early enough. */
  readonly since: Date;
  /** The provider's ids of other messages of ours to the same address in these minutes: none of them is this one. */
  readonly others: readonly string[];
  /** Whether another one to the same address in these minutes has no id either: then an id may be the one's or the other's. */
  readonly hasRival: boolean;
};

export type SmsOrder = {
  /** Ours: given along as reference where the provider takes one, so that receipts and questions can name it. */
  readonly messageId: bigint;
  /** E.164. */
  readonly to: string;
  /** Filled text without the signature. */
  readonly text: string;
  /** The provider's id of the approved text, where it sends by template. */
  readonly templateId: string | null;
  /** Values of the template, as text, in the order that it declares. */
  readonly variables: Readonly<Record<string, string>>;
  /** Without 【】. */
  readonly signature: string;
};

export type MailOrder = {
  readonly messageId: bigint;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  /** Message-ID of this mail, stable: the same message has the same one however often it is sent. */
  readonly internetMessageId: string;
  /** '' or the Message-ID that it answers. */
  readonly inReplyTo: string;
  readonly attachments: readonly SentFile[];
};

/** What hangs on a mail. */
export type SentFile = { readonly fileName: string; readonly mediaType: string; readonly bytes: Buffer };

type Port<Order> = {
  /** Stored with the message; receipts come under the same name: `gateway`, `twilio`, `smtp`, `outbox`. */
  readonly name: string;
  /** Whether receipts follow: without, `accepted` is the end. */
  readonly receipts: boolean;
  /** The most calls at once that this adapter is made for. */
  readonly concurrency: number;
  /** @throws whenever it is not known whether the provider has it */
  send(order: Order): Promise<SendAnswer>;
  /** Asks what became of it; null when the provider cannot say. Errors count as null, and it is asked again later. */
  ask?(question: ProviderQuestion): Promise<ProviderState | null>;
};

export type SmsPort = Port<SmsOrder>;
export type MailPort = Port<MailOrder>;

/** Voice goes through platform/telephony (an acknowledged call is a row there, and its end an event). */
export type MessagePorts = { readonly sms: SmsPort; readonly email: MailPort };

/** A message as its template makes it. */
export type RenderedMessage = {
  /** Of a mail; '' else. */
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  /** What a voice reads, one after the other. */
  readonly sentences: readonly string[];
  /** Which version of the text it was: stored with the message. */
  readonly templateVersion: string;
  /** Of an SMS: the provider's approved template, null where it sends free text. */
  readonly providerTemplateId: string | null;
  readonly variables: Readonly<Record<string, string>>;
  readonly signature: string;
};

/**
 * Fills a template; implemented by `templates/`. `homes` (labels joined by 、) and `homeCount` are among the values of
 * every message that is about homes.
 * @throws DomainError when there is no such template or a value is missing: the message becomes a dead letter
 */
export type RenderMessage = (message: {
  readonly template: string;
  readonly channel: "sms" | "email" | "voice";
  readonly locale: "zh-CN" | "en";
  readonly values: Readonly<Record<string, string | number>>;
  /** The provider that carries it: its template id is wanted. */
  readonly provider: string;
  /** The words that were approved with it (`LoadedTemplate.pin`); left out: those of now. */
  readonly pin?: string | undefined;
}) => Promise<RenderedMessage>;

/**
 * A report on one message (回执), pushed or pulled. It may be late, come twice and overtake another; `recordReceipts` takes
 * all of that. Verified by its adapter before.
 */
export type Receipt = {
  readonly provider: string;
  /** The provider's id of this report, or what makes it this report (message id and status). */
  readonly eventId: string;
  readonly providerMessageId: string | null;
  /** Our reference, where the provider gives it back. */
  readonly messageId: bigint | null;
  readonly state: "accepted" | "delivered" | "undelivered" | "expired" | "rejected";
  readonly code: string;
  /** When the provider says it happened. */
  readonly at: Date;
  readonly segments: number | null;
  readonly costMilliFen: bigint | null;
};
