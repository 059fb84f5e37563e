/**
 * The clocks of a case: started by rules or given by an order, paused and resumed for a reason, stopped in time or not.
 *
 * running > paused > running ...; running or paused > stopped (met or not) or cancelled. Nothing restarts a stopped clock:
 * a case that is opened again gets clocks of another subject (`reopen:1`).
 */
import { fail } from "#src/kernel/errors.ts";
import { loadWorkingTimeVersion, type StoredWorkingTime } from "#src/office/calendars/index.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import { canonicalJson, type CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { CaseFacts } from "./choose-rule.ts";
import type { Pause } from "./due-time.ts";
import {
  cancelOpen,
  type ClockRow,
  type DueClock,
  findClocksOf,
  findPauses,
  insertClocks,
  findRunningGiven,
  insertClocksAtEnd,
  insertGivenClock,
  listDueClocks,
  lockOpenClocks,
  moveGivenTo,
  pauseRunning,
  restorePauses,
  resumePaused,
  stopOpen,
} from "./queries.ts";
import { insertChanges, moveGivenRow } from "./recalculation-queries.ts";
import { countClock, countIn, keptRuleBook, loadRuleBook, type RuleBook, ruleSeasonAt } from "./rule-book.ts";
import { findPauseReason, findStationOwner } from "./rule-queries.ts";
import {
  type ClockKind,
  type CountedKind,
  OPENING_KINDS,
  type Severity,
  type StationOwner,
} from "./schema.ts";

export type ClockStart = {
  readonly ticketId: bigint;
  /** Second level: `heat.cold`. */
  readonly category: string;
  readonly severity: Severity;
  readonly stationId: bigint | null;
  /** Whose the station is, where the caller knows it; else it is looked up. */
  readonly stationOwner?: StationOwner | null | undefined;
  readonly openedAt: Date;
  /** Which clocks; default first response, on site and solution. */
  readonly kinds?: readonly CountedKind[] | undefined;
  /** `reopen:1`: a second set of clocks of one case. */
  readonly subject?: string | undefined;
};

export type StartedClock = { readonly kind: CountedKind; readonly dueAt: Date };

const ownerOf = async (sql: Sql, start: Pick<ClockStart, "stationId" | "stationOwner">) => {
  if (start.stationOwner !== undefined || start.stationId === null) return start.stationOwner ?? null;
  return (await findStationOwner(sql, start.stationId))?.owner ?? null;
};

/** Read at most this often while somebody changes rules at the same moment. */
const READS = 3;

const countClocks = (book: RuleBook, start: ClockStart, stationOwner: StationOwner | null) => {
  const { ticketId, category, severity, stationId, openedAt } = start;
  const facts: CaseFacts = {
    category,
    severity,
    stationId,
    stationOwner,
    season: ruleSeasonAt(book, openedAt),
  };
  const clocks = (start.kinds ?? OPENING_KINDS).flatMap(
    (kind) => countClock(book, kind, facts, openedAt) ?? [],
  );
  const row = {
    ticketId,
    subject: start.subject ?? "",
    category,
    severity,
    stationId,
    stationOwner,
    startedAt: openedAt,
    clocks: canonicalJson(clocks),
    timesRevision: book.times.revision,
    rulesRevision: book.rulesRevision,
  };
  return { clocks, row };
};

const writeClocks = async (
  sql: Sql,
  start: ClockStart,
  stationOwner: StationOwner | null,
): Promise<StartedClock[]> => {
  let book: RuleBook = keptRuleBook() ?? (await loadRuleBook(sql));
  for (let read = 0; read < READS; read += 1) {
    const { clocks, row } = countClocks(book, start, stationOwner);
    const { isCurrent } = await insertClocks(sql, row);
    if (isCurrent === 1) return clocks.map(({ kind, dueAt }) => ({ kind, dueAt }));
    book = await loadRuleBook(sql);
  }
  return fail("clock.rules-changing", "the rules of the clocks are being changed", {
    remedy: "try again in a second",
  });
};

/**
 * Starts the clocks that the rules in force give to a case, in one statement. A kind without a rule has no clock.
 * Repeating is safe: what runs already stays as it is; what was cancelled (a wrong category, a merge that is undone) runs anew.
 * @throws DomainError `calendar.unknown`, `calendar.never-opens`, `clock.rules-changing`
 */
export const startClocks = async (context: CommandContext, start: ClockStart): Promise<StartedClock[]> =>
  writeClocks(context.sql, start, await ownerOf(context.sql, start));

/**
 * `startClocks` for a case that is being opened, with the commit: nobody waits for the answer. Rules that were changed since they were read fail the command as
 * a serialization failure, and its next attempt reads them anew.
 */
export const startClocksAtEnd = async (context: CommandContext, start: ClockStart): Promise<void> => {
  const owner = await ownerOf(context.sql, start);
  const kept = context.attempt === 1 ? keptRuleBook() : undefined;
  insertClocksAtEnd(context, countClocks(kept ?? (await loadRuleBook(context.sql)), start, owner).row);
};

export type GivenClock = {
  readonly ticketId: bigint;
  readonly kind: ClockKind;
  /** `referral:12`: which order of the case gave it. */
  readonly subject: string;
  readonly dueAt: Date;
  /** When people are told that it is getting late; default when three quarters of the time have passed. */
  readonly warnAt?: Date | undefined;
};

const warnOf = (from: Date, dueAt: Date): Date =>
  dueAt <= from ? dueAt : new Date(from.getTime() + Math.trunc(((dueAt.getTime() - from.getTime()) * 3) / 4));

const earlier = (one: Date, other: Date): Date => (one < other ? one : other);

/**
 * Starts a clock whose due time an order from outside gives (转办): never counted, never paused, and moved only by
 * `moveGivenClock`. Repeating is safe: false when there is one already.
 */
export const startGivenClock = async (context: CommandContext, given: GivenClock): Promise<boolean> => {
  const { ticketId, kind, subject, dueAt } = given;
  const warnAt = earlier(given.warnAt ?? warnOf(context.now, dueAt), dueAt);
  const row = { ticketId, kind, subject, startedAt: context.now, dueAt, warnAt };
  return (await insertGivenClock(context.sql, row)) !== null;
};

/**
 * Moves a given due time: an extension that the order's sender granted. Kept with its reason.
 * @throws DomainError `clock.not-found` when no such given clock runs
 */
export const moveGivenClock = async (
  context: CommandContext,
  given: GivenClock & { readonly reason: string },
): Promise<void> => {
  const clock = (await lockOpenClocks(context.sql, given.ticketId)).find(
    (row) => row.given && row.kind === given.kind && row.subject === given.subject,
  );
  if (clock === undefined) fail("clock.not-found", "no such clock runs", { facts: { kind: given.kind } });
  const warnAt = earlier(given.warnAt ?? warnOf(context.now, given.dueAt), given.dueAt);
  await moveGivenRow(context.sql, { id: clock.id, dueAt: given.dueAt, warnAt });
  await insertChanges(context.sql, {
    cause: "given-anew",
    reason: given.reason,
    changes: canonicalJson([
      { clockId: clock.id, fromDueAt: clock.dueAt, toDueAt: given.dueAt, ruleId: null },
    ]),
    now: context.now,
    staffId: staffIdOf(context.actor),
  });
};

/** A given clock goes with its order to another case, as it stands: started, due and perhaps stopped as before. Repeating is harmless. */
export const transferGivenClock = (
  context: CommandContext,
  clock: Pick<GivenClock, "kind" | "subject"> & {
    readonly fromTicketId: bigint;
    readonly toTicketId: bigint;
  },
): Promise<number> => moveGivenTo(context.sql, clock);

/** Whether an order from outside waits on one of these cases. Takes no lock. */
export const hasGivenClock = async (
  sql: Sql,
  ticketIds: readonly bigint[],
  kind: ClockKind,
): Promise<boolean> => (await findRunningGiven(sql, { ticketIds, kind })) !== null;

/**
 * Lets the clocks that this reason is for stand still; which those are, `pause_reason_kinds` says. What stands still
 * already, or is given, stays as it is. Answers what was stopped short.
 * @throws DomainError `pause.reason-unknown` also for one that is no longer used
 */
export const pauseClocks = async (
  context: CommandContext,
  ticketId: bigint,
  reason: string,
): Promise<readonly ClockKind[]> => {
  const known = await findPauseReason(context.sql, reason);
  if (known === null || !known.active) {
    fail("pause.reason-unknown", "this is no reason to wait", {
      field: "pauseReason",
      remedy: "choose one of the list (GET /pause-reasons)",
      facts: { reason },
    });
  }
  const row = { ticketId, reason, now: context.now, staffId: staffIdOf(context.actor) };
  return (await pauseRunning(context.sql, row)).map(({ kind }) => kind);
};

/** The calendar that a clock was counted in, as it stands today. */
const calendarsOf = async (
  sql: Sql,
  clocks: readonly ClockRow[],
): Promise<Map<bigint, StoredWorkingTime>> => {
  const found = new Map<bigint, StoredWorkingTime>();
  for (const { calendarId } of clocks) {
    if (calendarId === null || found.has(calendarId)) continue;
    const calendar = await loadWorkingTimeVersion(sql, calendarId);
    if (calendar !== null) found.set(calendarId, calendar);
  }
  return found;
};

const countAgain = (clock: ClockRow, calendar: StoredWorkingTime, pauses: readonly Pause[]) => ({
  id: clock.id,
  calendarStamp: calendar.stamp,
  ...countIn(calendar, {
    startedAt: clock.startedAt,
    targetMs: Number(clock.targetMs),
    warnMs: Number(clock.warnMs),
    pauses,
  }),
});

/**
 * Lets the clocks that stand still go on: due later by the working time that they stood. The version of the calendar
 * stays. Answers how many go on; repeating is safe.
 */
export const resumeClocks = async (context: CommandContext, ticketId: bigint): Promise<number> => {
  const { sql, now } = context;
  const paused = (await lockOpenClocks(sql, ticketId)).filter((clock) => clock.state === "paused");
  if (paused.length === 0) return 0;
  const pauses = await findPauses(
    sql,
    paused.map((clock) => clock.id),
  );
  const calendars = await calendarsOf(sql, paused);
  const counted = paused.flatMap((clock) => {
    const calendar = clock.calendarId === null ? undefined : calendars.get(clock.calendarId);
    if (calendar === undefined) return [];
    const mine = pauses
      .filter((pause) => pause.clockId === clock.id)
      .map((pause) => ({ pausedAt: pause.pausedAt, resumedAt: pause.resumedAt ?? now }));
    return [countAgain(clock, calendar, mine)];
  });
  return resumePaused(sql, { clocks: canonicalJson(counted), now, staffId: staffIdOf(context.actor) });
};

/**
 * Lets the clocks of a subject that were cancelled at `cutAt` go on as if they had not been: by the rules in force, with every pause
 * that they had; one that was cut in the middle of a pause stands still again, since when it did. Repeating is safe.
 * @throws DomainError as `startClocks`
 */
export const restoreClocks = async (
  context: CommandContext,
  start: ClockStart,
  cutAt: Date,
): Promise<void> => {
  const { sql, now } = context;
  await startClocks(context, start);
  const running = (await lockOpenClocks(sql, start.ticketId)).filter(
    (clock) => clock.state === "running" && !clock.given && clock.subject === (start.subject ?? ""),
  );
  const pauses = await findPauses(
    sql,
    running.map((clock) => clock.id),
  );
  const calendars = await calendarsOf(sql, running);
  const restored = running.flatMap((clock) => {
    const mine = pauses.filter((pause) => pause.clockId === clock.id);
    const calendar = clock.calendarId === null ? undefined : calendars.get(clock.calendarId);
    if (calendar === undefined || mine.length === 0) return [];
    const cut = mine.find((pause) => pause.resumedAt?.getTime() === cutAt.getTime());
    const whole = mine
      .filter((pause) => pause !== cut)
      .map((pause) => ({ pausedAt: pause.pausedAt, resumedAt: pause.resumedAt ?? now }));
    return [{ ...countAgain(clock, calendar, whole), pausedAt: cut?.pausedAt ?? null }];
  });
  if (restored.length > 0) await restorePauses(sql, { clocks: canonicalJson(restored), cutAt });
};

export type StoppedClock = { readonly subject: string; readonly met: boolean };

/**
 * What the clock was for has happened, now or `at` an hour that is entered later. Stops all open clocks of the kind, or the one of
 * `subject`; says whether in time. Repeating is safe: what is stopped stays stopped.
 */
export const stopClock = (
  context: CommandContext,
  ticketId: bigint,
  kind: ClockKind,
  subject?: string,
  at: Date = context.now,
): Promise<readonly StoppedClock[]> =>
  stopOpen(context.sql, {
    ticketId,
    kind,
    subject: subject ?? null,
    at,
    now: context.now,
    staffId: staffIdOf(context.actor),
  });

/** The case needs its clocks no more (cancelled, merged into another): they end without having been met or missed. */
export const cancelClocks = async (
  context: CommandContext,
  ticketId: bigint,
  only?: { readonly kind: ClockKind; readonly subject?: string | undefined },
): Promise<number> => {
  const open = (await lockOpenClocks(context.sql, ticketId)).filter(
    (clock) =>
      only === undefined ||
      (clock.kind === only.kind && (only.subject === undefined || clock.subject === only.subject)),
  );
  if (open.length === 0) return 0;
  const row = { ids: open.map((clock) => clock.id), now: context.now, staffId: staffIdOf(context.actor) };
  return (await cancelOpen(context.sql, row)).length;
};

/** What an API and a screen show of a clock. */
export type ClockView = ClockRow & {
  /** Running and past its warning, past its due time, or ended in time or not. */
  readonly breach: "none" | "soon" | "overdue" | "met" | "missed";
};

const breachOf = (clock: ClockRow, now: Date): ClockView["breach"] => {
  if (clock.state === "stopped") return clock.met === true ? "met" : "missed";
  if (clock.state === "cancelled") return "none";
  const at = clock.pausedAt ?? now;
  if (clock.dueAt < at) return "overdue";
  return clock.state === "running" && clock.warnAt <= now ? "soon" : "none";
};

/** The clocks of cases, in the order of the cases. What stands still is overdue only if it was when it was paused. */
export const findClocks = async (
  sql: Sql,
  ticketIds: readonly bigint[] | bigint,
  now: Date,
): Promise<ClockView[]> => {
  const ids = typeof ticketIds === "bigint" ? [ticketIds] : ticketIds;
  return (await findClocksOf(sql, ids)).map((clock) => ({ ...clock, breach: breachOf(clock, now) }));
};

/**
 * Running clocks past their warning, the longest warned first, with `soon` or `overdue`. Reads only and says nothing to
 * anybody: what is to happen, and that it happens once, is the ladder's. `after` the last of the page before.
 */
export const findDueClocks = (
  sql: Sql,
  now: Date,
  limit: number,
  after?: Pick<DueClock, "warnAt" | "clockId">,
): Promise<DueClock[]> =>
  listDueClocks(sql, { now, limit, afterWarnAt: after?.warnAt ?? null, afterId: after?.clockId ?? 0n });
