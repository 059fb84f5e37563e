/**
 * A case that is merged takes its orders along (并单): number, deadline and clock stand on the case that is worked on, whose timeline the
 * reply is composed from. Taken apart again, they come back.
 */
import { both, type Words } from "#src/kernel/words.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import { transferGivenClock } from "#src/service/clocks/index.ts";
import { addEntry, ticketOfId } from "#src/service/tickets/index.ts";
import { referralDeadlineSubscriber } from "./deadline-messages.ts";
import { type MovedOrder, moveOrders, returnOrders } from "./move-queries.ts";
import { clockSubject } from "./schema.ts";

const settle = async (context: CommandContext, orders: readonly MovedOrder[], word: Words): Promise<void> => {
  for (const { id, authorityName, authorityNameEn, outsideNo, fromTicketId, toTicketId } of orders) {
    const subject = clockSubject(id);
    await transferGivenClock(context, { kind: "referral", subject, fromTicketId, toTicketId });
    await addEntry(context, toTicketId, {
      kind: "referral",
      text: both(
        `${word["zh-CN"]}：${authorityName} ${outsideNo}`,
        `${word.en}: ${authorityNameEn} ${outsideNo}`,
      ),
      details: { referralId: id, fromTicketId },
      ref: subject,
    });
    context.audit({ subject: `referral:${id}`, details: { fromTicket: fromTicketId, toTicket: toTicketId } });
  }
};

/** Up to the case that stands, over as many merges as there are; nothing when the merge was taken back meanwhile. Repeating is safe. */
const followMerge = async (context: CommandContext, ticketId: bigint): Promise<void> => {
  const { sql, now } = context;
  let from = await ticketOfId(sql, ticketId);
  while (from !== null && from.mergedIntoId !== null) {
    const toTicketId = from.mergedIntoId;
    await settle(
      context,
      await moveOrders(sql, { fromTicketId: from.id, toTicketId, now }),
      both("转办随并单转入", "order came with the merge"),
    );
    from = await ticketOfId(sql, toTicketId);
  }
};

const followUnmerge = async (context: CommandContext, ticketId: bigint): Promise<void> => {
  const { sql, now } = context;
  const ticket = await ticketOfId(sql, ticketId);
  if (ticket === null || ticket.mergedIntoId !== null) return;
  await settle(
    context,
    await returnOrders(sql, { ticketId, now }),
    both("转办随拆单转回", "order went back with its case"),
  );
};

export const referralSubscribers: readonly Subscriber[] = [
  referralDeadlineSubscriber,
  {
    name: "referral-cases",
    handlers: {
      "ticket.merged": (context, event) => followMerge(context, event.payload.ticketId),
      "ticket.unmerged": (context, event) => followUnmerge(context, event.payload.ticketId),
    },
  },
];
