/**
 * What people answer to a notice (回复). A number that writes within two weeks after it was told something is taken to answer that;
 * what it means for a case or for consent is for the room that reads messages.
 */
import type { CommandContext } from "#src/platform/command.ts";
import type { Recipient } from "#src/messages/messaging/index.ts";
import { findLastTold, findNoticeRow, insertReply } from "./queries.ts";
import { type Notice, NOTICE_PURPOSES, regardingOf, type ReplyKind } from "./schema.ts";

const ANSWERS_WITHIN_MS = 14 * 86_400_000;

/** The notice that this number or address was told last, if that is not too long ago. */
export const lastNoticeTo = async (
  { sql, now }: Pick<CommandContext, "sql" | "now">,
  recipient: Recipient,
): Promise<Notice | null> => {
  if (recipient === "") return null;
  const since = new Date(now.getTime() - ANSWERS_WITHIN_MS);
  const told = await findLastTold(sql, { purposes: NOTICE_PURPOSES, recipient, since });
  return told === null ? null : findNoticeRow(sql, told.noticeId);
};

/**
 * Writes down that a message answered a notice, and announces it. Repeating is safe: a message answers once.
 * @param reply.accountId the household, when the sender has one and no more
 */
export const recordReply = async (
  context: CommandContext,
  reply: {
    readonly notice: Notice;
    readonly receivedId: bigint;
    readonly accountId: bigint | null;
    readonly kind: ReplyKind;
  },
): Promise<void> => {
  const { notice, receivedId, accountId, kind } = reply;
  const row = { receivedId, noticeId: notice.id, accountId, kind, now: context.now };
  if ((await insertReply(context.sql, row)) === null) return;
  context.audit({ subject: regardingOf(notice.id), details: { reply: receivedId, kind } });
  context.emit({
    type: "notice.replied",
    subject: regardingOf(notice.id),
    payload: { noticeId: notice.id, receivedId, accountId, kind, noticeKind: notice.kind },
  });
};
