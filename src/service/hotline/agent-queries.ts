/** SQL of agents at their telephones, of the roster and of the lines. */
import type { Sql } from "#src/platform/sql.ts";

export const AGENT_STATES = ["available", "wrap-up", "break"] as const;
export type AgentState = (typeof AGENT_STATES)[number];

export type AgentSession = {
  readonly id: bigint;
  readonly staffId: bigint;
  readonly extension: string;
  readonly state: AgentState;
  readonly reason: string;
  readonly stateSince: Date;
  readonly version: number;
};
const SESSION = `id, staff_id as "staffId", extension, state, reason, state_since as "stateSince", version`;

export const insertSession = (sql: Sql, row: { staffId: bigint; extension: string; now: Date }) =>
  sql.maybeOne<AgentSession>(
    `insert into agent_sessions (staff_id, extension, state, state_since, signed_in_at)
     values (:staffId, :extension, 'available', :now, :now)
     on conflict do nothing returning ${SESSION}`,
    row,
  );

export const lockSessionOf = (sql: Sql, staffId: bigint) =>
  sql.maybeOne<AgentSession>(
    `select ${SESSION} from agent_sessions where staff_id = :staffId and signed_out_at is null for update`,
    { staffId },
  );

/** The talk that an agent is in, until it ends: written down or not. Beside `agent_sessions s`. */
export const TALK = `left join lateral (select c.id, c.answered_at as since from calls c
    where c.agent_id = s.staff_id and c.finished_at is null and c.answered_at is not null
    order by c.began_at desc limit 1) talk on true`;
/** Since when it is as it is: whoever is available after a talk that was written down meanwhile, is so since its end. */
export const STANDS_SINCE = `case when s.state = 'available' then greatest(s.state_since, (select c.finished_at from calls c
    where c.agent_id = s.staff_id and c.began_at > s.signed_in_at - interval '1 day' and c.answered_at is not null
      and c.finished_at is not null order by c.began_at desc limit 1)) else s.state_since end`;

export type StandingSession = Pick<AgentSession, "extension" | "state" | "reason"> & {
  readonly since: Date;
  readonly talkingSince: Date | null;
};
export const findSessionOf = (sql: Sql, staffId: bigint) =>
  sql.maybeOne<StandingSession>(
    `select s.extension, s.state, s.reason, ${STANDS_SINCE} as since, talk.since as "talkingSince"
     from agent_sessions s ${TALK} where s.staff_id = :staffId and s.signed_out_at is null`,
    { staffId },
  );

export const setState = (sql: Sql, change: { id: bigint; state: AgentState; reason: string; now: Date }) =>
  sql.run(
    `update agent_sessions set state = :state, reason = :reason, state_since = :now, version = version + 1
     where id = :id and signed_out_at is null`,
    change,
  );

/** After a call: whoever was available is not yet. One who went on a break stays on it. Answers the session. */
export const startWrapUp = (sql: Sql, change: { staffId: bigint; now: Date }) =>
  sql.maybeOne<{ id: bigint }>(
    `update agent_sessions set state = 'wrap-up', reason = '', state_since = :now, version = version + 1
     where staff_id = :staffId and signed_out_at is null and state = 'available' returning id`,
    change,
  );

export const endSession = (sql: Sql, change: { id: bigint; now: Date }) =>
  sql.run(
    `update agent_sessions set signed_out_at = :now, version = version + 1 where id = :id and signed_out_at is null`,
    change,
  );

export const insertStateChange = (
  sql: Sql,
  row: {
    sessionId: bigint;
    fromState: AgentState | null;
    toState: AgentState | "signed-out";
    reason: string;
    now: Date;
    changedBy: bigint | null;
  },
) =>
  sql.run(
    `insert into agent_state_changes (session_id, from_state, to_state, reason, changed_at, changed_by)
     values (:sessionId, :fromState, :toState, :reason, :now, :changedBy::bigint)`,
    row,
  );

/** The call that keeps an agent busy: live, and not written down yet. */
export const findLiveCallOf = (sql: Sql, staffId: bigint) =>
  sql.maybeOne<{ id: bigint }>(
    `select id from calls where agent_id = :staffId and finished_at is null and wrapped_at is null
     order by began_at desc limit 1`,
    { staffId },
  );

export type RosterRow = {
  readonly id: bigint;
  readonly staffId: bigint;
  readonly name: string;
  readonly from: Date;
  readonly until: Date;
};

export const insertRoster = (
  sql: Sql,
  row: { staffId: bigint; from: Date; until: Date; now: Date; enteredBy: bigint | null },
) =>
  sql.maybeOne<{ id: bigint }>(
    `insert into hotline_roster (staff_id, valid, entered_at, entered_by)
     select staff.id, tstzrange(:from, :until), :now, :enteredBy::bigint from staff_members staff
     where staff.id = :staffId and staff.disabled_at is null
       and not exists (select 1 from hotline_roster other where other.staff_id = :staffId
         and other.valid && tstzrange(:from, :until))
     on conflict do nothing returning id`,
    row,
  );

export const deleteRoster = (sql: Sql, id: bigint) =>
  sql.maybeOne<{ id: bigint }>(`delete from hotline_roster where id = :id returning id`, { id });

export const listRoster = (sql: Sql, query: { from: Date; until: Date }) =>
  sql.rows<RosterRow>(
    `select roster.id, roster.staff_id as "staffId", staff.display_name as name, lower(roster.valid) as from,
       upper(roster.valid) as until
     from hotline_roster roster join staff_members staff on staff.id = roster.staff_id
     where roster.valid && tstzrange(:from, :until) order by lower(roster.valid), staff.display_name, roster.id
     limit 1000`,
    query,
  );

export const staffKnown = async (sql: Sql, staffId: bigint): Promise<boolean> =>
  (await sql.maybeOne(`select 1 as one from staff_members where id = :staffId and disabled_at is null`, {
    staffId,
  })) !== null;

export const upsertLine = (sql: Sql, line: { code: string; name: string; inService: boolean }) =>
  sql.run(
    `insert into hotline_lines (code, name, in_service) values (:code, :name, :inService)
     on conflict (code) do update set name = excluded.name, in_service = excluded.in_service`,
    line,
  );
