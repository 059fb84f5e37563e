/**
 * Posting a checked file in chunks. Each chunk is one command: cursor, postings, final lines, breaks with their tasks,
 * audit row and event commit together. A killed process leaves a cursor, and posting goes on from there; nothing goes
 * back.
 */
import { fail } from "#src/kernel/errors.ts";
import type { Action } from "#src/platform/actions.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import { monotonicMs } from "#src/platform/clock.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { failpoint } from "#src/platform/failpoint.ts";
import type { Platform } from "#src/platform/route.ts";
import { collectionPolicy, openSeason } from "#src/money/collection/index.ts";
import { openTasks, recallTask } from "#src/office/tasks/index.ts";
import { dayOfInstant } from "#src/kernel/day.ts";
import { breakTask, LATE_FILE_TASK, ownerRoleOf } from "./break-task.ts";
import {
  accountsOfPayments,
  type ChunkResult,
  deleteStaged,
  giveTasks,
  type ImportChannel,
  type ImportFile,
  lockImport,
  markPosted,
  moveCursor,
  nextReversalEnd,
  postPaymentLines,
  postReversalLines,
} from "./import-queries.ts";
import { daysOfFile } from "./line-queries.ts";

export type ImportProgress = (done: number, total: number) => void;

/** A chunk holds the locks of its households for about this long: a cashier waits that long at most. At 60 ms a file took an eighth more. */
const TARGET_CHUNK_MS = 100;
const FIRST_CHUNK_LINES = 500;
const SMALLEST_CHUNK_LINES = 200;
const LARGEST_CHUNK_LINES = 2000;
const REVERSALS_PER_CHUNK = 100;

const addCounts = (
  before: Readonly<Record<string, number>>,
  more: Readonly<Record<string, number>>,
): Record<string, number> => {
  const sum: Record<string, number> = { ...before };
  for (const [outcome, lines] of Object.entries(more)) sum[outcome] = (sum[outcome] ?? 0) + lines;
  return sum;
};

/** The task of each break, and the break knows its task. */
const raiseTasks = async (
  context: CommandContext,
  channel: ImportChannel,
  breaks: ChunkResult["breaks"],
): Promise<void> => {
  if (breaks.length === 0) return;
  const opened = await openTasks(
    context,
    breaks.map((one) =>
      breakTask({
        breakId: BigInt(one.breakId),
        class: one.class,
        channel: channel.code,
        bankDay: one.bankDay,
        amountFen: BigInt(one.amountFen),
        ownerRole: ownerRoleOf(channel.taskOwnerRole),
        ownerId: channel.taskOwnerId,
        details: { row: one.rowNo, rule: one.rule },
      }),
    ),
  );
  await giveTasks(
    context.sql,
    breaks.map((one) => BigInt(one.breakId)),
    opened.map((task) => task.id),
  );
};

const TENDERS = { counter: "transfer", bank: "transfer", wallet: "wallet", agent: "transfer" } as const;

type ChunkRange = { readonly kind: "payments" | "reversals"; readonly from: number; readonly to: number };

const lockAtCursor = async (
  context: CommandContext,
  fileId: bigint,
  range: ChunkRange,
): Promise<ImportFile> => {
  const file = await lockImport(context.sql, fileId);
  const cursor = range.kind === "payments" ? file?.cursorOrdinal : file?.reversalCursor;
  if (file === null || cursor !== range.from || (file.state !== "checked" && file.state !== "posting")) {
    fail("file.in-progress", "another process posts this file", {
      remedy: "see its progress: GET /bank-imports/{id}",
      facts: { importFileId: String(fileId) },
    });
  }
  return file;
};

const postChunk = async (
  context: CommandContext,
  channel: ImportChannel,
  fileId: bigint,
  range: ChunkRange,
  terms: { readonly policy: string; readonly seasonId: number },
): Promise<void> => {
  const file = await lockAtCursor(context, fileId, range);
  const input = {
    fileId,
    channelId: channel.id,
    realTime: channel.realTime,
    from: range.from,
    to: range.to,
    accountingDate: context.today,
    actorId: staffIdOf(context.actor),
    now: context.now,
  };
  const done =
    range.kind === "payments"
      ? await postPaymentLines(context.sql, { ...input, ...terms, tender: TENDERS[channel.kind] })
      : await postReversalLines(context.sql, input);
  await raiseTasks(context, channel, done.breaks);
  await moveCursor(context.sql, {
    id: fileId,
    cursorOrdinal: range.kind === "payments" ? range.to : file.cursorOrdinal,
    reversalCursor: range.kind === "reversals" ? range.to : file.reversalCursor,
    counts: addCounts(file.counts, done.counts),
  });
  const subject = `bank-import:${fileId}`;
  context.audit({ subject, details: { ...range, ...done.counts, breaks: done.breaks.length } });
  if (range.kind === "payments" && done.paymentIds.length > 0) {
    context.emit({
      type: "payments.imported",
      subject,
      payload: { importFileId: String(fileId), chunk: range.from, paymentIds: done.paymentIds.map(String) },
    });
  }
  if (range.kind === "reversals") {
    for (const { paymentId, accountId } of await accountsOfPayments(context.sql, done.paymentIds)) {
      context.emit({
        type: "payment.reversed",
        subject: `account:${accountId}`,
        payload: { paymentId: String(paymentId) },
      });
    }
  }
};

const nextChunkLines = (lines: number, elapsedMs: number): number =>
  Math.round(
    Math.min(
      LARGEST_CHUNK_LINES,
      Math.max(SMALLEST_CHUNK_LINES, lines * Math.min(2, TARGET_CHUNK_MS / Math.max(1, elapsedMs))),
    ),
  );

/**
 * Posts a checked file from its cursor to its end. The caller holds the file's lock. Repeating is safe: a posted chunk
 * is behind the cursor.
 * @throws DomainError `file.in-progress`, `day.closed`
 */
export const postImport = async (
  platform: Platform,
  actor: Actor,
  file: ImportFile,
  channel: ImportChannel,
  options: { readonly onProgress?: ImportProgress | undefined; readonly requestId?: string | undefined },
): Promise<void> => {
  const { database, commands } = platform;
  const total = file.lineCount ?? 0;
  const run = async (name: Action, work: (context: CommandContext) => Promise<void>): Promise<void> => {
    await commands.run(
      { name, actor, pool: "bulk", ...(options.requestId !== undefined && { requestId: options.requestId }) },
      work,
    );
  };
  const post = async (range: ChunkRange): Promise<void> => {
    await failpoint("import-chunk-before");
    const terms = {
      policy: await collectionPolicy(database),
      seasonId: await openSeason(database, dayOfInstant(platform.clock.now())),
    };
    await run("bank.post-chunk", async (context) => postChunk(context, channel, file.id, range, terms));
    await failpoint("import-chunk-after");
  };
  let lines = FIRST_CHUNK_LINES;
  for (let from = file.cursorOrdinal; from < total;) {
    const to = Math.min(total, from + lines);
    const since = monotonicMs();
    await post({ kind: "payments", from, to });
    lines = nextChunkLines(lines, monotonicMs() - since);
    from = to;
    options.onProgress?.(from, total);
  }
  // A reversal may stand before its payment in the file: all payments are there now.
  for (let from = file.reversalCursor; ;) {
    const to = await nextReversalEnd(database.sql, file.id, from, REVERSALS_PER_CHUNK);
    if (to === null) break;
    await post({ kind: "reversals", from, to });
    from = to;
  }
  await run("bank.finish-file", async (context) => {
    await deleteStaged(context.sql, file.id);
    if ((await markPosted(context.sql, file.id, context.now)) === 0) return;
    for (const day of file.bankDay === null ? await daysOfFile(context.sql, file.id) : [file.bankDay]) {
      await recallTask(context, LATE_FILE_TASK, `${channel.code}:${day}`, "the file has come");
    }
    context.audit({ subject: `bank-import:${file.id}`, details: { posted: total } });
  });
};
