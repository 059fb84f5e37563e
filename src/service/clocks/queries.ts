/** All SQL on the clocks of cases. */
import type { CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { Pause } from "./due-time.ts";
import type { ClockKind, ClockState, Severity, StationOwner } from "./schema.ts";

export type ClockRow = {
  readonly id: bigint;
  readonly ticketId: bigint;
  readonly kind: ClockKind;
  readonly subject: string;
  readonly state: ClockState;
  readonly given: boolean;
  readonly ruleId: bigint | null;
  readonly calendarId: bigint | null;
  readonly calendarStamp: string | null;
  /** `service@2`. */
  readonly calendar: string | null;
  readonly category: string | null;
  readonly severity: Severity | null;
  readonly stationId: bigint | null;
  readonly stationOwner: StationOwner | null;
  readonly targetMs: bigint | null;
  readonly warnMs: bigint | null;
  readonly startedAt: Date;
  readonly dueAt: Date;
  readonly warnAt: Date;
  readonly pausedAt: Date | null;
  readonly stoppedAt: Date | null;
  readonly met: boolean | null;
};

const COLUMNS = `clock.id, clock.ticket_id as "ticketId", clock.kind, clock.subject, clock.state, clock.given,
  clock.rule_id as "ruleId", clock.calendar_id as "calendarId", clock.calendar_stamp as "calendarStamp",
  (select calendar.name || '@' || calendar.version from working_calendars calendar
    where calendar.id = clock.calendar_id) as calendar,
  clock.category, clock.severity, clock.station_id as "stationId", clock.station_owner as "stationOwner",
  clock.target_ms as "targetMs", clock.warn_ms as "warnMs", clock.started_at as "startedAt",
  clock.due_at as "dueAt", clock.warn_at as "warnAt", clock.paused_at as "pausedAt",
  clock.stopped_at as "stoppedAt", clock.met`;

/** `again`: what happens to a clock of this kind that the case had before; a case that is being opened had none. */
const addingClocks = (again: string): string => `
  with book as (
    select 1 from working_time_revision times, clock_rules_revision rules
    where times.revision = :timesRevision::uuid and rules.revision = :rulesRevision::uuid
  ), added as (
    insert into ticket_clocks (ticket_id, kind, subject, given, rule_id, calendar_id, calendar_stamp, category, severity,
      station_id, station_owner, target_ms, warn_ms, started_at, due_at, warn_at)
    select :ticketId, clock.kind, :subject, false, clock."ruleId", clock."calendarId", clock."calendarStamp", :category,
      :severity, :stationId, :stationOwner, clock."targetMs", clock."warnMs", :startedAt, clock."dueAt", clock."warnAt"
    from book, jsonb_to_recordset(:clocks::jsonb) clock (kind text, "ruleId" bigint, "calendarId" bigint,
      "calendarStamp" text, "targetMs" bigint, "warnMs" bigint, "dueAt" timestamptz, "warnAt" timestamptz)
    ${again} returning kind
  )`;
const cancelledRunsAnew = `
    on conflict (ticket_id, kind, subject) do update set state = 'running', rule_id = excluded.rule_id,
      calendar_id = excluded.calendar_id, calendar_stamp = excluded.calendar_stamp, category = excluded.category,
      severity = excluded.severity, station_id = excluded.station_id, station_owner = excluded.station_owner,
      target_ms = excluded.target_ms, warn_ms = excluded.warn_ms, started_at = excluded.started_at,
      due_at = excluded.due_at, warn_at = excluded.warn_at
      where ticket_clocks.state = 'cancelled' and not ticket_clocks.given`;
const addClocks = `${addingClocks(cancelledRunsAnew)}
  select (select count(*) from book)::int as "isCurrent", (select count(*) from added)::int as added`;
const addClocksOrFail = `${addingClocks("")}
  select case when not exists (select from book) then refuse_stale_rule_book() end`;

type NewClocks = {
  readonly ticketId: bigint;
  readonly subject: string;
  readonly category: string;
  readonly severity: Severity;
  readonly stationId: bigint | null;
  readonly stationOwner: StationOwner | null;
  readonly startedAt: Date;
  readonly clocks: string;
  readonly timesRevision: string;
  readonly rulesRevision: string;
};

/** Writes clocks, and lets cancelled ones run anew, if the rule book they were counted by is still the one in force. */
export const insertClocks = (sql: Sql, row: NewClocks) =>
  sql.one<{ isCurrent: number; added: number }>(addClocks, row);
/**
 * The clocks of a case that is being opened, with the commit; fails the command as a serialization failure when the rule book is
 * another by now.
 */
export const insertClocksAtEnd = (context: CommandContext, row: NewClocks): void =>
  context.atEnd(addClocksOrFail, row);

const addGiven = `
  insert into ticket_clocks (ticket_id, kind, subject, given, started_at, due_at, warn_at)
  values (:ticketId, :kind, :subject, true, :startedAt, :dueAt, :warnAt)
  on conflict (ticket_id, kind, subject) do update set state = 'running', started_at = excluded.started_at,
    due_at = excluded.due_at, warn_at = excluded.warn_at
    where ticket_clocks.state = 'cancelled' and ticket_clocks.given
  returning id`;
export const insertGivenClock = (
  sql: Sql,
  row: { ticketId: bigint; kind: ClockKind; subject: string; startedAt: Date; dueAt: Date; warnAt: Date },
) => sql.maybeOne<{ id: bigint }>(addGiven, row);

const takeAlong = `
  update ticket_clocks set ticket_id = :toTicketId
  where ticket_id = :fromTicketId and kind = :kind and subject = :subject and given`;
export const moveGivenTo = (
  sql: Sql,
  row: { fromTicketId: bigint; toTicketId: bigint; kind: ClockKind; subject: string },
) => sql.run(takeAlong, row);

const runningGiven = `
  select 1 as one from ticket_clocks
  where ticket_id = any(:ticketIds::bigint[]) and kind = :kind and given and state = 'running' limit 1`;
export const findRunningGiven = (sql: Sql, query: { ticketIds: readonly bigint[]; kind: ClockKind }) =>
  sql.maybeOne<{ one: number }>(runningGiven, query);

const clocksOf = `
  select ${COLUMNS} from ticket_clocks clock where clock.ticket_id = any(:ticketIds::bigint[])
  order by clock.ticket_id, clock.id`;
export const findClocksOf = (sql: Sql, ticketIds: readonly bigint[]) =>
  sql.rows<ClockRow>(clocksOf, { ticketIds });

const lockClocksOf = `
  select ${COLUMNS} from ticket_clocks clock
  where clock.ticket_id = :ticketId and clock.state in ('running', 'paused') order by clock.id for update of clock`;
export const lockOpenClocks = (sql: Sql, ticketId: bigint) => sql.rows<ClockRow>(lockClocksOf, { ticketId });

const pausesOf = `
  select clock_id as "clockId", reason, paused_at as "pausedAt", resumed_at as "resumedAt"
  from clock_pauses where clock_id = any(:clockIds::bigint[]) order by clock_id, id`;
export type PauseRow = Pause & { readonly clockId: bigint; readonly reason: string };
export const findPauses = (sql: Sql, clockIds: readonly bigint[]) =>
  sql.rows<PauseRow>(pausesOf, { clockIds });

const pause = `
  with paused as (
    update ticket_clocks clock set state = 'paused', paused_at = :now
    from pause_reason_kinds pausing
    where clock.ticket_id = :ticketId and clock.state = 'running' and not clock.given
      and pausing.reason = :reason and pausing.kind = clock.kind
    returning clock.id, clock.kind
  ), noted as (
    insert into clock_pauses (clock_id, reason, paused_at, paused_by)
    select id, :reason, :now, :staffId::bigint from paused
  )
  select kind from paused order by kind`;
export const pauseRunning = (
  sql: Sql,
  row: { ticketId: bigint; reason: string; now: Date; staffId: bigint | null },
) => sql.rows<{ kind: ClockKind }>(pause, row);

const resume = `
  with resumed as (
    update ticket_clocks clock set state = 'running', paused_at = null, due_at = counted."dueAt",
      warn_at = counted."warnAt", calendar_stamp = counted."calendarStamp"
    from jsonb_to_recordset(:clocks::jsonb) counted (id bigint, "dueAt" timestamptz, "warnAt" timestamptz,
      "calendarStamp" text)
    where clock.id = counted.id and clock.state = 'paused'
    returning clock.id
  )
  update clock_pauses pause set resumed_at = :now, resumed_by = :staffId::bigint
  from resumed where pause.clock_id = resumed.id and pause.resumed_at is null`;
export const resumePaused = (sql: Sql, row: { clocks: string; now: Date; staffId: bigint | null }) =>
  sql.run(resume, row);

const restore = `
  with restored as (
    update ticket_clocks clock set due_at = counted."dueAt", warn_at = counted."warnAt",
      calendar_stamp = counted."calendarStamp", paused_at = counted."pausedAt",
      state = case when counted."pausedAt" is null then 'running' else 'paused' end
    from jsonb_to_recordset(:clocks::jsonb) counted (id bigint, "dueAt" timestamptz, "warnAt" timestamptz,
      "calendarStamp" text, "pausedAt" timestamptz)
    where clock.id = counted.id and clock.state = 'running'
    returning clock.id, clock.state
  )
  update clock_pauses pause set resumed_at = null, resumed_by = null
  from restored where pause.clock_id = restored.id and restored.state = 'paused' and pause.resumed_at = :cutAt`;
/** Counts with the pauses before, and lets the pauses that were cut at `cutAt` go on. */
export const restorePauses = (sql: Sql, row: { clocks: string; cutAt: Date }) => sql.run(restore, row);

const stop = `
  with stopped as (
    update ticket_clocks clock set state = 'stopped', stopped_at = greatest(:at::timestamptz, clock.started_at),
      paused_at = null, met = coalesce(clock.paused_at, :at) <= clock.due_at
    where clock.ticket_id = :ticketId and clock.kind = :kind and clock.state in ('running', 'paused')
      and (:subject::text is null or clock.subject = :subject::text)
    returning clock.id, clock.subject, clock.met
  ), ended as (
    update clock_pauses pause set resumed_at = :now, resumed_by = :staffId::bigint
    from stopped where pause.clock_id = stopped.id and pause.resumed_at is null
  )
  select subject, met from stopped order by subject`;
export const stopOpen = (
  sql: Sql,
  row: {
    ticketId: bigint;
    kind: ClockKind;
    subject: string | null;
    at: Date;
    now: Date;
    staffId: bigint | null;
  },
) => sql.rows<{ subject: string; met: boolean }>(stop, row);

const cancel = `
  with cancelled as (
    update ticket_clocks clock set state = 'cancelled', paused_at = null
    where clock.id = any(:ids::bigint[]) and clock.state in ('running', 'paused')
    returning clock.id
  ), ended as (
    update clock_pauses pause set resumed_at = :now, resumed_by = :staffId::bigint
    from cancelled where pause.clock_id = cancelled.id and pause.resumed_at is null
  )
  select id from cancelled`;
export const cancelOpen = (sql: Sql, row: { ids: readonly bigint[]; now: Date; staffId: bigint | null }) =>
  sql.rows<{ id: bigint }>(cancel, row);

export type DueClock = {
  readonly clockId: bigint;
  readonly ticketId: bigint;
  readonly kind: ClockKind;
  readonly subject: string;
  readonly startedAt: Date;
  readonly warnAt: Date;
  readonly dueAt: Date;
  readonly stage: "soon" | "overdue";
};

const dueNow = `
  select clock.id as "clockId", clock.ticket_id as "ticketId", clock.kind, clock.subject,
    clock.started_at as "startedAt", clock.warn_at as "warnAt", clock.due_at as "dueAt",
    case when clock.due_at <= :now then 'overdue' else 'soon' end as stage
  from ticket_clocks clock
  where clock.state = 'running' and clock.warn_at <= :now
    and (clock.warn_at, clock.id) > (coalesce(:afterWarnAt::timestamptz, '-infinity'), :afterId::bigint)
  order by clock.warn_at, clock.id limit :limit::integer`;
export const listDueClocks = (
  sql: Sql,
  query: { now: Date; limit: number; afterWarnAt: Date | null; afterId: bigint },
) => sql.rows<DueClock>(dueNow, query);
