/** Imports that began to be posted and do not come to their end, however often the timetable goes on with them: a person is told. */
import type { CommandContext } from "#src/platform/command.ts";
import { openTasks, recallTask } from "#src/office/tasks/index.ts";
import { ownerRoleOf } from "./break-task.ts";
import { longUnfinished } from "./unfinished-queries.ts";
import { openTasksOf } from "./unproved-queries.ts";

const UNFINISHED_TASK = "bank-import-unfinished";
/** The largest file takes minutes; what a killed process left is finished by the next look. */
const UNFINISHED_AFTER_MS = 30 * 60_000;

/** One task for each such import; it is taken back when the import is finished. Repeating is safe. Answers how many were opened. */
export const alarmUnfinished = async (context: CommandContext): Promise<number> => {
  const { sql, now } = context;
  const stuck = await longUnfinished(sql, new Date(now.getTime() - UNFINISHED_AFTER_MS));
  const opened = await openTasks(
    context,
    stuck.map(({ id, channel, linesDone, lineCount, ownerRole, ownerId }) => ({
      kind: UNFINISHED_TASK,
      source: `bank-import:${id}`,
      title: `银行文件入账未完成 · ${channel} · 导入 ${id}，已入 ${linesDone}/${lineCount} 行`,
      details: { importFileId: String(id), channel, linesDone, lineCount },
      ownerRole: ownerRoleOf(ownerRole),
      ...(ownerId !== null && { ownerId }),
    })),
  );
  const still = new Set(stuck.map(({ id }) => `bank-import:${id}`));
  for (const { source } of await openTasksOf(sql, UNFINISHED_TASK)) {
    if (!still.has(source)) await recallTask(context, UNFINISHED_TASK, source, "the import is finished");
  }
  return opened.filter((task) => task.opened).length;
};
