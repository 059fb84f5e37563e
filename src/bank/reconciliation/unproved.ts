/**
 * Payments that a channel is said to have taken and that no file of it ever names. In real time the day's file makes them 短款;
 * where nothing looked (a message of long ago, a channel that is told by files), they are told to a person here.
 */
import { formatYuan, fen } from "#src/kernel/money.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { openTasks, recallTask } from "#src/office/tasks/index.ts";
import { ownerRoleOf } from "./break-task.ts";
import { openTasksOf, type UnprovedDay, unprovedDays } from "./unproved-queries.ts";

const UNPROVED_TASK = "bank-unproved";
/** A weekend, and a file that is a day late. */
export const UNPROVED_AFTER_DAYS = 4;
const DAY_MS = 86_400_000;

export const unprovedBefore = (now: Date, days = UNPROVED_AFTER_DAYS): Date =>
  new Date(now.getTime() - days * DAY_MS);

const sourceOf = (day: UnprovedDay): string => `${day.channel}:${day.day}`;

/**
 * One task for each channel and day with payments that are old and proved by nothing; it is taken back when none is left.
 * Repeating is safe.
 * @returns how many tasks were opened
 */
export const alarmUnproved = async (context: CommandContext): Promise<number> => {
  const { sql, now } = context;
  const days = await unprovedDays(sql, unprovedBefore(now));
  const opened = await openTasks(
    context,
    days.map((day) => ({
      kind: UNPROVED_TASK,
      source: sourceOf(day),
      title: `缴费未经银行文件证实 · ${day.channel} ${day.day} · ${day.items} 笔 ${formatYuan(fen(day.fen))} 元`,
      details: { channel: day.channel, day: day.day, items: Number(day.items) },
      ownerRole: ownerRoleOf(day.ownerRole),
      ...(day.ownerId !== null && { ownerId: day.ownerId }),
    })),
  );
  const still = new Set(days.map(sourceOf));
  for (const { source } of await openTasksOf(sql, UNPROVED_TASK)) {
    if (!still.has(source))
      await recallTask(context, UNPROVED_TASK, source, "proved, or named as a difference");
  }
  return opened.filter((task) => task.opened).length;
};
