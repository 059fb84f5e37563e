/** Raising a work order (派工单). */
import { both } from "#src/kernel/words.ts";
import { fail, must } from "#src/kernel/errors.ts";
import { parsePhone } from "#src/kernel/phone.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { startEmergencyChain } from "./emergency.ts";
import { tellCases } from "./cases.ts";
import { formatOrderNo, type OrderKind, PLACE_UNKNOWN } from "./order-kinds.ts";
import {
  findOrderOfSource,
  insertOrder,
  linkTicket,
  lockPlacelessOrders,
  placeOrder,
} from "./order-queries.ts";
import { contactOf, type Place, placeOfAccount, placeOfBuilding, placeOfPremises } from "./place-queries.ts";

export type NewWorkOrder = {
  /** A valve order hangs on the task of its payment and is raised by `requestValveOpening` alone. */
  readonly kind: Exclude<OrderKind, "valve">;
  /** What raised it (`ticket:5:repair`): the same source raises the same order once. */
  readonly sourceKey: string;
  readonly ticketId?: bigint | undefined;
  readonly accountId?: bigint | undefined;
  readonly premisesId?: bigint | undefined;
  readonly buildingId?: bigint | undefined;
  /** Where, in words, when it is at none of our buildings, or more exactly than they know. */
  readonly addressText?: string | undefined;
  readonly contactName?: string | undefined;
  readonly contactNumber?: string | undefined;
  readonly summary?: string | undefined;
};

export type OpenedWorkOrder = {
  readonly workOrderId: bigint;
  readonly orderNo: string;
  /** False when this source had raised its order before, whatever became of it. */
  readonly opened: boolean;
};

const findPlace = async (
  context: CommandContext,
  wanted: Pick<NewWorkOrder, "accountId" | "premisesId" | "buildingId" | "addressText">,
): Promise<Place> => {
  const { sql } = context;
  const place =
    wanted.premisesId !== undefined
      ? await placeOfPremises(sql, wanted.premisesId)
      : wanted.accountId !== undefined
        ? await placeOfAccount(sql, wanted.accountId)
        : wanted.buildingId !== undefined
          ? await placeOfBuilding(sql, wanted.buildingId)
          : null;
  const address = wanted.addressText ?? place?.address ?? "";
  if (address === "") {
    fail("work-order.no-place", "nobody knows where to go", {
      field: "addressText",
      remedy: "name the account, the premises or the building, or write the place down",
    });
  }
  return { premisesId: null, unitId: null, buildingId: null, ...place, address };
};

/**
 * An emergency that was raised without a place gets the one that its case has been given since. Who is called or on the way
 * already stays: they read it in the order. False when the case has no such order under way.
 */
export const placeEmergency = async (
  context: CommandContext,
  ticketId: bigint,
  wanted: Pick<NewWorkOrder, "accountId" | "premisesId" | "buildingId" | "addressText">,
): Promise<boolean> => {
  const { sql } = context;
  const orders = await lockPlacelessOrders(sql, { ticketId, placeUnknown: PLACE_UNKNOWN });
  if (orders.length === 0) return false;
  const place = await findPlace(context, wanted);
  for (const { id } of orders) {
    await placeOrder(sql, { id, accountId: wanted.accountId ?? null, ...place });
    context.audit({ subject: `work-order:${id}`, details: { placed: true, buildingId: place.buildingId } });
    await tellCases(context, [ticketId], {
      orderId: id,
      kind: "order",
      text: both(
        `抢修单 ${formatOrderNo(id)} 地点已核实：${place.address}`,
        `emergency order ${formatOrderNo(id)}: the place is ${place.address}`,
      ),
      details: { placed: true },
    });
  }
  return true;
};

const findContact = async (
  context: CommandContext,
  wanted: NewWorkOrder,
): Promise<{ contactName: string; contactNumber: string }> => {
  const known =
    wanted.accountId === undefined ? null : await contactOf(context.sql, wanted.accountId, context.today);
  const number = wanted.contactNumber === undefined ? undefined : parsePhone(wanted.contactNumber).number;
  // Who called is who opens the door, also when the account belongs to somebody else.
  return {
    contactName: wanted.contactName ?? (number === undefined ? known?.name : undefined) ?? "",
    contactNumber: number ?? known?.number ?? "",
  };
};

/**
 * Raises a repair, a measurement or an emergency, and hangs the case under it. An emergency begins its chain of calls in the
 * same transaction. Repeating is safe: a source that was seen before answers its first order. Announces `work-order.opened`.
 * @throws DomainError `work-order.no-place`, `phone.unreadable`
 */
export const openWorkOrder = async (
  context: CommandContext,
  wanted: NewWorkOrder,
): Promise<OpenedWorkOrder> => {
  const { sql, now, actor } = context;
  const place = await findPlace(context, wanted);
  const contact = await findContact(context, wanted);
  const inserted = await insertOrder(sql, {
    kind: wanted.kind,
    sourceKey: wanted.sourceKey,
    accountId: wanted.accountId ?? null,
    ...place,
    ...contact,
    summary: wanted.summary ?? "",
    now,
    openedBy: staffIdOf(actor),
  });
  const { id } = inserted ?? must(await findOrderOfSource(sql, wanted.sourceKey), "the order of this source");
  const answer = { workOrderId: id, orderNo: formatOrderNo(id), opened: inserted !== null };
  const joined =
    wanted.ticketId !== undefined && (await linkTicket(sql, { orderId: id, ticketId: wanted.ticketId, now }));
  if (inserted !== null) {
    const subject = `work-order:${id}`;
    context.audit({ subject, details: { opened: wanted.kind, source: wanted.sourceKey } });
    context.emit({ type: "work-order.opened", subject, payload: { workOrderId: String(id) } });
    if (wanted.kind === "emergency") await startEmergencyChain(context, id, place.buildingId);
  }
  if (joined && wanted.ticketId !== undefined) {
    await tellCases(context, [wanted.ticketId], {
      orderId: id,
      kind: "order",
      text: both(`派工单 ${answer.orderNo}`, `work order ${answer.orderNo}`),
      details: { orderKind: wanted.kind, opened: answer.opened },
    });
  }
  return answer;
};
