/** All SQL on named calendars and their hours. */
import type { Sql } from "#src/platform/sql.ts";
import type { Block, DayKind } from "./working-time.ts";

export const HOLIDAY_SETS = ["company", "bank", "none"] as const;
export type HolidaySet = (typeof HOLIDAY_SETS)[number];

/** A block as a row says it. */
export type BlockRow = Block & { readonly season: "heating" | "other"; readonly dayKind: DayKind };

export type CalendarRow = {
  readonly id: bigint;
  readonly name: string;
  readonly version: number;
  readonly title: string;
  readonly holidays: HolidaySet;
  readonly isDefault: boolean;
  readonly reason: string;
  readonly createdAt: Date;
  readonly createdBy: bigint | null;
  readonly approvedAt: Date | null;
  readonly approvedBy: bigint | null;
  readonly blocks: readonly BlockRow[];
};

const COLUMNS = `calendar.id, calendar.name, calendar.version, calendar.title, calendar.holidays,
  calendar.is_default as "isDefault", calendar.reason, calendar.created_at as "createdAt",
  calendar.created_by as "createdBy", calendar.approved_at as "approvedAt", calendar.approved_by as "approvedBy",
  coalesce((select jsonb_agg(jsonb_build_object('season', block.season, 'dayKind', block.day_kind,
      'fromMinute', block.from_minute, 'untilMinute', block.until_minute)
      order by block.season, block.day_kind, block.from_minute)
    from working_calendar_blocks block where block.calendar_id = calendar.id), '[]') as blocks`;

const inForce = `
  select distinct on (calendar.name) ${COLUMNS}
  from working_calendars calendar where calendar.approved_at is not null
  order by calendar.name, calendar.version desc`;

/** The calendars in force, one a name: its newest approved version. */
export const findCalendarsInForce = (sql: Sql) => sql.rows<CalendarRow>(inForce);

const ofId = `select ${COLUMNS} from working_calendars calendar where calendar.id = :id`;
export const findCalendar = (sql: Sql, id: bigint) => sql.maybeOne<CalendarRow>(ofId, { id });

const latestVersions = `
  select ${COLUMNS} from working_calendars calendar
  where :name::text is null or calendar.name = :name::text
  order by calendar.name, calendar.version desc limit 200`;

/** Every version, the newest first under each name. */
export const findCalendarVersions = (sql: Sql, name: string | null) =>
  sql.rows<CalendarRow>(latestVersions, { name });

const addCalendar = `
  insert into working_calendars (name, version, title, holidays, reason, created_at, created_by)
  select :name, coalesce(max(version), 0) + 1, :title, :holidays, :reason, :now, :createdBy
  from working_calendars where name = :name
  on conflict do nothing
  returning id, version`;

/** Null when a version of this name waits for its approval already. */
export const insertCalendar = (
  sql: Sql,
  row: {
    name: string;
    title: string;
    holidays: HolidaySet;
    reason: string;
    now: Date;
    createdBy: bigint | null;
  },
) => sql.maybeOne<{ id: bigint; version: number }>(addCalendar, row);

const addBlocks = `
  insert into working_calendar_blocks (calendar_id, season, day_kind, from_minute, until_minute)
  select :calendarId, block.season, block."dayKind", block."fromMinute", block."untilMinute"
  from jsonb_to_recordset(:blocks::jsonb) block (season text, "dayKind" smallint, "fromMinute" smallint,
    "untilMinute" smallint)`;

export const insertBlocks = (sql: Sql, calendarId: bigint, blocks: readonly BlockRow[]) =>
  sql.run(addBlocks, { calendarId, blocks: JSON.stringify(blocks) });

const approve = `
  update working_calendars set approved_at = :now, approved_by = :approvedBy
  where id = :id and approved_at is null`;

export const approveCalendarRow = (sql: Sql, row: { id: bigint; now: Date; approvedBy: bigint | null }) =>
  sql.run(approve, row);

const revisionNow = `select revision from working_time_revision`;
export const findWorkingTimeRevision = async (sql: Sql): Promise<string> =>
  (await sql.one<{ revision: string }>(revisionNow)).revision;
