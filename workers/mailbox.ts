/** The customer mailbox, read in the worker process while one is set up. */
import { startMailboxLoop } from "#src/messages/messaging/index.ts";
import type { MailboxConfig } from "#src/platform/config-mail.ts";
import type { Loop } from "#src/platform/outbox.ts";
import type { Services } from "./services.ts";

export const startMailbox = ({ platform, log }: Services, mailbox: MailboxConfig | undefined): Loop[] =>
  mailbox === undefined ? [] : [startMailboxLoop(platform, mailbox, log)];
