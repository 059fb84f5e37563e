/**
 * "I will be away" (不在家): somebody has to find out who has the key, before water comes in. One task for each home and window, with
 * the area manager who serves the building; it is taken back when the window is.
 */
import { fail } from "#src/kernel/errors.ts";
import { recallTask } from "#src/office/tasks/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import { openAreaTask } from "#src/town/grid/index.ts";
import {
  findAccountsAway,
  findHomesOfReply,
  findTestsAhead,
  insertAbsence,
  type TestAhead,
} from "./absence-queries.ts";
import { formatTestNo, type Test } from "./schema.ts";

export const TASK_KEY_HOLDER = "key-holder";

const sourceOf = (testId: bigint, windowNo: number, accountId: bigint): string =>
  `pressure-test:${testId}:${windowNo}:account:${accountId}`;

const openKeyHolder = async (
  context: CommandContext,
  test: TestAhead,
  said: { readonly source: string; readonly note: string },
): Promise<boolean> => {
  const { sql, now } = context;
  const { id: taskId } = await openAreaTask(context, test.buildingId, {
    kind: TASK_KEY_HOLDER,
    source: sourceOf(test.testId, test.windowNo, test.accountId),
    title: `试压 ${formatTestNo(test.testId)} 有住户不在家，请落实代管人 A household will be away: find who has the key`,
    details: { testId: String(test.testId), windowNo: test.windowNo, said: said.source },
    accountId: test.accountId,
    dueAt: test.startsAt,
  });
  const isNew = await insertAbsence(sql, {
    testId: test.testId,
    windowNo: test.windowNo,
    accountId: test.accountId,
    source: said.source,
    note: said.note,
    taskId,
    now,
  });
  if (isNew) {
    context.audit({
      subject: `pressure-test:${test.testId}`,
      details: { away: test.accountId, windowNo: test.windowNo, source: said.source, task: taskId },
    });
  }
  return isNew;
};

/**
 * Nobody will be in these homes: each of their tests ahead gets a task to find who has the key. Answers for how many tests; 0 when
 * none is ahead, and then the word was about something else. Repeating is safe.
 * @param said.source `message:9`, `call:3`, `counter`; `note` in words, for the list, no numbers of people
 */
export const noteAbsence = async (
  context: CommandContext,
  accountIds: readonly bigint[],
  said: { readonly source: string; readonly note: string },
): Promise<number> => {
  const tests = await findTestsAhead(context.sql, { accountIds, now: context.now });
  for (const test of tests) await openKeyHolder(context, test, said);
  return tests.length;
};

/**
 * The same, said at a counter or on the telephone about one test.
 * @throws DomainError `pressure-test.no-absence` when this household has not this test ahead
 */
export const noteAbsenceFrom = async (
  context: CommandContext,
  test: Test,
  accountId: bigint,
  note: string,
): Promise<void> => {
  const ahead = await findTestsAhead(context.sql, { accountIds: [accountId], now: context.now });
  if (!ahead.some((one) => one.testId === test.id)) {
    fail("pressure-test.no-absence", "this household has no such test ahead", {
      field: "accountNo",
      remedy: "look at the building of the test, and whether it is over",
      facts: { test: formatTestNo(test.id), state: test.state },
    });
  }
  await noteAbsence(context, [accountId], { source: "counter", note });
};

/** The window is gone: nobody has to find a key for it. */
export const recallAbsences = async (context: CommandContext, test: Test): Promise<void> => {
  const away = await findAccountsAway(context.sql, { testId: test.id, windowNo: test.windowNo });
  for (const { accountId } of away) {
    await recallTask(
      context,
      TASK_KEY_HOLDER,
      sourceOf(test.id, test.windowNo, accountId),
      "the window was changed",
    );
  }
};

/**
 * An answer to a text message (不在家): for the home of the sender, or for each of the homes that the message named. To whichever notice
 * it was: who says so while a test is ahead will not be there.
 */
export const pressureReplySubscriber: Subscriber = {
  name: "pressure-replies",
  handlers: {
    "notice.replied": async (context, { payload }) => {
      const { noticeId, receivedId, accountId, kind } = payload;
      if (kind !== "away") return;
      const homes =
        accountId === null
          ? (await findHomesOfReply(context.sql, { noticeId, receivedId })).map((home) => home.accountId)
          : [accountId];
      await noteAbsence(context, homes, { source: `message:${receivedId}`, note: "" });
    },
  },
};
