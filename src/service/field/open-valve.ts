/** What one tap at the door means for the valve and for the task that the payment raised. */
import { fail, must } from "#src/kernel/errors.ts";
import { settleValveTasks } from "#src/money/lifecycle/index.ts";
import { completeTask } from "#src/office/tasks/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { accountOfId, changeState } from "#src/town/accounts/index.ts";
import { formatOrderNo } from "./order-kinds.ts";
import type { OrderRow } from "./order-queries.ts";
import { findValvePoint, isTaskOpen } from "./valve-queries.ts";

/** What brings a valve from its state to open: a seal comes off before it is turned. */
const STEPS: Readonly<Record<string, readonly ("unseal" | "open")[]>> = {
  closed: ["open"],
  unknown: ["open"],
  sealed: ["unseal", "open"],
  open: [],
};

/**
 * Turns the valve of a valve order and closes its task. Whether it is paid is read again here, under the order's lock: a
 * payment may have been taken back while the crew stood at the door.
 * @throws DomainError `work-order.not-paid`
 */
export const openValve = async (context: CommandContext, order: OrderRow): Promise<void> => {
  const { sql, today } = context;
  const accountId = must(order.accountId, "the account of a valve order");
  const taskId = must(order.taskId, "the task of a valve order");
  await settleValveTasks(context, [accountId]);
  if (!(await isTaskOpen(sql, taskId))) {
    fail(
      "work-order.not-paid",
      "the season is not paid in full any more, or the valve was opened by somebody else",
      {
        remedy: "leave the valve as it is: the order is recalled",
        facts: { orderNo: formatOrderNo(order.id) },
      },
    );
  }
  // Before the valve turns: what announces the turning would only take the task back.
  await completeTask(context, taskId, `opened, ${formatOrderNo(order.id)}`);
  const point = must(
    await findValvePoint(sql, { chargePointId: must(order.chargePointId, "its charge point"), today }),
    "the charge point of a valve order",
  );
  const account = must(await accountOfId(sql, accountId), "the account of a valve order");
  for (const command of STEPS[point.valve] ?? []) {
    await changeState(context, {
      account,
      machine: "valve",
      command,
      chargePointOrdinal: point.ordinal,
      reason: "opened by a crew",
      document: formatOrderNo(order.id),
      effectiveOn: today,
    });
  }
};
