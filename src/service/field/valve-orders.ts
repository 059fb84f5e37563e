/**
 * Valve orders (开阀单). A payment in full raises a task where the valve is closed, sealed or unknown; each such task has one
 * order, and whoever calls about the same valve joins it. So there is never a crew for a home that has not paid, never a
 * second one for the same valve, and a payment that is taken back calls its crew back.
 */
import { both } from "#src/kernel/words.ts";
import { fail, must } from "#src/kernel/errors.ts";
import { settleValveTasks } from "#src/money/lifecycle/index.ts";
import { billingSeasonOf, findSeasons } from "#src/office/calendars/index.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { tellCases } from "./cases.ts";
import { cancelOrder, scheduleOrder, type Slot } from "./change-order.ts";
import { formatOrderNo } from "./order-kinds.ts";
import { linkTicket } from "./order-queries.ts";
import {
  findOpenValveTasks,
  findOrderOfTask,
  findOrphanedOrders,
  findValveStanding,
  findWaitingInUnit,
  raiseValveOrders,
  type ValveStanding,
} from "./valve-queries.ts";

/**
 * Gives each of these tasks that is open its order, and recalls the orders whose task is open no more. Looks at what is true
 * now, so repeating and order do not matter. An order at which somebody is already on site is left to him: finishing reads
 * the payment again. Announces `work-order.opened` for each new one.
 */
export const settleValveOrders = async (
  context: CommandContext,
  taskIds: readonly bigint[],
): Promise<{ readonly raised: readonly bigint[]; readonly recalled: number }> => {
  if (taskIds.length === 0) return { raised: [], recalled: 0 };
  const { sql, now, today, actor } = context;
  const orphaned = await findOrphanedOrders(sql, taskIds);
  for (const id of orphaned) {
    await cancelOrder(context, {
      id,
      command: "recall",
      reason: "not paid in full any more, or the valve is open",
    });
  }
  const raised = await raiseValveOrders(sql, { taskIds, today, now, openedBy: staffIdOf(actor) });
  const [first] = raised;
  if (first !== undefined) {
    context.audit({
      subject: `work-order:${first}`,
      details: { opened: "valve", count: raised.length, last: raised.at(-1) },
    });
  }
  for (const id of raised) {
    context.emit({
      type: "work-order.opened",
      subject: `work-order:${id}`,
      payload: { workOrderId: String(id) },
    });
  }
  return { raised, recalled: orphaned.length };
};

export type ValveRefusal = "not-paid" | "no-bill" | "valve-open" | "not-supplied";
export type ValveRequest =
  /** `joined`: the payment had raised the task before; `raised`: nobody had, so this request did. */
  | { readonly outcome: "joined" | "raised"; readonly workOrderId: bigint; readonly orderNo: string }
  | { readonly outcome: "refused"; readonly reason: ValveRefusal };

const STOPPED = new Set(["suspended", "closed-for-violation", "cut-off", "never-opened"]);

/** What to tell the caller: what hinders first stands first. */
const refusalOf = (points: readonly ValveStanding[]): ValveRefusal => {
  const shut = points.filter((point) => point.valve !== "open");
  if (shut.length === 0) return "valve-open";
  if (shut.every((point) => STOPPED.has(point.supply))) return "not-supplied";
  return shut.every((point) => point.bills === 0) ? "no-bill" : "not-paid";
};

/** Hangs a case under an order, once, and tells it. */
export const joinOrder = async (
  context: CommandContext,
  ticketId: bigint,
  order: { readonly id: bigint; readonly raised: boolean },
): Promise<void> => {
  if (!(await linkTicket(context.sql, { orderId: order.id, ticketId, now: context.now }))) return;
  const orderNo = formatOrderNo(order.id);
  await tellCases(context, [ticketId], {
    orderId: order.id,
    kind: "order",
    text: order.raised
      ? both(`派开阀单 ${orderNo}`, `valve order ${orderNo}`)
      : both(
          `并入已有开阀单 ${orderNo}（缴费时已生成）`,
          `joined valve order ${orderNo}, which the payment had raised`,
        ),
    details: { orderKind: "valve", raised: order.raised },
  });
};

/**
 * Somebody wants a valve opened: by phone, menu, message or at a counter. Joins the task that the payment raised; where there
 * is none although it is paid and the valve is closed, sealed or unknown (moving in is silent), raises task and order; refuses
 * everything else with the reason, which is an answer and no error. Repeating is safe.
 */
export const requestValveOpening = async (
  context: CommandContext,
  wanted: {
    readonly accountId: bigint;
    readonly chargePointId?: bigint | undefined;
    readonly ticketId?: bigint | undefined;
  },
): Promise<ValveRequest> => {
  const { sql, today } = context;
  const query = { accountId: wanted.accountId, chargePointId: wanted.chargePointId ?? null };
  const before = await findOpenValveTasks(sql, query);
  await settleValveTasks(context, [wanted.accountId]);
  const tasks = await findOpenValveTasks(sql, query);
  if (tasks.length === 0) {
    const season = billingSeasonOf(await findSeasons(sql), today);
    const points = await findValveStanding(sql, { ...query, seasonId: season?.id ?? null, today });
    return { outcome: "refused", reason: refusalOf(points) };
  }
  await settleValveOrders(
    context,
    tasks.map((task) => task.id),
  );
  const known = new Set(before.map((task) => task.id));
  const orders: { id: bigint; raised: boolean }[] = [];
  for (const task of tasks) {
    const { id } = must(await findOrderOfTask(sql, task.id), "the order of an open task");
    orders.push({ id, raised: !known.has(task.id) });
  }
  for (const order of orders) {
    if (wanted.ticketId !== undefined) await joinOrder(context, wanted.ticketId, order);
  }
  const first = must(orders[0], "an order");
  return {
    outcome: orders.some((order) => order.raised) ? "raised" : "joined",
    workOrderId: first.id,
    orderNo: formatOrderNo(first.id),
  };
};

/**
 * One window for all doors of a stairwell that wait for their valve: each household is told once. A door at which somebody is
 * already is left to him. Answers how many were scheduled; repeating with the same window tells nobody again.
 * @throws DomainError `work-order.not-found` when no valve order waits there in the actor's scope, and as `scheduleOrder`
 */
export const scheduleStairwell = async (
  context: CommandContext,
  wanted: { readonly unitId: bigint; readonly crewId?: bigint | undefined; readonly slot: Slot },
): Promise<number> => {
  const { sql, actor, today } = context;
  const ids = await findWaitingInUnit(sql, scopeBindings(actor.scope, today), wanted.unitId);
  if (ids.length === 0) {
    fail("work-order.not-found", "no valve waits in this stairwell", { field: "unitId" });
  }
  for (const id of ids) await scheduleOrder(context, { id, crewId: wanted.crewId, slot: wanted.slot });
  return ids.length;
};
