/** All SQL of ladders: the rows, what is due, what fired, who was told and has read it. */
import type { Sql } from "#src/platform/sql.ts";
import type { Level } from "./vocabulary.ts";

/** A step that has not fired and whose instant may have come. */
export type WaitingStep = {
  readonly clockId: bigint;
  readonly clockRun: string;
  readonly startedAt: Date;
  /** Of the clock. */
  readonly clockDueAt: Date;
  readonly calendarId: bigint | null;
  readonly targetMs: bigint | null;
  readonly shareBasisPoints: number;
  readonly offsetSeconds: number;
  readonly ticketId: bigint;
  readonly ticketNo: string;
  readonly ladder: string;
  readonly ladderName: string;
  readonly ladderNameEn: string;
  readonly position: number;
  readonly told: "owner" | "role";
  readonly role: string | null;
  readonly level: Level | null;
  readonly action: "tell" | "escalate";
  readonly words: string;
  readonly wordsEn: string;
  readonly ownerId: bigint | null;
  readonly ownerAreaId: bigint | null;
  readonly lastRole: string | null;
  readonly lastLevel: Level | null;
};

// As if the calendar never closed: a share of working time is never used up before that. A reply to an order and the call after a
// closing are owed whatever became of the case, a ruling until the case is over; the rest only while somebody works on it.
const waitingSteps = `
  select clock.id as "clockId", clock.id::text as "clockRun", clock.started_at as "startedAt",
    clock.due_at as "clockDueAt", clock.calendar_id as "calendarId", clock.target_ms as "targetMs",
    s.share_basis_points as "shareBasisPoints", s.offset_seconds as "offsetSeconds",
    t.id as "ticketId", t.ticket_no as "ticketNo", l.code as ladder,
    l.name as "ladderName", l.name_en as "ladderNameEn", s.position, s.told, s.role_code as role, s.level, s.action, s.words,
    s.words_en as "wordsEn",
    t.owner_id as "ownerId", t.owner_area_id as "ownerAreaId", last.role_code as "lastRole", last.level as "lastLevel"
  from ticket_clocks clock
  join tickets t on t.id = clock.ticket_id and (clock.kind in ('referral', 'call-back')
    or t.state in ('new', 'assigned', 'accepted', 'working', 'waiting') or clock.kind = 'ruling' and t.state = 'resolved')
  join ladders l on l.active and l.category in ('*', t.category_code, split_part(t.category_code, '.', 1))
    and l.severity in ('*', t.severity)
  join ladder_steps s on s.ladder_code = l.code and s.clock_kind = clock.kind
  cross join lateral (select s.offset_seconds * interval '1 second' + case
      when s.share_basis_points = 10000 then clock.due_at
      when clock.target_ms is null
        then clock.started_at + (clock.due_at - clock.started_at) * (s.share_basis_points / 10000.0)
      else clock.started_at + clock.target_ms * (s.share_basis_points / 10000.0) * interval '1 millisecond'
    end as at) earliest
  left join lateral (
    select role_code, level from ticket_assignments a where a.ticket_id = t.id order by a.id desc limit 1
  ) last on true
  where clock.state = 'running' and earliest.at <= :now::timestamptz
    and not exists (select from ladder_firings f where f.ticket_id = t.id and f.ladder_code = s.ladder_code
      and f.position = s.position and f.clock_run = clock.id::text)
    and (clock.id, l.code, s.position) > (:afterClock::bigint, :afterLadder::text, :afterPosition::smallint)
  order by clock.id, l.code, s.position limit :limit::integer`;
/** Steps that have not fired and whose instant may have come, also while nobody looked; in the order of their clocks. */
export const findWaitingSteps = (
  sql: Sql,
  query: { now: Date; afterClock: bigint; afterLadder: string; afterPosition: number; limit: number },
) => sql.rows<WaitingStep>(waitingSteps, query);

const addFirings = `
  insert into ladder_firings (ticket_id, ladder_code, position, clock_run, due_at, fired_at, chain)
  select f."ticketId", f.ladder, f.position, f."clockRun", f."dueAt", :now, f.chain
  from jsonb_to_recordset(:rows::jsonb) f ("ticketId" bigint, ladder text, position smallint, "clockRun" text,
    "dueAt" timestamptz, chain jsonb)
  on conflict (ticket_id, ladder_code, position, clock_run) do nothing
  returning id, ticket_id as "ticketId", ladder_code as ladder, position, clock_run as "clockRun"`;
/** Answers those that fired now; what another process fired is left to it. */
export const insertFirings = (sql: Sql, batch: { rows: string; now: Date }) =>
  sql.rows<{ id: bigint; ticketId: bigint; ladder: string; position: number; clockRun: string }>(
    addFirings,
    batch,
  );

const addNotices = `
  insert into ladder_notices (firing_id, staff_id)
  select * from unnest(:firingIds::bigint[], :staffIds::bigint[])
  on conflict do nothing returning id, firing_id as "firingId"`;
export const insertNotices = (
  sql: Sql,
  notices: { firingIds: readonly bigint[]; staffIds: readonly bigint[] },
) => sql.rows<{ id: bigint; firingId: bigint }>(addNotices, notices);

export type NoticeRow = {
  readonly id: bigint;
  readonly ticketNo: string;
  readonly ladder: string;
  readonly position: number;
  readonly words: string;
  readonly wordsEn: string;
  readonly dueAt: Date;
  readonly firedAt: Date;
  readonly readAt: Date | null;
};
const noticesOf = `
  select n.id, t.ticket_no as "ticketNo", f.ladder_code as ladder, f.position, s.words,
    s.words_en as "wordsEn", f.due_at as "dueAt", f.fired_at as "firedAt", n.read_at as "readAt"
  from ladder_notices n join ladder_firings f on f.id = n.firing_id
  join ladder_steps s on s.ladder_code = f.ladder_code and s.position = f.position
  join tickets t on t.id = f.ticket_id
  where n.staff_id = :staffId and (:unread::boolean is not true or n.read_at is null)
    and (:afterId::bigint is null or n.id < :afterId::bigint)
  order by n.id desc limit :limit::integer`;
/** What one person was told, the latest first. */
export const findNotices = (
  sql: Sql,
  page: { staffId: bigint; unread: boolean; afterId: bigint | null; limit: number },
) => sql.rows<NoticeRow>(noticesOf, page);

const readNotice = `
  update ladder_notices set read_at = coalesce(read_at, :now) where id = :id and staff_id = :staffId
  returning read_at as "readAt"`;
/** The first reading counts. No row: not this person's. */
export const markRead = (sql: Sql, read: { id: bigint; staffId: bigint; now: Date }) =>
  sql.maybeOne<{ readAt: Date }>(readNotice, read);

export type FiringRow = {
  readonly ladder: string;
  readonly position: number;
  readonly words: string;
  readonly wordsEn: string;
  readonly action: string;
  readonly dueAt: Date;
  readonly firedAt: Date;
  readonly told: readonly { login: string; readAt: string | null }[];
};
const firingsOf = `
  select f.ladder_code as ladder, f.position, s.words, s.words_en as "wordsEn", s.action, f.due_at as "dueAt", f.fired_at as "firedAt",
    coalesce((select jsonb_agg(jsonb_build_object('login', m.login, 'readAt', n.read_at) order by n.id)
      from ladder_notices n join staff_members m on m.id = n.staff_id where n.firing_id = f.id), '[]') as told
  from ladder_firings f join ladder_steps s on s.ladder_code = f.ladder_code and s.position = f.position
  where f.ticket_id = :ticketId order by f.id`;
/** What fired for a case, whom it told, and who has read it. */
export const findFirings = (sql: Sql, ticketId: bigint) => sql.rows<FiringRow>(firingsOf, { ticketId });

export type LadderStep = {
  readonly position: number;
  readonly clockKind: string;
  readonly shareBasisPoints: number;
  readonly offsetSeconds: number;
  readonly told: "owner" | "role";
  readonly role: string | null;
  readonly level: Level | null;
  readonly action: "tell" | "escalate";
  readonly words: string;
  /** Empty while nobody has put it into English. */
  readonly wordsEn: string;
};
export type Ladder = {
  readonly code: string;
  readonly name: string;
  readonly nameEn: string;
  readonly category: string;
  readonly severity: "*" | "emergency" | "urgent" | "ordinary";
  readonly active: boolean;
  readonly steps: readonly LadderStep[];
};
const ladders = `
  select l.code, l.name, l.name_en as "nameEn", l.category, l.severity, l.active,
    coalesce((select jsonb_agg(jsonb_build_object('position', s.position, 'clockKind', s.clock_kind,
        'shareBasisPoints', s.share_basis_points, 'offsetSeconds', s.offset_seconds, 'told', s.told,
        'role', s.role_code, 'level', s.level, 'action', s.action, 'words', s.words, 'wordsEn', s.words_en) order by s.position)
      from ladder_steps s where s.ladder_code = l.code), '[]') as steps
  from ladders l order by l.code`;
export const findLadders = (sql: Sql) => sql.rows<Ladder>(ladders);

const firedBeyond = `
  select max(position) as position from ladder_firings where ladder_code = :code and not position = any(:positions::smallint[])`;
/** A step that would be dropped and has fired; null when none. */
export const findFiredStepBeyond = async (
  sql: Sql,
  query: { code: string; positions: readonly number[] },
): Promise<number | null> => (await sql.one<{ position: number | null }>(firedBeyond, query)).position;

const storeLadder = `
  insert into ladders (code, name, name_en, category, severity, active)
  values (:code, :name, :nameEn, :category, :severity, :active)
  on conflict (code) do update set name = excluded.name, name_en = excluded.name_en, category = excluded.category, severity = excluded.severity,
    active = excluded.active`;
const dropSteps = `
  delete from ladder_steps where ladder_code = :code and not position = any(:positions::smallint[])`;
const storeSteps = `
  insert into ladder_steps (ladder_code, position, clock_kind, share_basis_points, offset_seconds, told, role_code, level,
    action, words, words_en)
  select :code, s.position, s."clockKind", s."shareBasisPoints", s."offsetSeconds", s.told, s.role, s.level, s.action,
    s.words, s."wordsEn"
  from jsonb_to_recordset(:steps::jsonb) s (position smallint, "clockKind" text, "shareBasisPoints" integer,
    "offsetSeconds" integer, told text, role text, level text, action text, words text, "wordsEn" text)
  on conflict (ladder_code, position) do update set clock_kind = excluded.clock_kind,
    share_basis_points = excluded.share_basis_points, offset_seconds = excluded.offset_seconds, told = excluded.told,
    role_code = excluded.role_code, level = excluded.level, action = excluded.action, words = excluded.words,
    words_en = excluded.words_en`;
export const replaceLadder = async (sql: Sql, ladder: Ladder): Promise<void> => {
  const { code, steps } = ladder;
  await sql.run(storeLadder, ladder);
  await sql.run(dropSteps, { code, positions: steps.map((step) => step.position) });
  await sql.run(storeSteps, { code, steps: JSON.stringify(steps) });
};
