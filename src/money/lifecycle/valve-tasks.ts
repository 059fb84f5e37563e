/**
 * Who has paid and sits behind a shut valve gets a crew. "Paid with a closed valve" is the commonest call of November; last
 * season's users stay open and get no task, since one for each of them would bury the crews.
 *
 * The rule looks at what is true now and not at what the event says, so it gives the same list whatever was handled before,
 * twice, or late: a task for each charge point that is paid in full and not known to be open, none for any other.
 */
import { billingSeasonOf, findSeasons } from "#src/office/calendars/index.ts";
import { openTasks, recallTask } from "#src/office/tasks/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import {
  findAccountsOfBills,
  findAccountsOfPayments,
  findOpenSources,
  findPaidBehindValve,
  type PaidBehindValve,
} from "./queries.ts";

const KIND = "valve-opening";

/** From payment to opened valve it takes the company one to two days (Zhengzhou, 2012 report). */
const OPEN_WITHIN_MS = 2 * 86_400_000;

/**
 * A payment that was taken back and made again is a new round and a new task, and so is a valve that was opened and then
 * closed again. Openings are counted and not the day since when the valve is shut: it may be opened and closed twice on
 * one day, and a shut valve that is sealed or lost track of meanwhile still waits for the crew that was sent.
 */
const sourceOf = (point: PaidBehindValve, seasonId: number): string =>
  `charge-point:${point.chargePointId}:season:${seasonId}:round:${point.round}`;

/**
 * Opens the opening tasks that these accounts need in the current billing season and recalls those they do not need any
 * more. Set-based; repeating is safe. Before the first season nothing is opened. Announces `valve-tasks.settled` when it
 * changed something.
 */
export const settleValveTasks = async (
  context: CommandContext,
  accountIds: readonly bigint[],
): Promise<{ readonly opened: number; readonly recalled: number }> => {
  const { sql, today, now } = context;
  if (accountIds.length === 0) return { opened: 0, recalled: 0 };
  const season = billingSeasonOf(await findSeasons(sql), today);
  const points =
    season === null ? [] : await findPaidBehindValve(sql, { accountIds, seasonId: season.id, today });
  const wanted = new Map(points.map((point) => [sourceOf(point, season?.id ?? 0), point]));
  const recalled: bigint[] = [];
  for (const { id, source } of await findOpenSources(sql, { accountIds, kind: KIND })) {
    if (wanted.has(source)) continue;
    if (await recallTask(context, KIND, source, "not paid in full any more, or the valve is open"))
      recalled.push(id);
  }
  const answers = await openTasks(
    context,
    [...wanted].map(([source, point]) => ({
      kind: KIND,
      source,
      title: `已缴清，请开阀：户号 ${point.accountNo} Open the valve: paid in full, valve ${point.valve}`,
      details: { chargePointId: String(point.chargePointId), seasonId: season?.id, valve: point.valve },
      accountId: point.accountId,
      areaId: point.areaId ?? undefined,
      ownerRole: "area-manager" as const,
      dueAt: new Date(now.getTime() + OPEN_WITHIN_MS),
    })),
  );
  const opened = answers.filter((answer) => answer.opened).map((answer) => answer.id);
  announce(context, accountIds, [...opened, ...recalled]);
  return { opened: opened.length, recalled: recalled.length };
};

/** Whoever sends the crews reads what became of these tasks. */
const announce = (
  context: CommandContext,
  accountIds: readonly bigint[],
  taskIds: readonly bigint[],
): void => {
  if (taskIds.length === 0) return;
  const subject = accountIds.length === 1 ? `account:${accountIds[0]}` : `accounts:${taskIds[0]}`;
  context.emit({ type: "valve-tasks.settled", subject, payload: { taskIds: taskIds.map(String) } });
};

const afterPayments = async (context: CommandContext, paymentIds: readonly bigint[]): Promise<void> => {
  await settleValveTasks(context, await findAccountsOfPayments(context.sql, paymentIds));
};

const afterChange = async (context: CommandContext, accountId: bigint): Promise<void> => {
  await settleValveTasks(context, [accountId]);
};

export const valveTaskSubscriber: Subscriber = {
  name: "valve-tasks",
  handlers: {
    "payment.posted": (context, event) => afterPayments(context, [event.payload.paymentId]),
    "payments.imported": (context, event) => afterPayments(context, event.payload.paymentIds),
    "payment.reversed": (context, event) => afterPayments(context, [event.payload.paymentId]),
    "suspense.claimed": (context, event) => afterChange(context, event.payload.accountId),
    "prepaid.released": (context, event) => afterChange(context, event.payload.accountId),
    "bill.cancelled": (context, event) => afterChange(context, event.payload.accountId),
    "valve.changed": (context, event) => afterChange(context, event.payload.accountId),
    "account.state-changed": (context, event) => afterChange(context, event.payload.accountId),
    "prepaid.applied": async (context, event) => {
      await settleValveTasks(context, await findAccountsOfBills(context.sql, event.payload.billIds));
    },
  },
};
