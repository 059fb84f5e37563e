/**
 * From bytes to a message. stored > read, and then `message.received` is announced; or stored > quarantined with a reason, and
 * a person may have it read again. A try is counted before the bytes are looked at, so a mail that kills its reader is put
 * away after the third.
 */
import { assert } from "#src/kernel/errors.ts";
import { type Actor, systemActor } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
import { cleanText } from "../clean-text.ts";
import { beginReading, countRecentOfSender, markQuarantined, markRead } from "../received-queries.ts";
import { keepAttachments } from "./attachments.ts";
import { guardMail } from "./loop-guard.ts";
import { threadKeyOf } from "./message-ids.ts";
import type { MailParserApart, ParseOutcome } from "./parse-apart.ts";
import type { ParsedCustomerMail } from "./parse-mail.ts";
import { recordBounce } from "./record-bounce.ts";

export type MailReading = {
  readonly parser: Pick<MailParserApart, "parse">;
  /** Our own addresses, in lower case. */
  readonly ownAddresses: readonly string[];
  /** A person has looked: the sender's rate is no reason any more. */
  readonly released?: boolean;
};

export type ReadOutcome = "read" | "quarantined" | "not-stored";

const MOST_TRIES = 3;
/** A household writes a few mails an hour; two machines that answer each other write hundreds. */
const MOST_OF_SENDER_PER_HOUR = 20;
const HOUR_MS = 3_600_000;

type Refused = { readonly reason: string; readonly problem: string };

const putAway = async (
  platform: Pick<Platform, "commands">,
  actor: Actor,
  id: bigint,
  refused: Refused,
  mail?: ParsedCustomerMail,
): Promise<ReadOutcome> => {
  await platform.commands.run({ name: "mail.quarantine", actor }, async ({ sql, audit }) => {
    const isMine = await markQuarantined(sql, {
      id,
      reason: refused.reason,
      details: cleanText(refused.problem, 500).text,
      sender: senderOf(mail),
      subject: mail?.subject ?? "",
    });
    if (isMine) audit({ subject: `message:${id}`, details: { quarantined: refused.reason } });
  });
  return "quarantined";
};

const senderOf = (mail: ParsedCustomerMail | undefined): string =>
  mail === undefined || mail.from === null ? "" : `mailto:${mail.from}`;

const isOwnMessageId = (id: string): boolean => threadKeyOf(id) !== null;

const keep = async (
  platform: Pick<Platform, "commands">,
  actor: Actor,
  id: bigint,
  mail: ParsedCustomerMail,
  reading: MailReading,
  notes: readonly string[],
): Promise<ReadOutcome> => {
  const verdict = guardMail(mail.marks, { addresses: reading.ownAddresses, isOwnMessageId });
  const { result } = await platform.commands.run(
    { name: "mail.read", actor },
    async (context): Promise<"read" | "not-stored" | Refused> => {
      const { sql, now } = context;
      const sender = senderOf(mail);
      const since = new Date(now.getTime() - HOUR_MS);
      // A machine's mail opens no case: a hundred bounces after a mailing are kept like any other.
      const isCounted = sender !== "" && verdict.automatic === "";
      const recent = isCounted ? await countRecentOfSender(sql, { sender, since }) : 0;
      if (recent >= MOST_OF_SENDER_PER_HOUR && reading.released !== true) {
        return {
          reason: "mail.sender-rate",
          problem: `more than ${MOST_OF_SENDER_PER_HOUR} mails in an hour`,
        };
      }
      const isMine = await markRead(sql, {
        id,
        now,
        sender,
        recipient: mail.to === "" ? "" : `mailto:${mail.to}`,
        subject: mail.subject,
        body: mail.text,
        readingNotes: [...mail.notes, ...notes].join("; "),
        internetMessageId: cleanText(mail.messageId, 250).text,
        mentionedIds: mail.mentionedIds.map((one) => cleanText(one, 250).text),
        ...verdict,
      });
      if (!isMine) return "not-stored";
      await keepAttachments(context, id, mail.attachments);
      if (mail.bounce !== null) await recordBounce(context, id, mail.bounce);
      const { automatic } = verdict;
      context.audit({
        subject: `message:${id}`,
        details: { read: true, automatic, attachments: mail.attachments.length },
      });
      context.emit({
        type: "message.received",
        subject: `message:${id}`,
        payload: { messageId: String(id) },
      });
      return "read";
    },
  );
  return typeof result === "string" ? result : putAway(platform, actor, id, result, mail);
};

/**
 * Reads one stored mail. Repeating is safe: only what is `stored` is read. Whatever the bytes are, it ends as read or in
 * quarantine; only a database that does not answer makes it throw.
 */
export const readStoredMail = async (
  platform: Pick<Platform, "commands" | "database">,
  id: bigint,
  reading: MailReading,
  actor: Actor = systemActor("mailbox"),
): Promise<ReadOutcome> => {
  const begun = await beginReading(platform.database.sql, id);
  if (begun === null) return "not-stored";
  if (begun.tries > MOST_TRIES) {
    return putAway(platform, actor, id, {
      reason: "mail.kills-reader",
      problem: "the process ended while it was read, three times",
    });
  }
  const { raw, rawSize } = begun;
  assert(raw !== null, "what waits to be read has its bytes");
  const outcome: ParseOutcome = await reading.parser.parse(raw);
  if (!("mail" in outcome)) return putAway(platform, actor, id, outcome);
  const notes = rawSize > BigInt(raw.byteLength) ? ["only the beginning"] : [];
  return keep(platform, actor, id, outcome.mail, reading, notes);
};
