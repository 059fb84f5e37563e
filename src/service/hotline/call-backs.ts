/**
 * Call-backs (未接来电回拨): one open task for one number, whatever number of times it rang.
 *
 *   open > reached (we got through) | called again (they did) | given up (by whom, why) | withdrawn (a late event: it had been
 *   answered). Nothing reopens one: a number that is lost again gets another.
 */
import { fail } from "#src/kernel/errors.ts";
import { parsePhone } from "#src/kernel/phone.ts";
import { loadContactHours } from "#src/office/calendars/index.ts";
import { openTask, recallTask } from "#src/office/tasks/index.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { announceLive } from "#src/platform/live-feed.ts";
import { readSetting } from "#src/platform/settings.ts";
import { reachOf } from "#src/service/tickets/index.ts";
import {
  askForCallBack,
  type AttemptResult,
  type CallBackOrigin,
  type CallBackRow,
  type CallBackState,
  claimNext,
  closeCallBackRow,
  type ClosedCallBack,
  closeHousehold,
  dialedSinceAttempt,
  findOpenBefore,
  findLaterContact,
  findOpenOfNumber,
  insertAttempt,
  insertCallBack,
  lockVisibleCallBack,
  postpone,
  withdrawUnfounded,
} from "./call-back-queries.ts";
import { bindCallBack, lockName, markReaching } from "./event-queries.ts";
import { nextAttemptAt } from "./retry-windows.ts";
import { callBackPolicy } from "./settings.ts";

const TASK_KIND = "call-back";
const sourceOf = (id: bigint): string => `call-back:${id}`;

const announceBoard = (context: CommandContext, id: bigint): Promise<void> =>
  announceLive(context, {
    topic: "hotline.call-back",
    audience: "everyone",
    permission: "hotline.read",
    subject: sourceOf(id),
    payload: { callBackId: id },
  });

/** What is to be done when one closes: the list of work and the board hear of it. */
const settled = async (
  context: CommandContext,
  closed: ClosedCallBack,
  state: CallBackState,
): Promise<void> => {
  await recallTask(context, TASK_KIND, sourceOf(closed.id), state);
  context.audit({ subject: sourceOf(closed.id), details: { state } });
  await announceBoard(context, closed.id);
};

type End = { readonly state: Exclude<CallBackState, "open">; readonly reason?: string };

const closeOne = async (
  context: CommandContext,
  id: bigint,
  { state, reason = "" }: End,
): Promise<boolean> => {
  const closedBy = staffIdOf(context.actor);
  const closed = await closeCallBackRow(context.sql, { id, state, reason, now: context.now, closedBy });
  if (closed === null) return false;
  await settled(context, closed, state);
  return true;
};

/** When it is tried after so many attempts: the policy's pause, outside the quiet hours of the company's calendar. */
const attemptAt = async ({ sql, now }: CommandContext, attempts: number): Promise<Date> =>
  nextAttemptAt(now, attempts, await readSetting(sql, callBackPolicy), await loadContactHours(sql));

/** The lock under which everything about one number happens. */
export const lockNumber = async (context: CommandContext, number: string): Promise<void> => {
  await lockName(context.sql, `number:${number}`);
};

export type NewCallBack = {
  /** E.164. */
  readonly number: string;
  readonly origin: CallBackOrigin;
  readonly accountId?: bigint | null | undefined;
  /** The call that was lost, or in which the caller asked. */
  readonly callId?: bigint | undefined;
};

/**
 * Opens a call-back, or answers the one that is open for this number: repeating is safe. One of a lost call that is asked for
 * now is owed from then on, also when the call turns out to have been answered. Due at once, or in the morning when
 * the quiet hours have begun; then it belongs to somebody of that morning's roster. Locks the number.
 * @throws DomainError `phone.unreadable`
 */
export const openCallBack = async (
  context: CommandContext,
  wanted: NewCallBack,
): Promise<{ readonly callBackId: bigint; readonly opened: boolean }> => {
  const { sql, now } = context;
  // One number is one task, however it was written.
  const { number } = parsePhone(wanted.number);
  await lockNumber(context, number);
  const dueAt = await attemptAt(context, 0);
  const inserted = await insertCallBack(sql, {
    number,
    origin: wanted.origin,
    accountId: wanted.accountId ?? null,
    openedAt: now,
    dueAt,
    carried: dueAt > now,
  });
  const found = inserted ?? (await findOpenOfNumber(sql, number));
  if (found === null)
    fail("database.busy", "somebody else is changing this", { remedy: "try again in a second" });
  if (wanted.callId !== undefined) await bindCallBack(sql, { callId: wanted.callId, callBackId: found.id });
  if (inserted !== null) {
    await openTask(context, {
      kind: TASK_KIND,
      source: sourceOf(found.id),
      title: "回拨 Call back",
      accountId: wanted.accountId ?? undefined,
      ownerRole: "agent",
      dueAt,
    });
    await announceBoard(context, found.id);
  } else if (wanted.origin !== "lost") {
    const asked = { id: found.id, origin: wanted.origin, accountId: wanted.accountId ?? null };
    if ((await askForCallBack(sql, asked)) !== null) {
      context.audit({ subject: sourceOf(found.id), details: { origin: wanted.origin } });
      await announceBoard(context, found.id);
    }
  }
  return { callBackId: found.id, opened: inserted !== null };
};

/**
 * A call was lost: opens its number's call-back. When somebody of that number was answered since (events come late), it is
 * closed at once by that call.
 */
export const loseCall = async (
  context: CommandContext,
  lost: {
    readonly callId: bigint;
    readonly number: string;
    readonly accountId: bigint | null;
    readonly at: Date;
  },
): Promise<void> => {
  const { callBackId } = await openCallBack(context, { ...lost, origin: "lost" });
  const later = await findLaterContact(context.sql, { number: lost.number, after: lost.at });
  if (later === null) return;
  const state = later.direction === "inbound" ? "called-again" : "reached";
  if (await closeOne(context, callBackId, { state })) {
    await markReaching(context.sql, { callId: later.callId, callBackId });
  }
};

/** A late event: the call had been answered, so it was not lost. */
export const unloseCall = async (
  context: CommandContext,
  call: { readonly callId: bigint; readonly callBackId: bigint },
): Promise<void> => {
  const { sql, now } = context;
  await bindCallBack(sql, { callId: call.callId, callBackId: null });
  const closed = await withdrawUnfounded(sql, {
    id: call.callBackId,
    state: "withdrawn",
    reason: "answered after all",
    now,
    closedBy: null,
  });
  if (closed !== null) await settled(context, closed, "withdrawn");
};

/** A number got through to us, or we to it: its open call-back is over. Locks the number. */
export const numberAnswered = async (
  context: CommandContext,
  call: {
    readonly callId: bigint;
    readonly number: string;
    readonly direction: "inbound" | "outbound";
    readonly at: Date;
  },
): Promise<void> => {
  await lockNumber(context, call.number);
  const open = await findOpenBefore(context.sql, call);
  if (open === null) return;
  const state = call.direction === "inbound" ? "called-again" : "reached";
  if (await closeOne(context, open.id, { state })) {
    await markReaching(context.sql, { callId: call.callId, callBackId: open.id });
  }
};

/**
 * Anyone spoke to a household at that time, by telephone or at its door: all call-backs that waited for it are over. Who was lost
 * since still waits. For the rooms that know of it. Answers how many.
 */
export const householdReached = async (
  context: CommandContext,
  reached: { readonly accountId: bigint; readonly how: string; readonly at: Date },
): Promise<number> => {
  const closed = await closeHousehold(context.sql, {
    accountId: reached.accountId,
    at: reached.at,
    day: context.today,
    state: "reached",
    reason: reached.how,
    now: context.now,
    closedBy: staffIdOf(context.actor),
  });
  for (const one of closed) await settled(context, one, "reached");
  return closed.length;
};

const lockOpen = async (context: CommandContext, id: bigint): Promise<CallBackRow> => {
  const row = await lockVisibleCallBack(context.sql, { id, ...reachOf(context.actor, context.today) });
  if (row === null) return fail("call-back.not-found", "there is no such call-back");
  if (row.state !== "open") {
    fail("call-back.closed", `this call-back is over: ${row.state}`, {
      remedy: "nothing is to be done here; take another (POST /hotline/call-backs/next)",
      facts: { state: row.state },
    });
  }
  return row;
};

/**
 * The next call-back that is due and nobody's becomes mine, also one that somebody took and did not try within the policy's
 * time. Null when there is none.
 * @throws DomainError `call-back.needs-person`
 */
export const takeNextCallBack = async (context: CommandContext): Promise<bigint | null> => {
  if (staffIdOf(context.actor) === null) fail("call-back.needs-person", "a person calls back, not a machine");
  const { heldMinutes } = await readSetting(context.sql, callBackPolicy);
  const taken = await claimNext(context.sql, {
    ...reachOf(context.actor, context.today),
    now: context.now,
    heldSince: new Date(context.now.getTime() - heldMinutes * 60_000),
  });
  if (taken === null) return null;
  context.audit({ subject: sourceOf(taken.id), details: { taken: true } });
  return taken.id;
};

/** Attempts in one breath are none: before its time only one counts that the exchange dialed for this person. */
const requireDue = async (context: CommandContext, row: CallBackRow): Promise<void> => {
  if (row.dueAt === null || row.dueAt <= context.now) return;
  const staffId = staffIdOf(context.actor);
  if (await dialedSinceAttempt(context.sql, { callBackId: row.id, staffId })) return;
  fail("call-back.not-due", `this number is to be tried again at ${row.dueAt.toISOString()}`, {
    field: "result",
    remedy: `take another (POST /hotline/call-backs/next), or have the exchange dial now (POST /hotline/dial) and tell of it then`,
    facts: { dueAt: row.dueAt.toISOString(), attempts: row.attempts },
  });
};

/**
 * Counts an attempt. Reached closes it, at any time; anything else counts when it is due or was dialed, and makes the next one
 * due after the policy's pause, outside the quiet hours.
 * @throws DomainError `call-back.not-found`, `call-back.closed`, `call-back.not-due`
 */
export const recordAttempt = async (
  context: CommandContext,
  id: bigint,
  attempt: { readonly result: AttemptResult; readonly note: string },
): Promise<{ readonly state: CallBackState; readonly dueAt: Date | null }> => {
  const row = await lockOpen(context, id);
  const { sql, now } = context;
  if (attempt.result !== "reached") await requireDue(context, row);
  await insertAttempt(sql, { callBackId: id, now, staffId: staffIdOf(context.actor), ...attempt });
  context.audit({ subject: sourceOf(id), details: { attempt: row.attempts + 1, result: attempt.result } });
  if (attempt.result === "reached") {
    await closeOne(context, id, { state: "reached" });
    return { state: "reached", dueAt: null };
  }
  const dueAt = await attemptAt(context, row.attempts + 1);
  await postpone(sql, { id, dueAt });
  return { state: "open", dueAt };
};

export const GIVE_UP_REASONS = ["attempts-exhausted", "wrong-number", "refused", "duplicate"] as const;
export type GiveUpReason = (typeof GIVE_UP_REASONS)[number];

/**
 * Gives a number up, by a person and with a reason. For want of an answer only after as many attempts as the policy asks.
 * @throws DomainError `call-back.not-found`, `call-back.closed`, `version.stale`, `call-back.too-early`,
 * `call-back.needs-person`
 */
export const giveUpCallBack = async (
  context: CommandContext,
  id: bigint,
  given: { readonly reason: GiveUpReason; readonly version: number },
): Promise<void> => {
  if (staffIdOf(context.actor) === null) fail("call-back.needs-person", "a person gives up, not a machine");
  const row = await lockOpen(context, id);
  if (row.version !== given.version) {
    fail("version.stale", "somebody else changed this call-back meanwhile", {
      facts: { version: row.version },
    });
  }
  const { leastAttempts } = await readSetting(context.sql, callBackPolicy);
  if (given.reason === "attempts-exhausted" && row.attempts < leastAttempts) {
    fail("call-back.too-early", "this number was not tried often enough", {
      remedy: "try again when it is due",
      facts: { attempts: row.attempts, leastAttempts },
    });
  }
  await closeOne(context, id, { state: "given-up", reason: given.reason });
};
