/** What is done with a work order: each verb is a command of the table, with its audit row. */
import { both } from "#src/kernel/words.ts";
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { beginOrderChange, changeState } from "./access-order.ts";
import { stopCaseClocks, tellCases } from "./cases.ts";
import { findCrew } from "./crew-queries.ts";
import { endEmergencyChain } from "./emergency.ts";
import { sayCancelled, sayNotHome, saySlot } from "./messages.ts";
import { formatOrderNo } from "./order-kinds.ts";
import { closeVisit, findTicketIds, insertVisit, type OrderRow, type VisitOutcome } from "./order-queries.ts";
import { nextOrderState, type OrderState } from "./order-states.ts";
import { formatSlot } from "./slots.ts";

export type OrderChanged = { readonly id: bigint; readonly state: OrderState; readonly version: number };

/** A window of a visit: two hours are usual, a day is the most that one can ask a household to wait. */
const LONGEST_SLOT_MS = 12 * 3_600_000;

export type Slot = { readonly from: Date; readonly until: Date };

const checkSlot = (slot: Slot, now: Date): void => {
  const length = slot.until.getTime() - slot.from.getTime();
  if (length <= 0 || length > LONGEST_SLOT_MS) {
    fail("work-order.slot-refused", "a window ends after it begins, within twelve hours", { field: "until" });
  }
  if (slot.until <= now) {
    fail("work-order.slot-refused", "this window is over", {
      field: "until",
      remedy: "write a visit that has been made with `start` or `finish`",
    });
  }
};

const changed = (order: OrderRow, state: OrderState): OrderChanged => ({
  id: order.id,
  state,
  version: order.version + 1,
});

const audit = (context: CommandContext, order: OrderRow, to: OrderState, facts: object): void =>
  context.audit({ subject: `work-order:${order.id}`, details: { from: order.state, to, ...facts } });

/**
 * Agrees a window and a crew, and tells the household (预约), once for each window. A second call with the same window and crew
 * changes nothing but the version.
 * @throws DomainError `work-order.state-refused`, `work-order.slot-refused`, `work-order.crew-refused`, `version.stale`
 */
export const scheduleOrder = async (
  context: CommandContext,
  wanted: {
    readonly id: bigint;
    readonly version?: number | undefined;
    readonly crewId?: bigint | undefined;
    readonly slot: Slot;
  },
): Promise<OrderChanged> => {
  const { sql, now } = context;
  const order = await beginOrderChange(context, wanted.id, wanted.version);
  nextOrderState(order.state, "schedule");
  checkSlot(wanted.slot, now);
  const crewId = wanted.crewId ?? order.crewId;
  if (crewId !== null && (await findCrew(sql, crewId))?.active !== true) {
    fail("work-order.crew-refused", "there is no such crew at work", { field: "crewId" });
  }
  const isNewSlot =
    order.slotFrom?.getTime() !== wanted.slot.from.getTime() ||
    order.slotUntil?.getTime() !== wanted.slot.until.getTime();
  const to = await changeState(context, order, "schedule", {
    crewId,
    ...(isNewSlot && { slotFrom: wanted.slot.from, slotUntil: wanted.slot.until }),
  });
  audit(context, order, to, { crewId, slotFrom: wanted.slot.from, slotUntil: wanted.slot.until });
  if (isNewSlot) {
    await saySlot(context, order, { slot: wanted.slot, count: order.slotCount + 1 });
    await tellCases(context, await findTicketIds(sql, [order.id]), {
      orderId: order.id,
      kind: "order",
      text: both(
        `预约上门 ${formatSlot(wanted.slot.from, wanted.slot.until)}`,
        `appointment ${formatSlot(wanted.slot.from, wanted.slot.until)}`,
      ),
      details: { slotFrom: wanted.slot.from, slotUntil: wanted.slot.until },
    });
  }
  return changed(order, to);
};

const checkArrival = (arrivedAt: Date, now: Date, order: OrderRow): void => {
  if (arrivedAt <= now && arrivedAt >= order.openedAt) return;
  fail("work-order.arrival-refused", "nobody arrives before the order or after now", { field: "arrivedAt" });
};

/**
 * Somebody is there: the visit begins, the on-site clocks of the cases stop, an emergency calls nobody any more.
 * @throws DomainError `work-order.state-refused`, `work-order.arrival-refused`, `version.stale`
 */
export const startOrder = async (
  context: CommandContext,
  wanted: {
    readonly id: bigint;
    readonly version?: number | undefined;
    readonly arrivedAt?: Date | undefined;
  },
): Promise<OrderChanged> => {
  const { sql, now, actor } = context;
  const order = await beginOrderChange(context, wanted.id, wanted.version);
  nextOrderState(order.state, "start");
  const arrivedAt = wanted.arrivedAt ?? now;
  checkArrival(arrivedAt, now, order);
  const ordinal = order.visitCount + 1;
  const to = await changeState(context, order, "start", { visitCount: ordinal, onSiteAt: arrivedAt });
  await insertVisit(sql, {
    orderId: order.id,
    ordinal,
    crewId: order.crewId,
    arrivedAt,
    leftAt: null,
    outcome: null,
    note: "",
    recordedBy: staffIdOf(actor),
  });
  await noteArrival(context, order, ordinal);
  audit(context, order, to, { visit: ordinal, arrivedAt });
  return changed(order, to);
};

/** What an arrival means for the cases and for an emergency, whether it is told at the door or written down afterwards. */
export const noteArrival = async (
  context: CommandContext,
  order: OrderRow,
  ordinal: number,
): Promise<void> => {
  const ticketIds = await findTicketIds(context.sql, [order.id]);
  await stopCaseClocks(context, ticketIds, "on-site");
  await tellCases(context, ticketIds, {
    orderId: order.id,
    kind: "order",
    text: both(
      `${formatOrderNo(order.id)} 第${ordinal}次上门，已到现场`,
      `${formatOrderNo(order.id)} visit ${ordinal}: on site`,
    ),
    details: { visit: ordinal, arrived: true },
  });
  if (order.kind === "emergency") await endEmergencyChain(context, order.id);
};

/** Ends the visit that is on, or writes one down that nobody had begun in the system. Answers which visit it was. */
export const recordVisit = async (
  context: CommandContext,
  order: OrderRow,
  visit: { readonly outcome: VisitOutcome; readonly note: string; readonly arrivedAt?: Date | undefined },
): Promise<number> => {
  const { sql, now, actor } = context;
  const recordedBy = staffIdOf(actor);
  const { outcome, note } = visit;
  if (order.state === "on-site") {
    await closeVisit(sql, {
      orderId: order.id,
      ordinal: order.visitCount,
      leftAt: now,
      outcome,
      note,
      recordedBy,
    });
    return order.visitCount;
  }
  const arrivedAt = visit.arrivedAt ?? now;
  checkArrival(arrivedAt, now, order);
  const ordinal = order.visitCount + 1;
  await insertVisit(sql, {
    orderId: order.id,
    ordinal,
    crewId: order.crewId,
    arrivedAt,
    leftAt: now,
    outcome,
    note,
    recordedBy,
  });
  await noteArrival(context, order, ordinal);
  return ordinal;
};

/**
 * Nobody was at home (无人在家), or it needs a second visit (需再次上门): the order waits to be scheduled again. Not being there is
 * a visit too, so what is done later was not done at the first one.
 * @throws DomainError `work-order.state-refused`, `work-order.arrival-refused`, `version.stale`
 */
export const leaveOrder = async (
  context: CommandContext,
  wanted: {
    readonly id: bigint;
    readonly version?: number | undefined;
    readonly command: "miss" | "defer";
    readonly note?: string | undefined;
    readonly arrivedAt?: Date | undefined;
  },
): Promise<OrderChanged> => {
  const { sql } = context;
  const order = await beginOrderChange(context, wanted.id, wanted.version);
  nextOrderState(order.state, wanted.command);
  const note = wanted.note ?? "";
  const outcome = wanted.command === "miss" ? "not-home" : "follow-up";
  const ordinal = await recordVisit(context, order, { outcome, note, arrivedAt: wanted.arrivedAt });
  const to = await changeState(context, order, wanted.command, { visitCount: ordinal });
  audit(context, order, to, { visit: ordinal });
  await tellCases(context, await findTicketIds(sql, [order.id]), {
    orderId: order.id,
    kind: "visit",
    text: both(
      `${outcome === "not-home" ? "上门无人" : "需再次上门"}${note === "" ? "" : `：${note}`}`,
      `${outcome === "not-home" ? "nobody at home" : "another visit is needed"}${note === "" ? "" : `: ${note}`}`,
    ),
    details: { visit: ordinal, outcome },
  });
  if (outcome === "not-home") await sayNotHome(context, order, ordinal);
  return changed(order, to);
};

/**
 * Nobody has to go there any more. What was announced to the household is taken back.
 * @param command `recall` when its reason is gone, `cancel` by a person who says why
 * @throws DomainError `work-order.state-refused`, `work-order.valve-stays`, `version.stale`
 */
export const cancelOrder = async (
  context: CommandContext,
  wanted: {
    readonly id: bigint;
    readonly version?: number | undefined;
    readonly command: "cancel" | "recall";
    readonly reason: string;
  },
): Promise<OrderChanged> => {
  const order = await beginOrderChange(context, wanted.id, wanted.version);
  nextOrderState(order.state, wanted.command);
  if (order.kind === "valve" && wanted.command === "cancel") {
    fail("work-order.valve-stays", "a valve order goes when its payment goes or the valve is open", {
      remedy: "write down that the valve is open, or that nobody was at home",
    });
  }
  const to = await changeState(context, order, wanted.command, { cancelReason: wanted.reason });
  audit(context, order, to, { reason: wanted.reason });
  if (order.kind === "emergency") await endEmergencyChain(context, order.id);
  await tellCases(context, await findTicketIds(context.sql, [order.id]), {
    orderId: order.id,
    kind: "order",
    text: both(
      `${formatOrderNo(order.id)} 已取消：${wanted.reason}`,
      `${formatOrderNo(order.id)} cancelled: ${wanted.reason}`,
    ),
    details: { cancelled: wanted.command },
  });
  await sayCancelled(context, order);
  return changed(order, to);
};
