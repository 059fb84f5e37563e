/**
 * Named calendars in versions: a draft by one person, approved by another; the newest approved version of a name is in
 * force. What was counted earlier keeps the version it was counted in until somebody asks for it to be counted anew.
 */
import { createHash } from "node:crypto";
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import { canonicalJson, type CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import { findExceptions, findSeasons } from "./queries.ts";
import type { Season } from "./seasons.ts";
import type { CalendarException } from "./working-days.ts";
import {
  type Block,
  DAY_KINDS,
  type DayKind,
  type Hours,
  nextOpening,
  type WorkingTime,
  workingTime,
} from "./working-time.ts";
import {
  approveCalendarRow,
  type BlockRow,
  type CalendarRow,
  findCalendar,
  findCalendarsInForce,
  findWorkingTimeRevision,
  type HolidaySet,
  insertBlocks,
  insertCalendar,
} from "./working-time-queries.ts";

/** A calendar of the database: with the version and the stamp that a due time keeps. */
export type StoredWorkingTime = WorkingTime & {
  readonly calendarId: bigint;
  readonly version: number;
  /** Changes whenever hours, seasons or holidays change that this calendar counts in. */
  readonly stamp: string;
};

/** The calendars in force, and the mark under which they were read (`working_time_revision`). */
export type WorkingTimes = {
  readonly revision: string;
  readonly seasons: readonly Season[];
  find(name: string): StoredWorkingTime | undefined;
};

const hoursOf = (blocks: readonly BlockRow[], season: BlockRow["season"]): Hours => {
  const hours: Partial<Record<DayKind, Block[]>> = {};
  for (const { dayKind, fromMinute, untilMinute } of blocks.filter((block) => block.season === season)) {
    (hours[dayKind] ??= []).push({ fromMinute, untilMinute });
  }
  return hours;
};

type Exceptions = Readonly<Record<HolidaySet, readonly CalendarException[]>>;

const stored = (row: CalendarRow, seasons: readonly Season[], exceptions: Exceptions): StoredWorkingTime => {
  const kept = exceptions[row.holidays];
  const dates = seasons.map((season) => [season.id, season.startsOn, season.endsOn]);
  const stamp = createHash("sha256")
    .update(canonicalJson([row.name, row.version, row.blocks, dates, kept]))
    .digest("hex")
    .slice(0, 16);
  const counted = workingTime({
    name: row.name,
    heating: hoursOf(row.blocks, "heating"),
    other: hoursOf(row.blocks, "other"),
    seasons,
    exceptions: new Map<Day, boolean>(kept.map((exception) => [exception.day, exception.working])),
  });
  return { ...counted, calendarId: row.id, version: row.version, stamp };
};

const readExceptions = async (sql: Sql): Promise<Exceptions> => ({
  company: await findExceptions(sql, "company"),
  bank: await findExceptions(sql, "bank"),
  none: [],
});

/** All calendars in force, in four reads. The revision is read first, so it is never newer than what it names. */
export const loadWorkingTimes = async (sql: Sql): Promise<WorkingTimes> => {
  const revision = await findWorkingTimeRevision(sql);
  const rows = await findCalendarsInForce(sql);
  const seasons = await findSeasons(sql);
  const exceptions = await readExceptions(sql);
  const byName = new Map(rows.map((row) => [row.name, stored(row, seasons, exceptions)]));
  return { revision, seasons, find: (name) => byName.get(name) };
};

const unknown = (name: string): never =>
  fail("calendar.unknown", `there is no approved calendar ${name}`, {
    field: "calendar",
    remedy: "define it and have it approved",
    facts: { calendar: name },
  });

/** The calendar of this name in force. @throws DomainError `calendar.unknown` */
export const loadWorkingTime = async (sql: Sql, name: string): Promise<StoredWorkingTime> =>
  (await loadWorkingTimes(sql)).find(name) ?? unknown(name);

/** One version as it is counted today, in force or not; null when there is none. */
export const loadWorkingTimeVersion = async (
  sql: Sql,
  calendarId: bigint,
): Promise<StoredWorkingTime | null> => {
  const row = await findCalendar(sql, calendarId);
  return row === null ? null : stored(row, await findSeasons(sql), await readExceptions(sql));
};

/**
 * When people may be called or written to without having asked for it; all other time is quiet (免打扰). One calendar
 * for hotline and messages, so that both keep the same hours.
 */
export const CONTACT_HOURS = "contact-hours";
export const loadContactHours = (sql: Sql): Promise<StoredWorkingTime> => loadWorkingTime(sql, CONTACT_HOURS);

/** The instant itself, or the end of the quiet hours that it falls into. */
export const contactTimeFrom = async (sql: Sql, at: Date): Promise<Date> =>
  nextOpening(await loadContactHours(sql), at);

export type CalendarInput = {
  readonly name: string;
  readonly title: string;
  readonly holidays: HolidaySet;
  readonly heating: Hours;
  readonly other: Hours;
  readonly reason: string;
};

const rowsOf = (hours: Hours, season: BlockRow["season"]): BlockRow[] =>
  DAY_KINDS.flatMap((dayKind) => (hours[dayKind] ?? []).map((block) => ({ ...block, season, dayKind })));

const refuseOverlaps = (hours: Hours): void => {
  for (const dayKind of DAY_KINDS) {
    const blocks = (hours[dayKind] ?? []).toSorted((a, b) => a.fromMinute - b.fromMinute);
    const meets = blocks.some((block, index) => block.fromMinute < (blocks[index - 1]?.untilMinute ?? 0));
    if (meets) {
      fail("calendar.hours-overlap", "two blocks of one day overlap", {
        field: "hours",
        remedy: "let one end before the next begins",
        facts: { dayKind },
      });
    }
  }
};

/**
 * Writes the next version of a calendar, or the first of a new one, as a draft: it counts when another person has
 * approved it.
 * @throws DomainError `calendar.no-hours`, `calendar.hours-overlap`, `calendar.draft-waits`
 */
export const draftCalendar = async (
  context: CommandContext,
  input: CalendarInput,
): Promise<{ readonly calendarId: bigint; readonly version: number }> => {
  const blocks = [...rowsOf(input.heating, "heating"), ...rowsOf(input.other, "other")];
  if (blocks.length === 0) {
    fail("calendar.no-hours", "a calendar without hours never opens", {
      field: "hours",
      remedy: "give it at least one block",
    });
  }
  refuseOverlaps(input.heating);
  refuseOverlaps(input.other);
  const { name, title, holidays, reason } = input;
  const made = await insertCalendar(context.sql, {
    name,
    title,
    holidays,
    reason,
    now: context.now,
    createdBy: staffIdOf(context.actor),
  });
  if (made === null) {
    fail("calendar.draft-waits", "a version of this calendar waits for its approval", {
      remedy: "have it approved first, then write the next one",
    });
  }
  await insertBlocks(context.sql, made.id, blocks);
  context.audit({
    subject: `calendar:${made.id}`,
    details: { name, version: made.version, holidays, blocks: blocks.length, reason },
  });
  return { calendarId: made.id, version: made.version };
};

/**
 * Puts a draft into force. Running clocks keep what they were counted in until they are counted anew.
 * @throws DomainError `calendar.not-found`, `calendar.approved-already`, `approval.own-request`
 */
export const approveCalendar = async (context: CommandContext, calendarId: bigint): Promise<void> => {
  const draft = await findCalendar(context.sql, calendarId);
  if (draft === null) fail("calendar.not-found", "there is no such version of a calendar");
  const approver = staffIdOf(context.actor);
  if (approver !== null && approver === draft.createdBy) {
    fail("approval.own-request", "nobody approves what they asked for", {
      remedy: "have another person approve it",
    });
  }
  const row = { id: calendarId, now: context.now, approvedBy: approver };
  if ((await approveCalendarRow(context.sql, row)) === 0) {
    fail("calendar.approved-already", "this version is approved", { facts: { version: draft.version } });
  }
  context.audit({
    subject: `calendar:${calendarId}`,
    details: { name: draft.name, version: draft.version, approved: true },
  });
};
