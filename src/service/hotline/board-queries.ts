/** What the line board shows: lines, who waits, who sits there, and the load. */
import type { Sql } from "#src/platform/sql.ts";
import { type AgentState, STANDS_SINCE, TALK } from "./agent-queries.ts";
import type { CallState } from "./call-fold.ts";

export type LineRow = {
  readonly code: string;
  readonly name: string;
  readonly inService: boolean;
  readonly callId: bigint | null;
  readonly state: CallState | null;
  readonly since: Date | null;
  readonly agent: string | null;
};
export const readLines = (sql: Sql) =>
  sql.rows<LineRow>(
    `select line.code, line.name, line.in_service as "inService", live.id as "callId", live.state,
       live.began_at as since, agent.display_name as agent
     from hotline_lines line
     left join lateral (select c.id, c.state, c.began_at, c.agent_id from calls c
       where c.line_code = line.code and c.finished_at is null order by c.began_at desc limit 1) live on true
     left join staff_members agent on agent.id = live.agent_id
     order by line.code limit 500`,
  );

export type WaitingRow = {
  readonly callId: bigint;
  readonly number: string | null;
  readonly line: string | null;
  readonly state: CallState;
  readonly since: Date;
};
/** Callers whom nobody has answered, the longest wait first. */
export const readQueue = (sql: Sql) =>
  sql.rows<WaitingRow>(
    `select c.id as "callId", c.number, c.line_code as line, c.state, coalesce(c.queued_at, c.began_at) as since
     from calls c
     where c.finished_at is null and c.direction = 'inbound' and c.answered_at is null
       and c.state in ('queued', 'ringing', 'transferred') and c.queued_at is not null
     order by coalesce(c.queued_at, c.began_at), c.id limit 500`,
  );

export type AgentRow = {
  readonly staffId: bigint;
  readonly name: string;
  readonly extension: string;
  readonly state: AgentState;
  readonly reason: string;
  readonly since: Date;
  readonly callId: bigint | null;
  readonly callSince: Date | null;
  readonly onRoster: boolean;
};
export const readAgents = (sql: Sql, now: Date) =>
  sql.rows<AgentRow>(
    `select s.staff_id as "staffId", staff.display_name as name, s.extension, s.state, s.reason,
       ${STANDS_SINCE} as since, talk.id as "callId", talk.since as "callSince",
       exists (select 1 from hotline_roster r where r.staff_id = s.staff_id and r.valid @> :now::timestamptz)
         as "onRoster"
     from agent_sessions s join staff_members staff on staff.id = s.staff_id
     ${TALK}
     where s.signed_out_at is null order by staff.display_name, s.id limit 500`,
    { now },
  );

export type LoadRow = {
  readonly offered: bigint;
  readonly handled: bigint;
  readonly handledMs: bigint;
  readonly missing: bigint;
};
/** Calls for people in the last minutes, and what those took that are over; those on the roster who are not there. */
export const readLoad = (sql: Sql, query: { since: Date; now: Date }) =>
  sql.one<LoadRow>(
    `select
       (select count(*) from calls where began_at >= :since and began_at <= :now and direction = 'inbound'
         and (queued_at is not null or answered_at is not null)) as offered,
       taken.handled, taken."handledMs",
       (select count(*) from hotline_roster r where r.valid @> :now::timestamptz and not exists (
         select 1 from agent_sessions s where s.staff_id = r.staff_id and s.signed_out_at is null)) as missing
     from (select count(*) as handled,
         coalesce(sum(extract(epoch from coalesce(wrapped_at, finished_at) - answered_at) * 1000)::bigint, 0) as "handledMs"
       from calls where finished_at >= :since and finished_at <= :now and answered_at is not null
         and finished_by = 'exchange'
         and direction = 'inbound') taken`,
    query,
  );

export type DayRow = {
  readonly calls: bigint;
  readonly selfServed: bigint;
  readonly answered: bigint;
  readonly answeredInTime: bigint;
  readonly abandoned: bigint;
  readonly abandonedAfterFive: bigint;
  readonly live: bigint;
  readonly openCallBacks: bigint;
};
/** The day's calls that came in. 接通率 is answered / (answered + abandoned after five seconds in the queue). */
export const readDay = (sql: Sql, query: { from: Date; until: Date; withinMs: number }) =>
  sql.one<DayRow>(
    `select count(*) as calls,
       count(*) filter (where outcome = 'self-served') as "selfServed",
       count(*) filter (where outcome = 'answered') as answered,
       count(*) filter (where outcome = 'answered' and answered_at - coalesce(queued_at, began_at)
         <= :withinMs::integer * interval '1 millisecond') as "answeredInTime",
       count(*) filter (where outcome = 'abandoned') as abandoned,
       count(*) filter (where outcome = 'abandoned' and finished_at - coalesce(queued_at, began_at)
         > interval '5 seconds') as "abandonedAfterFive",
       count(*) filter (where outcome is null) as live,
       (select count(*) from call_backs where state = 'open') as "openCallBacks"
     from calls where direction = 'inbound' and began_at >= :from and began_at < :until`,
    query,
  );
