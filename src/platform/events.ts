/**
 * Every type of event (事件) that a room announces, with the shape of its payload: ids only, never names or numbers of
 * people. A subscriber may listen to these and to nothing else; a new type is added here first.
 */
import { z } from "zod";

/** An id in a payload: written as decimal text (or as a number by SQL), read as bigint. */
const id = z
  .union([z.string().regex(/^\d{1,19}$/), z.number().int().nonnegative()])
  .transform((value) => BigInt(value));

/** Ids pass unread where nobody listens yet, and a room may say more than its subscribers need. */
const anything = z.looseObject({});

const EVENT_TYPES = {
  /** One payment was posted at a counter or by a channel's message. Subject `account:ID`. */
  "payment.posted": z.looseObject({ paymentId: id }),
  /** A chunk of a bank's file was posted. Subject `bank-import:ID`. */
  "payments.imported": z.looseObject({ paymentIds: z.array(id) }),
  /** A payment was reversed, in the shift or later. Subject `account:ID`. */
  "payment.reversed": z.looseObject({ paymentId: id }),
  /** What was prepaid paid bills. Subject `account:ID`, or `accounts:FROM-TO` for a chunk. */
  "prepaid.applied": z.looseObject({ billIds: z.array(id) }),
  /** What prepaid had paid of a bill was taken back: the bill is open again. Subject `account:ID`. */
  "prepaid.released": z.looseObject({ accountId: id, billId: id }),
  /** Money from suspense was given to its household, and pays its bills. Subject `account:ID`. */
  "suspense.claimed": z.looseObject({ itemId: id, accountId: id }),
  /** A chunk of a bill run. */
  "bills.issued": z.looseObject({ runId: id, season: z.number().int(), fromAccount: id, toAccount: id }),
  "bills.fell-due": anything,
  /** A pass brought accounts to a stage of the ladder of payment notices. Subject `reminder-run:ID`. */
  "reminders.entered": z.looseObject({ runId: id }),
  "bill.cancelled": z.looseObject({ billId: id, accountId: id }),
  /** Opening tasks of paid homes were opened or recalled. Subject `account:ID`, or `accounts:TASK` for several. */
  "valve-tasks.settled": z.looseObject({ taskIds: z.array(id) }),
  /** Somebody at the household's page asked for a code, for an account that there may not be. Subject `household-code:ID`. */
  "household.code-asked": z.looseObject({ challengeId: id }),
  "accounting-day.closed": z.looseObject({ day: z.string() }),
  "account.opened": anything,
  "account.person-changed": anything,
  "account.state-changed": z.looseObject({ accountId: id }),
  "supply.changed": anything,
  "valve.changed": z.looseObject({ accountId: id }),
  "terms.changed": anything,
  "alias.added": anything,
  "hold.placed": anything,
  "hold.released": anything,
  "roll.imported": anything,
  /** The balances of the old system are in. Nobody may listen with a message, a task or a penalty: moving in is silent. */
  "opening.imported": anything,
  "area.buildings-assigned": anything,
  /** A case was opened. Subject `ticket:ID`, as for all that happens to it. */
  "ticket.opened": z.looseObject({ ticketId: id }),
  /** Who has it now; `staffId` null while only a role or a desk has it. */
  "ticket.assigned": z.looseObject({ ticketId: id, staffId: id.nullable() }),
  /** Whoever had it gave it back, with a reason. */
  "ticket.returned": z.looseObject({ ticketId: id }),
  /** What was resolved or closed is not: it needs its owner again. */
  "ticket.reopened": z.looseObject({ ticketId: id }),
  /** A valve or an emergency: somebody may have to go there. Beside `ticket.opened`, and again when the case is corrected or reopened. */
  "ticket.field-asked": z.looseObject({ ticketId: id }),
  /** Opened by mistake; also a `ticket.state-changed`, to which nobody has to listen for this. */
  "ticket.cancelled": z.looseObject({ ticketId: id }),
  "ticket.state-changed": z.looseObject({ ticketId: id, from: z.string(), to: z.string() }),
  /** What it says of itself was put right: category, severity, place. */
  "ticket.corrected": z.looseObject({ ticketId: id, changed: z.array(z.string()) }),
  "ticket.merged": z.looseObject({ ticketId: id, intoTicketId: id }),
  /** The merge was taken back: it stands alone again. */
  "ticket.unmerged": z.looseObject({ ticketId: id, fromTicketId: id }),
  /** A person left or took up a duty, or went on leave. Subject `staff:ID`. */
  "duty.changed": z.looseObject({ staffId: id }),
  /** The dispatch centre reported an alarm, an analysis, or a switch. Subject `station:ID` or `source:ID`. */
  "supply.reported": z.looseObject({ reportId: id }),
  /** Subject `incident:ID`. */
  "incident.opened": z.looseObject({ incidentId: id }),
  /** `updateId`: what was said; it is carried to the cases in chunks, each chunk with an event of its own. */
  "incident.updated": z.looseObject({ incidentId: id, updateId: id }),
  "incident.closed": z.looseObject({ incidentId: id, updateId: id }),
  /** Callers without a case who are still to be told of `updateId`: those behind a call. */
  "incident.callers-left": z.looseObject({ incidentId: id, updateId: id, afterCallId: id }),
  /** An outside order about a case. Subject `ticket:ID`. */
  "referral.received": z.looseObject({ referralId: id, ticketId: id }),
  /** Somebody wrote to us, by text message or mail. Subject `message:ID`. */
  "message.received": z.looseObject({ messageId: id }),
  /** A number or address that a notice was told to answered. Subject `notice:ID`; `accountId` when it is about one home. */
  "notice.replied": z.looseObject({
    noticeId: id,
    receivedId: id,
    accountId: id.nullable(),
    kind: z.string(),
    noticeKind: z.string(),
  }),
  "message.queued": z.looseObject({ messageId: id }),
  /**
   * Messages that reached nobody: refused for good, not delivered, expired, or skipped because nothing could reach their reader, or not
   * in time. Subject `outgoing:ID` of the first.
   */
  "messages.failed": z.looseObject({ messageIds: z.array(id) }),
  /** A call is over, whatever became of it. Subject `call:ID`. */
  "call.ended": z.looseObject({ callId: id }),
  "call.answered": z.looseObject({ callId: id }),
  /** A call that we placed is over: acknowledged by a key, or not. Subject `outgoing-call:ID`. */
  "outgoing-call.settled": z.looseObject({ outgoingCallId: id, outcome: z.string() }),
  /** Subject `work-order:ID`. */
  "work-order.opened": z.looseObject({ workOrderId: id }),
  "work-order.finished": z.looseObject({ workOrderId: id }),
} as const satisfies Record<string, z.ZodType>;

export type EventType = keyof typeof EVENT_TYPES;
export type EventPayload<Type extends EventType> = z.output<(typeof EVENT_TYPES)[Type]>;

/** An event as a subscriber gets it: the envelope and the parsed payload. */
export type DomainEvent<Type extends EventType> = {
  readonly id: bigint;
  readonly type: Type;
  readonly version: number;
  readonly subject: string;
  readonly occurredAt: Date;
  readonly payload: EventPayload<Type>;
};

export const isEventType = (type: string): type is EventType => Object.hasOwn(EVENT_TYPES, type);

/** @throws z.ZodError when the payload is not what the type promises: a defect of the announcing room. */
export const parsePayload = <Type extends EventType>(type: Type, payload: unknown): EventPayload<Type> =>
  EVENT_TYPES[type].parse(payload) as EventPayload<Type>;
