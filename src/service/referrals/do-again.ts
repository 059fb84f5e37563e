/**
 * Ordered again (重办): the citizen was not satisfied, and the authority sends it once more, with a deadline of its own. It is a child of
 * the first order, which stays reported as it was. The case is opened again and does not count as closed; where it cannot be
 * opened again any more, a child case is opened and linked to it.
 */
import { both } from "#src/kernel/words.ts";
import { fail } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { DomainError } from "#src/kernel/errors.ts";
import {
  formatTicketNo,
  linkTickets,
  openTicket,
  runTicketCommand,
  type Ticket,
  ticketOfId,
} from "#src/service/tickets/index.ts";
import { accessReferral, beginReferralChange, note } from "./change-referral.ts";
import { findChildOf, setVerdict } from "./queries.ts";
import { enterReferral, type ReceivedReferral } from "./receive-referral.ts";
import type { Referral } from "./schema.ts";

export type AgainOrder = {
  /** The number of the new order; the first one's when left out. */
  readonly outsideNo?: string | undefined;
  readonly demand?: string | undefined;
  readonly receivedAt?: Date | undefined;
  /** Given by the order. */
  readonly dueAt: Date;
  readonly returnBefore?: Date | undefined;
};

const openChildCase = async (
  context: CommandContext,
  parent: Referral,
  ticket: Ticket,
  demand: string,
): Promise<bigint> => {
  const { ticketId } = await openTicket(context, {
    category: ticket.categoryCode,
    channel: "referral",
    severity: ticket.severity,
    ...(ticket.accountId !== null && { accountId: ticket.accountId }),
    ...(ticket.premisesId !== null && { premisesId: ticket.premisesId }),
    ...(ticket.buildingId !== null && { buildingId: ticket.buildingId }),
    addressText: ticket.addressText ?? parent.addressText ?? parent.outsideNo,
    ...(ticket.callerNumber !== null && { callerNumber: ticket.callerNumber }),
    ...(ticket.callerName !== null && { callerName: ticket.callerName }),
    summary: demand.slice(0, 2000),
    sourceKey: `referral-again:${parent.id}`,
  });
  await linkTickets(context, {
    ticketId,
    otherTicketId: ticket.id,
    kind: "done-again",
    text: both("重办", "to be done again"),
  });
  return ticketId;
};

/** The case on which it is done again: the same one, opened again where it was done, or a linked child. */
const caseFor = async (context: CommandContext, parent: Referral, demand: string): Promise<bigint> => {
  const ticket =
    (await ticketOfId(context.sql, parent.ticketId)) ?? fail("ticket.not-found", "there is no such case");
  if (ticket.state === "cancelled" || ticket.state === "merged") {
    return openChildCase(context, parent, ticket, demand);
  }
  if (ticket.state !== "resolved" && ticket.state !== "closed") return ticket.id;
  try {
    await runTicketCommand(context, ticket.id, "reopen", {
      text: both("重办：群众不满意", "to be done again: the citizen is not satisfied"),
    });
    return ticket.id;
  } catch (error) {
    // Nothing was written yet: the guard of the window stands before the first write.
    if (!(error instanceof DomainError && error.code === "ticket.reopen-too-late")) throw error;
    return openChildCase(context, parent, ticket, demand);
  }
};

/**
 * Takes in that a reported order is to be done again, with a clock of its own. Repeating is safe: an order is done again once, and a
 * further time is a child of the child.
 * @throws DomainError `referral.not-found`, `referral.refused` (not reported yet), `referral.due-before-received`
 */
export const doAgain = async (
  context: CommandContext,
  parentId: bigint,
  version: number,
  order: AgainOrder,
): Promise<ReceivedReferral & { readonly ticketNo: string }> => {
  const { sql, now } = context;
  await accessReferral(context, parentId);
  const before = await findChildOf(sql, parentId);
  if (before !== null) {
    return {
      referralId: before.id,
      ticketId: before.ticketId,
      ticketNo: before.ticketNo,
      outcome: "known",
      remark: null,
      otherCompany: null,
    };
  }
  const parent = await beginReferralChange(context, parentId, version, ["reported"]);
  const receivedAt = order.receivedAt ?? now;
  if (order.dueAt <= receivedAt) {
    fail("referral.due-before-received", "the order's deadline lies before its receipt", { field: "dueAt" });
  }
  const demand = order.demand ?? parent.demand;
  const ticketId = await caseFor(context, parent, demand);
  const referralId =
    (await enterReferral(
      context,
      { code: parent.authorityCode, name: parent.authorityName, nameEn: parent.authorityNameEn },
      {
        authority: parent.authorityCode,
        outsideNo: order.outsideNo ?? parent.outsideNo,
        title: parent.title,
        demand,
        requirement: parent.requirement,
        urgency: parent.urgency,
        callerName: parent.callerName ?? undefined,
        callerNumber: parent.callerNumber ?? undefined,
        addressText: parent.addressText ?? undefined,
        receivedAt,
        dueAt: order.dueAt,
        returnBefore: order.returnBefore,
        ticketId,
        round: parent.round + 1,
        parentId,
      },
    )) ?? fail("referral.number-taken", "this number is another order's", { field: "outsideNo" });
  if (parent.satisfied !== false) await setVerdict(sql, { id: parentId, satisfied: false, at: now });
  await note(
    context,
    parent,
    both("群众不满意，要求重办", "the citizen is not satisfied: to be done again"),
    "done-again",
  );
  return {
    referralId,
    ticketId,
    ticketNo: formatTicketNo(ticketId),
    outcome: "taken",
    remark: null,
    otherCompany: null,
  };
};
