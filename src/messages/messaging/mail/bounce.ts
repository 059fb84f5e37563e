/**
 * Bounces (退信): a server's word that a mail of ours did not arrive. Known by the null sender or a delivery report, and by our own
 * Message-ID in what it gives back, which holds a key that nobody can guess. A delay or an automatic answer is none. Pure.
 */
import { threadKeyOf } from "./message-ids.ts";
import type { MailMarks } from "./loop-guard.ts";

export type Bounce = {
  /** Of the mail that came back. */
  readonly threadKey: string;
  /** `5.1.1` as RFC 3463 says, or 5.0.0 where the server says it in prose. */
  readonly status: string;
};

const OWN_ID = /nuan\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}@[a-z0-9.-]{1,253}/i;
const SERVERS = /^(?:mailer-daemon|postmaster|mail-?daemon)@/i;
/** How servers here say it without a report. */
const IN_PROSE =
  /退信|退回|无法投递|投递失败|undeliver|returned mail|delivery (?:has )?fail|failure notice|could not be delivered/i;
const LONGEST_GIVEN_BACK = 64 * 1024;

type Returned = {
  readonly marks: MailMarks;
  readonly subject: string;
  /** With the delivery report in it, as mailparser gives it. */
  readonly text: string;
  readonly mentionedIds: readonly string[];
  readonly attachments: readonly { readonly declaredType: string; readonly content: Uint8Array }[];
};

const keyIn = (text: string): string | null => threadKeyOf(OWN_ID.exec(text)?.[0] ?? "");

const ownKey = ({ mentionedIds, attachments, text }: Returned): string | null => {
  for (const { declaredType, content } of attachments) {
    if (!/rfc822|global/i.test(declaredType)) continue;
    const found = keyIn(Buffer.from(content.subarray(0, LONGEST_GIVEN_BACK)).toString("latin1"));
    if (found !== null) return found;
  }
  return mentionedIds.map(threadKeyOf).find((key) => key !== null) ?? keyIn(text);
};

/** Null unless it is one of ours and says that it failed for good. */
export const bounceOf = (mail: Returned): Bounce | null => {
  const { marks, subject, text } = mail;
  const isReport = /^multipart\/report\b/i.test(marks.contentType.trim());
  const isServers = marks.returnPath.trim() === "<>" || (marks.from !== null && SERVERS.test(marks.from));
  if (!isReport && !isServers) return null;
  const action = /^Action:[ \t]*([a-z-]+)/im.exec(text)?.[1]?.toLowerCase();
  const failed =
    action === undefined ? isServers && IN_PROSE.test(`${subject}\n${text}`) : action === "failed";
  if (!failed) return null;
  const threadKey = ownKey(mail);
  if (threadKey === null) return null;
  return { threadKey, status: /^Status:[ \t]*([245]\.\d{1,3}\.\d{1,3})/im.exec(text)?.[1] ?? "5.0.0" };
};
