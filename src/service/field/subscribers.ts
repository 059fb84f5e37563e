/** What the field does because of what happened elsewhere. */
import { both, type Words } from "#src/kernel/words.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import { type Ticket, ticketOfId, UNKNOWN_PLACES } from "#src/service/tickets/index.ts";
import { settleDutyCall, settleTakenCase, settleVisitedCases } from "./emergency.ts";
import { appointmentFailedSubscriber } from "./appointment-failed.ts";
import { findEmergencyOfHome, isAttended } from "./emergency-queries.ts";
import { openWorkOrder, placeEmergency } from "./open-order.ts";
import { stopCaseClocks, tellCases } from "./cases.ts";
import { cancelOrder } from "./change-order.ts";
import { formatOrderNo, PLACE_UNKNOWN } from "./order-kinds.ts";
import { findLiveOrdersOfTicket, linkTicket } from "./order-queries.ts";
import { requestValveOpening, settleValveOrders, type ValveRefusal } from "./valve-orders.ts";

/** The tasks that payments raise get their orders; a payment that is taken back recalls them. */
export const valveOrderSubscriber: Subscriber = {
  name: "valve-orders",
  handlers: {
    "valve-tasks.settled": async (context, event) => {
      await settleValveOrders(context, event.payload.taskIds);
    },
  },
};

const VALVE_CASES: readonly string[] = ["valve.open", "valve.paid-not-open"];

const REFUSAL_WORDS: Readonly<Record<ValveRefusal, Words>> = {
  "not-paid": both("未派开阀单：本采暖季费用未缴清", "no valve order: the season is not paid in full"),
  "no-bill": both("未派开阀单：本采暖季没有账单", "no valve order: there is no bill of the season"),
  "valve-open": both("未派开阀单：阀门已是开启状态", "no valve order: the valve is open"),
  "not-supplied": both(
    "未派开阀单：该户已报停或断供",
    "no valve order: the home has stopped its heat or is cut off",
  ),
};

const raiseValve = async (context: CommandContext, ticket: Ticket, accountId: bigint): Promise<void> => {
  const request = await requestValveOpening(context, { accountId, ticketId: ticket.id });
  if (request.outcome !== "refused") return;
  await tellCases(context, [ticket.id], {
    kind: "note",
    text: REFUSAL_WORDS[request.reason],
    details: { valve: request.reason },
  });
};

const joinedWords = (orderId: bigint): Words =>
  both(`并入派工单 ${formatOrderNo(orderId)}`, `joined work order ${formatOrderNo(orderId)}`);

/**
 * Three calls about one leak are one leak: whoever is being called, or is on the way, goes there for all of them. Where the list ended
 * without an answer another call begins another chain.
 */
const joinEmergencyOfHome = async (context: CommandContext, ticket: Ticket): Promise<boolean> => {
  const { sql, now } = context;
  const { accountId, premisesId } = ticket;
  if (accountId === null && premisesId === null) return false;
  const running = await findEmergencyOfHome(sql, { accountId, premisesId });
  if (running === null) return false;
  await linkTicket(sql, { orderId: running.id, ticketId: ticket.id, now });
  await tellCases(context, [ticket.id], {
    orderId: running.id,
    kind: "order",
    text: joinedWords(running.id),
    details: { orderKind: "emergency", joined: true },
  });
  if (running.answered) await stopCaseClocks(context, [ticket.id], "first-response");
  if (running.onSite) await stopCaseClocks(context, [ticket.id], "on-site");
  return true;
};

/** Words in place of an address are no address. */
const NOWHERE: ReadonlySet<string> = new Set(["", ...Object.values(UNKNOWN_PLACES)]);
const addressIn = ({ addressText }: Ticket): string | undefined =>
  addressText === null || NOWHERE.has(addressText) ? undefined : addressText;

const raiseEmergency = async (context: CommandContext, ticket: Ticket): Promise<void> => {
  const place = {
    accountId: ticket.accountId ?? undefined,
    premisesId: ticket.premisesId ?? undefined,
    buildingId: ticket.buildingId ?? undefined,
    addressText: addressIn(ticket),
  };
  // A leak that nobody can place yet (a text message from a number that is not on file, a stranger's mail) rings as well: whoever is on
  // duty asks who reported it. The place that the case is given later goes into the order that runs.
  const isSomewhere = Object.values(place).some((part) => part !== undefined);
  if (isSomewhere && (await placeEmergency(context, ticket.id, place))) return;
  // "Not solved", or not over: another order and another chain of calls, unless one of the round before is still going on.
  const round = ticket.reopenCount;
  if (round > 0 && (await isAttended(context.sql, ticket.id))) return;
  if (round === 0 && (await joinEmergencyOfHome(context, ticket))) return;
  await openWorkOrder(context, {
    kind: "emergency",
    sourceKey: `ticket:${ticket.id}:emergency${round === 0 ? "" : `:reopen-${round}`}`,
    ticketId: ticket.id,
    ...place,
    ...(!isSomewhere && { addressText: PLACE_UNKNOWN }),
    contactName: ticket.callerName ?? undefined,
    contactNumber: ticket.callerNumber ?? undefined,
    summary: ticket.summary.slice(0, 500),
  });
};

/** A case that was over before anybody looked at it sends nobody. */
const OVER: ReadonlySet<string> = new Set(["closed", "cancelled", "merged"]);

/** A valve case joins the order of its payment or raises one; an emergency raises its order and begins to call. */
export const caseOrderSubscriber: Subscriber = {
  name: "case-orders",
  handlers: {
    "ticket.field-asked": async (context, event) => {
      const ticket = await ticketOfId(context.sql, event.payload.ticketId);
      if (ticket === null || OVER.has(ticket.state)) return;
      if (ticket.severity === "emergency" && ticket.categoryCode.startsWith("fault.")) {
        await raiseEmergency(context, ticket);
      } else if (VALVE_CASES.includes(ticket.categoryCode) && ticket.accountId !== null) {
        await raiseValve(context, ticket, ticket.accountId);
      }
    },
  },
};

/** The case into which another was merged waits for the same orders, and closes on their visits. */
const followMerge = async (context: CommandContext, from: bigint, into: bigint): Promise<void> => {
  const { sql, now } = context;
  for (const { id, kind } of await findLiveOrdersOfTicket(sql, from)) {
    if (!(await linkTicket(sql, { orderId: id, ticketId: into, now }))) continue;
    await tellCases(context, [into], {
      orderId: id,
      kind: "order",
      text: joinedWords(id),
      details: { orderKind: kind, merged: true },
    });
  }
};

/** An order that waits for cancelled cases only has no reason any more. Who is on site already writes down what he finds. */
const recallForCancelled = async (context: CommandContext, ticketId: bigint): Promise<void> => {
  for (const { id, kind, state, wanted } of await findLiveOrdersOfTicket(context.sql, ticketId)) {
    // A valve order stands on its payment.
    if (wanted || kind === "valve" || state === "on-site") continue;
    await cancelOrder(context, { id, command: "recall", reason: "the case was cancelled" });
  }
};

/** A false alarm (误报): the case was closed as explained, so nobody is called for it any more, and nobody goes. */
const recallForClosed = async (context: CommandContext, ticketId: bigint): Promise<void> => {
  const ticket = await ticketOfId(context.sql, ticketId);
  if (ticket?.state !== "closed") return;
  for (const { id, kind, state, wanted } of await findLiveOrdersOfTicket(context.sql, ticketId)) {
    if (wanted || kind !== "emergency" || state === "on-site") continue;
    await cancelOrder(context, { id, command: "recall", reason: "the case was closed as explained" });
  }
};

export const caseChangeSubscriber: Subscriber = {
  name: "case-changes-of-orders",
  handlers: {
    "ticket.merged": (context, event) =>
      followMerge(context, event.payload.ticketId, event.payload.intoTicketId),
    "ticket.cancelled": (context, event) => recallForCancelled(context, event.payload.ticketId),
  },
};

export const dutyCallSubscriber: Subscriber = {
  name: "duty-calls",
  handlers: {
    "outgoing-call.settled": (context, event) =>
      settleDutyCall(context, event.payload.outgoingCallId, event.payload.outcome),
  },
};

const TAKEN: ReadonlySet<string> = new Set(["accepted", "working"]);

const followState = async (
  context: CommandContext,
  { ticketId, to }: { readonly ticketId: bigint; readonly to: string },
): Promise<void> => {
  if (TAKEN.has(to)) await settleTakenCase(context, ticketId);
  if (to === "closed") await recallForClosed(context, ticketId);
};

/** What ends the calling besides the key. */
export const emergencyCaseSubscriber: Subscriber = {
  name: "emergency-cases",
  handlers: {
    "ticket.state-changed": (context, event) => followState(context, event.payload),
    "work-order.finished": (context, event) => settleVisitedCases(context, event.payload.workOrderId),
  },
  // Every case that gets its owner changes its state, and hardly any of those changes is a taking or a closing.
  batches: {
    "ticket.state-changed": async (context, events) => {
      for (const { payload } of events) await followState(context, payload);
    },
  },
};

export const fieldSubscribers: readonly Subscriber[] = [
  valveOrderSubscriber,
  caseOrderSubscriber,
  caseChangeSubscriber,
  dutyCallSubscriber,
  emergencyCaseSubscriber,
  appointmentFailedSubscriber,
];
