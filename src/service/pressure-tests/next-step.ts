/**
 * What must not be left lying: a test that failed, was put off, or whose hours went by unused is somebody's task until it goes on.
 * The next command of the test takes the task back.
 */
import { recallTask } from "#src/office/tasks/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { openAreaTask } from "#src/town/grid/index.ts";
import { formatTestNo, type Test } from "./schema.ts";

export const TASK_NEXT = "pressure-next";

const DAY_MS = 86_400_000;
const LEFT = {
  /** Re-tests are made two days later (Dezhou); the window has to be announced before. */
  failed: { words: "不合格，请安排复试 It failed: plan its re-test", withinMs: DAY_MS },
  /** **assumed**: a week. */
  postponed: { words: "已暂缓，请另定时间 It is put off: give it another window", withinMs: 7 * DAY_MS },
  unused: {
    words: "已过时间而未完成，请改期或录结果 Its hours are over: move it or say how it ended",
    withinMs: 0,
  },
} as const;
export type LeftLying = keyof typeof LEFT;

const sourceOf = (test: Test, why: LeftLying): string => `pressure-test:${test.id}:${test.windowNo}:${why}`;

/** Repeating is safe: a window is left lying once for each reason. */
export const askForNext = async (context: CommandContext, test: Test, why: LeftLying): Promise<void> => {
  const { words, withinMs } = LEFT[why];
  await openAreaTask(context, test.buildingId, {
    kind: TASK_NEXT,
    source: sourceOf(test, why),
    title: `试压 ${formatTestNo(test.id)} ${words}`,
    details: { testId: String(test.id), windowNo: test.windowNo, why },
    dueAt: new Date(context.now.getTime() + withinMs),
  });
};

/** The test goes on. */
export const recallNext = async (context: CommandContext, test: Test): Promise<void> => {
  for (const why of Object.keys(LEFT) as LeftLying[]) {
    await recallTask(context, TASK_NEXT, sourceOf(test, why), "the test went on");
  }
};
