/**
 * A bank day of a channel: what we took in, what the file says, what the bank put on our account, and the differences.
 * Looking changes nothing; `reconcileBankDay` names what is missing and takes back what has come.
 */
import { addDays, type Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import type { Sql } from "#src/platform/sql.ts";
import { openTasks, recallTask } from "#src/office/tasks/index.ts";
import { BREAK_TASK, breakTask, breakTaskSource, LATE_FILE_TASK, ownerRoleOf } from "./break-task.ts";
import { type BreakRow, breaksOfDay, resolveBreakRow } from "./break-queries.ts";
import { type Bridge, bridgeCloses, buildBridge } from "./bridge.ts";
import {
  type BankDayRow,
  type CreditTotals,
  bridgeParts,
  type Certificate,
  creditsOfDay,
  type DayChannel,
  dayChannel,
  type DayFile,
  doubtPayments,
  ensureBankDay,
  filesOfDay,
  findBankDay,
  findCertificate,
  foundAfterAll,
  insertUnnamed,
  lateFiles,
  proveLateMessages,
  setDayState,
  type Unnamed,
  unfinishedOfDay,
  unnamedBefore,
  unnamedOfDay,
} from "./day-queries.ts";
import { giveTasks, markReconciled } from "./import-queries.ts";
import { daysOfFile } from "./line-queries.ts";

export type BankDayView = {
  readonly channel: string;
  readonly day: Day;
  readonly state: "none" | "open" | "reconciled" | "certified";
  readonly bridge: Bridge;
  readonly closes: boolean;
  readonly files: readonly DayFile[];
  /** A file of the day that is not posted to its end: the bridge speaks of a part of it. */
  readonly unfinishedId: bigint | null;
  readonly credits: CreditTotals;
  /** File less credits; null while the bank has credited nothing. */
  readonly creditGapFen: bigint | null;
  readonly breaks: readonly BreakRow[];
  readonly certificate: Certificate | null;
};

/** @throws DomainError `channel.unknown` */
export const channelOfDay = async (sql: Sql, code: string): Promise<DayChannel> =>
  (await dayChannel(sql, code)) ??
  fail("channel.unknown", `there is no channel "${code}"`, { field: "channel", remedy: "see GET /channels" });

/** The day as it stands. Reads only; corrections that were made later stand on later days and change nothing here. */
export const readBankDay = async (sql: Sql, channelCode: string, day: Day): Promise<BankDayView> => {
  const channel = await channelOfDay(sql, channelCode);
  const row = await findBankDay(sql, channel.id, day);
  const files = await filesOfDay(sql, channel.id, day);
  const parts = new Map(
    (await bridgeParts(sql, channel.id, day)).map(({ part, items, fen }) => [part, { items, fen }]),
  );
  const stated = files.reduce(
    (sum, file) => ({ items: sum.items + BigInt(file.lineCount), fen: sum.fen + file.totalFen }),
    { items: 0n, fen: 0n },
  );
  // Files whose lines are of several days state no total for this one; then the lines are what the bank says.
  const lines = parts.get("lines");
  const hasLines = lines !== undefined && lines.items > 0n;
  const file = files.length > 0 ? stated : hasLines ? lines : null;
  const bridge = buildBridge(parts, file);
  const credits = await creditsOfDay(sql, channel.id, day);
  return {
    channel: channel.code,
    day,
    state: row?.state ?? "none",
    bridge,
    closes: bridgeCloses(bridge),
    files,
    unfinishedId: (await unfinishedOfDay(sql, channel.id, day))?.id ?? null,
    credits,
    creditGapFen: credits.credits === 0n || file === null ? null : file.fen - credits.grossFen,
    breaks: await breaksOfDay(sql, channel.id, day),
    certificate: row === null ? null : await findCertificate(sql, row.id),
  };
};

/** Closes breaks whose reason went away, with their tasks. */
const takeBack = async (
  context: CommandContext,
  ids: readonly bigint[],
  resolution: string,
): Promise<void> => {
  for (const id of ids) {
    const resolved = await resolveBreakRow(context.sql, {
      id,
      resolution,
      note: "",
      paymentId: null,
      approvalId: null,
      resolvedBy: staffIdOf(context.actor),
      now: context.now,
    });
    if (resolved === 0) continue;
    await recallTask(context, BREAK_TASK, breakTaskSource(id), resolution);
    context.audit({ subject: `bank-break:${id}`, details: { resolution } });
  }
};

/** Names what no file has: each a difference of the day with its task, and a payment that is missing is in doubt (可疑). */
const nameUnnamed = async (
  context: CommandContext,
  channel: DayChannel,
  day: Day,
  unnamed: readonly Unnamed[],
): Promise<void> => {
  if (unnamed.length === 0) return;
  const { sql, now } = context;
  const bankDay = await ensureBankDay(sql, channel.id, day);
  // Certified at this moment: whoever looks next finds it again, and names it on a later day.
  if (bankDay.state === "certified") return;
  await doubtPayments(
    sql,
    unnamed.filter((one) => one.isPayment).map((one) => one.paymentId),
  );
  const named = await insertUnnamed(sql, {
    bankDayId: bankDay.id,
    paymentIds: unnamed.map((one) => one.paymentId),
    arePayments: unnamed.map((one) => one.isPayment),
    amounts: unnamed.map((one) => one.amountFen),
    stand: unnamed.map((one) => one.stands),
    now,
  });
  const open = named.filter((one) => one.state === "open");
  const tasks = await openTasks(
    context,
    open.map((one) =>
      breakTask({
        breakId: one.id,
        class: one.class,
        channel: channel.code,
        bankDay: day,
        amountFen: one.amountFen,
        ownerRole: ownerRoleOf(channel.taskOwnerRole),
        ownerId: channel.taskOwnerId,
        details: { paymentId: String(one.paymentId) },
      }),
    ),
  );
  await giveTasks(
    sql,
    open.map((one) => one.id),
    tasks.map((task) => task.id),
  );
  context.audit({ subject: `bank-day:${channel.code}:${day}`, details: { missing: named.length } });
};

/**
 * Of the day, and of the days before whose files are there. A certified day changes no more: what is found of it stands on
 * the day that is looked at now.
 */
const nameMissing = async (context: CommandContext, channel: DayChannel, day: Day): Promise<void> => {
  const before = Map.groupBy(await unnamedBefore(context.sql, channel.id, day), (one) => one.day);
  // The latest first: so is the order of the locks everywhere.
  for (const [on, unnamed] of [...before].sort(([a], [b]) => (a < b ? 1 : -1))) {
    await nameUnnamed(context, channel, on, unnamed);
  }
  await nameUnnamed(context, channel, day, await unnamedOfDay(context.sql, channel.id, day));
};

/**
 * What reconciling does, without drawing the bridge: differences whose reason went away are closed, what no file names is
 * named. Answers null while the day has no posted file. Locks the bank day.
 */
export const settleDifferences = async (
  context: CommandContext,
  channel: DayChannel,
  day: Day,
): Promise<BankDayRow | null> => {
  const { sql } = context;
  const files = await filesOfDay(sql, channel.id, day);
  if (!files.some((file) => file.state === "posted")) return null;
  const row = await ensureBankDay(sql, channel.id, day);
  const late = await proveLateMessages(sql, channel.id);
  await takeBack(
    context,
    late.map((one) => one.id),
    "message-came-late",
  );
  const found = await foundAfterAll(sql, channel.id);
  await takeBack(
    context,
    found.map((one) => one.id),
    "found-in-file",
  );
  if (channel.realTime && row.state !== "certified") await nameMissing(context, channel, day);
  return row;
};

/**
 * Reconciles a day whose file is posted. For a channel in real time: payments of ours that the files of the day before,
 * the day and the day after do not name become 短款 (doubtful, a break, a task); those near the day cut wait until the next
 * file is posted. So do messages that came for an earlier day after its files were looked through. Breaks whose reason went
 * away are closed. Repeating is safe. Locks the bank day.
 * @throws DomainError `channel.unknown`
 */
export const reconcileBankDay = async (
  context: CommandContext,
  channelCode: string,
  day: Day,
): Promise<BankDayView> => {
  const channel = await channelOfDay(context.sql, channelCode);
  const row = await settleDifferences(context, channel, day);
  const view = await readBankDay(context.sql, channelCode, day);
  if (row?.state !== "open" || !view.closes) return view;
  await setDayState(context.sql, row.id, "reconciled");
  return { ...view, state: "reconciled" };
};

/**
 * The days that a file's lines belong to, and the day before the first: what waited there for this file is decided now. The
 * file says when it is done, so that whoever comes after a kill in between does it. Repeating is safe.
 */
export const reconcileTouchedDays = async (
  platform: Platform,
  actor: Actor,
  channel: string,
  fileId: bigint,
  fileDay: Day | null,
): Promise<void> => {
  const { sql } = platform.database;
  const days = new Set<Day>(await daysOfFile(sql, fileId));
  if (fileDay !== null) days.add(fileDay);
  const before = [...days].map((day) => addDays(day, -1));
  const touched = [...new Set([...before, ...days])].sort((a, b) => (a < b ? -1 : 1));
  for (const day of touched) {
    await platform.commands.run({ name: "bank.reconcile-day", actor, pool: "bulk" }, async (context) => {
      await settleDifferences(context, await channelOfDay(context.sql, channel), day);
    });
  }
  await platform.commands.run({ name: "bank.finish-reconciling", actor, pool: "bulk" }, async (context) => {
    if ((await markReconciled(context.sql, fileId, context.now)) === 0) return;
    context.audit({ subject: `bank-import:${fileId}`, details: { reconciledDays: touched.length } });
  });
};

/**
 * One alarm for each file that is due and not there, to the channel's named person or role. Repeating is safe; the alarm
 * is taken back when the file is posted.
 */
export const alarmLateFiles = async (context: CommandContext): Promise<number> => {
  const late = await lateFiles(context.sql, context.now);
  const opened = await openTasks(
    context,
    late.map((file) => ({
      kind: LATE_FILE_TASK,
      source: `${file.channel}:${file.day}`,
      title: `对账文件未到 · ${file.channel} ${file.day}`,
      details: { channel: file.channel, day: file.day },
      ownerRole: ownerRoleOf(file.ownerRole),
      dueAt: file.dueAt,
      ...(file.ownerId !== null && { ownerId: file.ownerId }),
    })),
  );
  return opened.filter((task) => task.opened).length;
};
