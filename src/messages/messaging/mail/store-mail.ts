/** A mail as it came: its bytes are kept before anybody reads them. */
import { systemActor } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
import { findReceivedOfKey, insertReceived, markQuarantined } from "../received-queries.ts";
import { advanceMailbox, insertSighting } from "./mailbox-queries.ts";
import { mailDigest } from "./mail-identity.ts";

export const MAIL_PROVIDER = "mail";

export type FetchedMail = {
  readonly mailboxId: bigint;
  readonly uidValidity: bigint;
  readonly uid: bigint;
  /** The whole mail, or its beginning when it is larger than what is taken. */
  readonly raw: Uint8Array;
  readonly size: number;
  /** Set when the server does not give the mail out: there is nothing to read, and a person must look into the mailbox. */
  readonly problem?: string;
};

export type StoredMail = { readonly messageId: bigint; readonly isNew: boolean };

/**
 * Stores a mail with where it was seen, and moves the mailbox's cursor behind it, in one transaction. Repeating is safe: the
 * sighting is unique by mailbox, UIDVALIDITY and UID, the message by its digest. A mail of which only the beginning was taken
 * goes to quarantine.
 */
export const storeMail = async (
  platform: Pick<Platform, "commands">,
  mail: FetchedMail,
): Promise<StoredMail> => {
  const { mailboxId, uidValidity, uid, raw, size, problem } = mail;
  const { result } = await platform.commands.run(
    { name: "mail.store", actor: systemActor("mailbox") },
    async ({ sql, now, audit }): Promise<StoredMail> => {
      const key = { provider: MAIL_PROVIDER, providerMessageId: mailDigest(raw, size) };
      const inserted = await insertReceived(sql, {
        ...key,
        channel: "email",
        receivedAt: now,
        raw,
        rawSize: size,
        rawHeaders: "{}",
      });
      const messageId = inserted?.id ?? (await findReceivedOfKey(sql, key)).id;
      await insertSighting(sql, { mailboxId, uidValidity, uid, messageId, now });
      await advanceMailbox(sql, { id: mailboxId, uidValidity, uid });
      if (inserted === null) return { messageId, isNew: false };
      audit({ subject: `message:${messageId}`, details: { provider: MAIL_PROVIDER, bytes: size } });
      const isPart = size > raw.byteLength;
      if (isPart || problem !== undefined) {
        await markQuarantined(sql, {
          id: messageId,
          reason: isPart ? "mail.too-large" : "mail.unfetchable",
          details: problem ?? `${size} bytes; the mailbox has the whole of it`,
          sender: "",
          subject: "",
        });
      }
      return { messageId, isNew: true };
    },
  );
  return result;
};
