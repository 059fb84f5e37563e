/**
 * Answers to a notice (回复通知): that it is paid, that nobody is at home, that no more is wanted. Who wrote is taken to answer what
 * the number was told last. 已缴 where the bill is still open becomes a case: the money went somewhere, or never came.
 */
import type { CommandContext } from "#src/platform/command.ts";
import type { ReceivedMessage } from "#src/messages/messaging/index.ts";
import { lastNoticeTo, recordReply } from "#src/messages/notices/index.ts";
import { accountOfId } from "#src/town/accounts/index.ts";
import type { Answer } from "./answers.ts";
import { readAwayWithWords, readKeyword, readNoticeAnswer } from "./keywords.ts";
import { hasOpenBills } from "./queries.ts";
import type { Sender } from "./sender.ts";

export type RepliedNotice = { readonly kind: "case" } | { readonly kind: "noted"; readonly answer: Answer };

const accountNoOf = async ({ sql }: CommandContext, { accountId }: Sender): Promise<string> =>
  accountId === null ? "" : ((await accountOfId(sql, accountId))?.accountNo ?? "");

/** Null when it answers no notice, or what it says is answered elsewhere: STOP by the keyword, 已缴 of a paid home by the menu. */
export const answerToNotice = async (
  context: CommandContext,
  message: ReceivedMessage,
  sender: Sender,
): Promise<RepliedNotice | null> => {
  const text = message.body === "" ? message.subject : message.body;
  const keyword = readKeyword(text)?.kind;
  const longer = readAwayWithWords(text);
  const word = readNoticeAnswer(text) ?? (longer === null ? null : "away");
  const kind = keyword === "stop" || keyword === "start" ? keyword : word;
  if (kind === null) return null;
  const notice = await lastNoticeTo(context, sender.recipient);
  if (notice === null) return null;
  await recordReply(context, { notice, receivedId: message.id, accountId: sender.accountId, kind });
  // Somebody looks for the key either way; what else it says is a case as any other message.
  if (kind === "away" && longer?.wantsMore !== true) {
    return {
      kind: "noted",
      answer: { template: "reply-away-noted", variables: { accountNo: await accountNoOf(context, sender) } },
    };
  }
  const isOpen =
    kind === "paid" &&
    notice.purpose === "payment-notice" &&
    (await hasOpenBills(context.sql, { accountIds: sender.accountIds }));
  return isOpen ? { kind: "case" } : null;
};
