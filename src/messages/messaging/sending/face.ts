/** What other rooms hand to the sending of messages: their re-reads at claim time, and many messages at once. */
import type { Sql } from "#src/platform/sql.ts";
import type { MessageChannel } from "../outbox-queries.ts";
import type { MessagePurpose } from "../purposes.ts";
import type { Recipient } from "../recipient.ts";
import type { WordsPins } from "../templates/book.ts";

/** One home of one claimed message. A message about several homes comes once for each of them. */
export type ClaimedHome = {
  readonly messageId: bigint;
  readonly purpose: string;
  readonly step: string;
  readonly regarding: string;
  readonly accountId: bigint | null;
  readonly personId: bigint | null;
};

/**
 * What another room reads again just before a message is called: paid meanwhile, dispute opened, notice stopped. Set-based:
 * one or two statements for all of them. `workers/claim-checks.ts` lists every check.
 */
export type ClaimCheck = {
  readonly name: string;
  /** Asked for messages whose purpose begins so: `payment-notice`; '' for all. */
  readonly purposePrefix: string;
  /**
   * Answers homes that are not to be told: the reason (kebab-case, no personal data). A message that is about several homes
   * goes on without them, and is skipped when none is left. `{ until }` puts the whole message off (a paused notice).
   * `{ to }` is who is told for the home by now (`tel:`, `mailto:`, of the channel of the message): the message goes there, whoever it
   * was queued for; of several homes such a one is left out (`way-changed`). `{ amountFen }` is what a home has to pay now: the text says the sum of the homes that it names (`amount`).
   */
  check(sql: Sql, homes: readonly ClaimedHome[], now: Date): Promise<readonly ClaimVerdict[]>;
};

export type ClaimVerdict = {
  readonly messageId: bigint;
  readonly accountId: bigint | null;
} & (
  | { readonly reason: string }
  | { readonly until: Date }
  | { readonly to: Recipient }
  /** What is open on the home now, or was paid for it: `amount` of the text is the sum over the homes that it names. */
  | { readonly amountFen: bigint }
  /** The words that were approved with it, by channel: those are sent, whatever the template has become since. */
  | { readonly pins: WordsPins }
);

/**
 * Many messages of one purpose by one statement. `select` is the asking room's own SQL (with its bindings, named otherwise
 * than those here) and yields one row per home:
 *
 *   recipient text (`tel:+86...`, `mailto:a@b`, `person:12`), person_id bigint, account_id bigint,
 *   label text (how the text names the home), variables jsonb
 *
 * Rows of one recipient become one message that names all their homes (`homes`, `homeCount`; `variables` of the first by
 * account), so one call must see all rows of a recipient. Unique (purpose, recipient, step): repeating queues nothing twice.
 */
export type ManyMessages = {
  readonly purpose: MessagePurpose;
  readonly channel: MessageChannel;
  readonly step: string;
  readonly regarding: string;
  readonly template: string;
  readonly locale?: "zh-CN" | "en";
  readonly notBefore?: Date;
  readonly expiresAt?: Date;
  /** The duty officer who said that it may go at night (staff id): a sudden outage. */
  readonly quietWordBy?: bigint;
  readonly select: string;
  readonly bindings: Readonly<Record<string, unknown>>;
};

/** `queued` messages are new; `homes` how many homes they name. */
export type QueuedMany = { readonly queued: number; readonly homes: number };
