/**
 * A person puts a message where the intake found no place (人工归并): under a case that is there, or into a new one of a household. What
 * could not be read is put there with the words of whoever looked at its original.
 */
import { fail } from "#src/kernel/errors.ts";
import { both } from "#src/kernel/words.ts";
import { findReceived, findReceivedAttachments, settleReceived } from "#src/messages/messaging/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { accessTicket, addEntry, openTicket } from "#src/service/tickets/index.ts";
import { accessAccount } from "#src/town/accounts/index.ts";
import { categoryOf } from "./category.ts";
import { attachCase, lockSender } from "./queries.ts";
import { enterMessage, openCaseOf } from "./receive.ts";
import { findSender } from "./sender.ts";

/** One of the two. */
export type Placement = { readonly ticketNo: string } | { readonly accountNo: string };
export type Placed = { readonly ticketId: bigint; readonly ticketNo: string };

/** Writes down whose case a message is now. @throws DomainError `message.has-case` */
export const takeCase = async (
  context: CommandContext,
  messageId: bigint,
  ticketId: bigint,
  outcome: "opened" | "threaded",
): Promise<void> => {
  if (await attachCase(context.sql, { messageId, ticketId, outcome, now: context.now })) return;
  fail("message.has-case", "this message has its case, or is not decided yet", {
    remedy: "look at the message again",
  });
};

const accessCase = async ({ sql, actor, today }: CommandContext, ticketNo: string): Promise<Placed> => {
  const ticket = await accessTicket(sql, actor, ticketNo, today);
  return { ticketId: ticket.id, ticketNo: ticket.ticketNo };
};

/**
 * A message that was read. Locks its sender, so that nobody opens a second case of it meanwhile.
 * @throws DomainError `message.not-found`, `ticket.not-found`, `account.not-found`, `message.has-case`
 */
export const placeReceived = async (
  context: CommandContext,
  messageId: bigint,
  placement: Placement,
): Promise<Placed> => {
  const { sql, actor, today } = context;
  const message =
    (await findReceived(sql, messageId)) ?? fail("message.not-found", "there is no such message");
  await lockSender(sql, message.sender);
  const isThere = "ticketNo" in placement;
  const open = async (accountNo: string): Promise<Placed> => {
    const account = await accessAccount(sql, actor, accountNo, today);
    const sender = await findSender(sql, message, today);
    const category = await categoryOf(sql, `${message.subject}\n${message.body}`);
    return openCaseOf(context, message, { ...sender, accountId: account.id }, category.code, null);
  };
  const placed = isThere ? await accessCase(context, placement.ticketNo) : await open(placement.accountNo);
  await takeCase(context, messageId, placed.ticketId, isThere ? "threaded" : "opened");
  const attachments = await findReceivedAttachments(sql, messageId);
  await enterMessage(context, placed.ticketId, message, attachments, { placedByPerson: true });
  return { ticketId: placed.ticketId, ticketNo: placed.ticketNo };
};

/** What the case says of a mail that no program could read, before the words of whoever looked at it. */
const UNREAD = both(
  "系统未能读出的来信，人工查看原件：",
  "A mail that could not be read; a person looked at its original: ",
);

/**
 * A mail in quarantine; `summary` is what the person found in it. It is done with by this, and its original stays as long as any other.
 * @throws DomainError `ticket.not-found`, `account.not-found`, `message.settled`
 */
export const placeQuarantined = async (
  context: CommandContext,
  messageId: bigint,
  placement: Placement,
  summary: string,
): Promise<Placed> => {
  const { sql, actor, today } = context;
  const ref = `message:${messageId}`;
  const open = async (accountNo: string): Promise<Placed> => {
    const account = await accessAccount(sql, actor, accountNo, today);
    const category = await categoryOf(sql, summary);
    return openTicket(context, {
      category: category.code,
      categoryGuessed: true,
      channel: "mail",
      accountId: account.id,
      summary,
      sourceKey: ref,
    });
  };
  const placed =
    "ticketNo" in placement ? await accessCase(context, placement.ticketNo) : await open(placement.accountNo);
  await settleReceived(context, messageId, `工单 ${placed.ticketNo}`);
  await addEntry(context, placed.ticketId, {
    kind: "message",
    text: both(`${UNREAD["zh-CN"]}${summary}`, `${UNREAD.en}${summary}`),
    details: { channel: "email", placedByPerson: true },
    ref,
  });
  return { ticketId: placed.ticketId, ticketNo: placed.ticketNo };
};
