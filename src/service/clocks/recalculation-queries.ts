/** SQL of counting clocks anew. */
import type { Sql } from "#src/platform/sql.ts";

const openAfter = `
  select clock.id, clock.ticket_id as "ticketId", clock.kind, clock.state, clock.rule_id as "ruleId",
    clock.calendar_id as "calendarId", clock.calendar_stamp as "calendarStamp", clock.category, clock.severity,
    clock.station_id as "stationId", clock.station_owner as "stationOwner", clock.started_at as "startedAt",
    clock.due_at as "dueAt", clock.warn_at as "warnAt", clock.target_ms as "targetMs", clock.warn_ms as "warnMs"
  from ticket_clocks clock
  where clock.state in ('running', 'paused') and not clock.given and clock.id > :afterId::bigint
  order by clock.id limit :limit::integer for update of clock`;

export const OPEN_CLOCKS_AFTER = openAfter;

const recount = `
  with changed as (
    update ticket_clocks clock set rule_id = counted."ruleId", calendar_id = counted."calendarId",
      calendar_stamp = counted."calendarStamp", target_ms = counted."targetMs", warn_ms = counted."warnMs",
      due_at = counted."dueAt", warn_at = counted."warnAt", category = counted.category, severity = counted.severity,
      station_id = counted."stationId", station_owner = counted."stationOwner"
    from jsonb_to_recordset(:clocks::jsonb) counted (id bigint, "ruleId" bigint, "calendarId" bigint,
      "calendarStamp" text, "targetMs" bigint, "warnMs" bigint, "dueAt" timestamptz, "warnAt" timestamptz,
      category text, severity text, "stationId" bigint, "stationOwner" text)
    where clock.id = counted.id and clock.state in ('running', 'paused')
    returning clock.id
  )
  select count(*)::int as changed from changed`;
export const recountClocks = async (sql: Sql, clocks: string): Promise<number> =>
  (await sql.one<{ changed: number }>(recount, { clocks })).changed;

const noteChanges = `
  insert into clock_changes (clock_id, cause, reason, from_due_at, to_due_at, rule_id, changed_at, changed_by)
  select change."clockId", :cause, :reason, change."fromDueAt", change."toDueAt", change."ruleId", :now, :staffId::bigint
  from jsonb_to_recordset(:changes::jsonb) change ("clockId" bigint, "fromDueAt" timestamptz, "toDueAt" timestamptz,
    "ruleId" bigint)`;
export const insertChanges = (
  sql: Sql,
  row: {
    cause: "recalculated" | "reclassified" | "given-anew";
    reason: string;
    changes: string;
    now: Date;
    staffId: bigint | null;
  },
) => sql.run(noteChanges, row);

const moveGiven = `
  update ticket_clocks clock set due_at = :dueAt, warn_at = :warnAt
  where clock.id = :id and clock.given and clock.state = 'running'`;
export const moveGivenRow = (sql: Sql, row: { id: bigint; dueAt: Date; warnAt: Date }) =>
  sql.run(moveGiven, row);
