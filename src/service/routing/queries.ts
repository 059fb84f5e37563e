/** SQL on what routing decided: assignments, returns, rulings, precedents. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import { type TicketReach, ticketScope } from "#src/service/tickets/index.ts";
import type { Boundary, Cause, Level, Rule } from "./vocabulary.ts";

export type NewAssignment = {
  readonly ticketId: bigint;
  readonly cause: Cause;
  readonly causeKey: string;
  readonly rule: Rule;
  readonly tableId: bigint | null;
  readonly precedentId: bigint | null;
  readonly reassignmentId: bigint | null;
  readonly boundary: Boundary;
  readonly stationId: bigint | null;
  readonly level: Level;
  readonly role: string;
  readonly areaId: bigint | null;
  readonly staffId: bigint | null;
  readonly explanation: unknown;
  readonly chain: unknown;
  readonly reason: string | null;
};

const addAssignments = `
  insert into ticket_assignments (ticket_id, cause, cause_key, decided_at, decided_by, rule, table_id, precedent_id,
    reassignment_id, boundary, station_id, level, role_code, area_id, staff_id, explanation, chain, reason)
  select a."ticketId", a.cause, a."causeKey", :now, :by, a.rule, a."tableId", a."precedentId", a."reassignmentId",
    a.boundary, a."stationId", a.level, a.role, a."areaId", a."staffId", nullif(a.explanation, 'null'::jsonb), a.chain,
    a.reason
  from jsonb_to_recordset(:rows::jsonb) a ("ticketId" bigint, cause text, "causeKey" text, rule text, "tableId" bigint,
    "precedentId" bigint, "reassignmentId" bigint, boundary text, "stationId" bigint, level text, role text,
    "areaId" bigint, "staffId" bigint, explanation jsonb, chain jsonb, reason text)
  order by a."ticketId"
  on conflict (ticket_id, cause_key) do nothing
  returning id, ticket_id as "ticketId"`;
/** Answers the new ones: a cause that has given a case to somebody does not do so again. */
export const insertAssignments = (sql: Sql, batch: { rows: string; now: Date; by: bigint | null }) =>
  sql.rows<{ id: bigint; ticketId: bigint }>(addAssignments, batch);

const routedBefore = `
  select cause_key as "causeKey", ticket_id as "ticketId" from ticket_assignments
  where (ticket_id, cause_key) in (select * from unnest(:ticketIds::bigint[], :causeKeys::text[]))`;
export const findRoutedBefore = (
  sql: Sql,
  causes: { ticketIds: readonly bigint[]; causeKeys: readonly string[] },
) => sql.rows<{ causeKey: string; ticketId: bigint }>(routedBefore, causes);

export type AssignmentRow = {
  readonly id: bigint;
  readonly cause: Cause;
  readonly rule: Rule;
  readonly decidedAt: Date;
  readonly decidedBy: string | null;
  readonly tableId: bigint | null;
  readonly precedentId: bigint | null;
  readonly boundary: Boundary;
  readonly level: Level;
  readonly role: string;
  readonly areaCode: string | null;
  readonly staffId: bigint | null;
  readonly login: string | null;
  readonly explanation: unknown;
  readonly chain: readonly Readonly<Record<string, unknown>>[];
  readonly reason: string | null;
  /** Of a step of a ladder whose words are still those; null where it stands in one language. */
  readonly reasonEn: string | null;
};

const assignmentsOf = `
  select a.id, a.cause, a.rule, a.decided_at as "decidedAt", decider.login as "decidedBy", a.table_id as "tableId",
    a.precedent_id as "precedentId", a.boundary, a.level, a.role_code as role, area.code as "areaCode",
    a.staff_id as "staffId", m.login, a.explanation, a.reason,
    (select nullif(step.words_en, '') from ladder_firings f
      join ladder_steps step on step.ladder_code = f.ladder_code and step.position = f.position and step.words = a.reason
      where f.ticket_id = a.ticket_id and a.cause_key = 'ladder:' || f.id) as "reasonEn",
    (select coalesce(jsonb_agg(link || jsonb_build_object('login', person.login) order by n), '[]')
      from jsonb_array_elements(a.chain) with ordinality links (link, n)
      left join staff_members person on person.id = (link ->> 'staffId')::bigint) as chain
  from ticket_assignments a
  left join service_areas area on area.id = a.area_id
  left join staff_members m on m.id = a.staff_id
  left join staff_members decider on decider.id = a.decided_by
  where a.ticket_id = :ticketId order by a.id`;
/** Every assignment of a case, oldest first, with the chain that was walked. */
export const findAssignments = (sql: Sql, ticketId: bigint) =>
  sql.rows<AssignmentRow>(assignmentsOf, { ticketId });

const lastAssignmentOf = `
  select id, role_code as role, level, staff_id as "staffId", area_id as "areaId", rule
  from ticket_assignments where ticket_id = :ticketId order by id desc limit 1`;
export type LastAssignment = {
  readonly id: bigint;
  readonly role: string;
  readonly level: Level;
  readonly staffId: bigint | null;
  readonly areaId: bigint | null;
  readonly rule: Rule;
};
export const findLastAssignment = (sql: Sql, ticketId: bigint) =>
  sql.maybeOne<LastAssignment>(lastAssignmentOf, { ticketId });

const standingOf = `
  select a.rule, coalesce(a.chain -> 0 ->> 'step' = 'named', false) as "isNamed"
  from ticket_assignments a
  where a.ticket_id = :ticketId and (a.rule <> 'kept' or a.chain -> 0 ->> 'step' = 'named')
  order by a.id desc limit 1`;
/** What decided last whose a case is: whoever only kept its role, because it was opened again or somebody fell ill, decided nothing. */
export const findStandingDecision = (sql: Sql, ticketId: bigint) =>
  sql.maybeOne<{ rule: Rule; isNamed: boolean }>(standingOf, { ticketId });

const decidedBy = `
  select rule from ticket_assignments where ticket_id = :ticketId and rule <> 'kept' order by id desc limit 1`;
/** By what its role was chosen, whoever of the role has had it since; null before it was given to anybody. */
export const findDecidingRule = async (sql: Sql, ticketId: bigint): Promise<Rule | null> =>
  (await sql.maybeOne<{ rule: Rule }>(decidedBy, { ticketId }))?.rule ?? null;

export type ReturnReason = {
  readonly code: string;
  readonly name: string;
  readonly nameEn: string;
  readonly sendsTo: string | null;
  readonly active: boolean;
};
const reasons = `
  select code, name, name_en as "nameEn", sends_to as "sendsTo", active from return_reasons order by code`;
export const findReturnReasons = (sql: Sql) => sql.rows<ReturnReason>(reasons);

const storeReason = `
  insert into return_reasons (code, name, name_en, sends_to, active)
  values (:code, :name, :nameEn, :sendsTo, :active)
  on conflict (code) do update set name = excluded.name, name_en = excluded.name_en, sends_to = excluded.sends_to,
    active = excluded.active`;
export const upsertReturnReason = (sql: Sql, reason: ReturnReason) => sql.run(storeReason, reason);

const addReturn = `
  insert into ticket_returns (ticket_id, number, reason_code, words, role_code, level, staff_id, returned_at, returned_by)
  select :ticketId, coalesce(max(number), 0) + 1, :reason, :words, :role, :level, :staffId, :now, :by
  from ticket_returns where ticket_id = :ticketId
  returning number`;
/** The case is locked by the caller, so numbers have no gap. */
export const insertReturn = (
  sql: Sql,
  row: {
    ticketId: bigint;
    reason: string;
    words: string;
    role: string;
    level: Level;
    staffId: bigint | null;
    now: Date;
    by: bigint | null;
  },
) => sql.one<{ number: number }>(addReturn, row);

export type ReturnRow = {
  readonly number: number;
  readonly reason: string;
  readonly reasonName: string;
  readonly reasonNameEn: string;
  readonly words: string;
  readonly role: string;
  readonly level: Level;
  readonly login: string | null;
  readonly staffId: bigint | null;
  readonly returnedAt: Date;
  readonly sendsTo: string | null;
};
const returnsOf = `
  select r.number, r.reason_code as reason, reason.name as "reasonName", reason.name_en as "reasonNameEn", r.words, r.role_code as role, r.level, m.login, r.staff_id as "staffId",
    r.returned_at as "returnedAt", reason.sends_to as "sendsTo"
  from ticket_returns r join return_reasons reason on reason.code = r.reason_code
  left join staff_members m on m.id = r.staff_id
  where r.ticket_id = :ticketId order by r.number`;
export const findReturns = (sql: Sql, ticketId: bigint) => sql.rows<ReturnRow>(returnsOf, { ticketId });

const addRuling = `
  insert into ticket_rulings (ticket_id, role_code, level, words, precedent_id, ruled_at, ruled_by)
  values (:ticketId, :role, :level, :words, :precedentId, :now, :by) returning id`;
export const insertRuling = (
  sql: Sql,
  row: {
    ticketId: bigint;
    role: string;
    level: Level;
    words: string;
    precedentId: bigint | null;
    now: Date;
    by: bigint | null;
  },
) => sql.one<{ id: bigint }>(addRuling, row);

const rulingsOf = `
  select r.role_code as role, r.level, r.words, r.precedent_id as "precedentId", r.ruled_at as "ruledAt", m.login
  from ticket_rulings r left join staff_members m on m.id = r.ruled_by where r.ticket_id = :ticketId order by r.id`;
export const findRulings = (sql: Sql, ticketId: bigint) =>
  sql.rows<{
    role: string;
    level: Level;
    words: string;
    precedentId: bigint | null;
    ruledAt: Date;
    login: string | null;
  }>(rulingsOf, { ticketId });

export const PRECEDENT_SCOPES = ["building", "community", "station"] as const;
export type PrecedentScope = (typeof PRECEDENT_SCOPES)[number];

const endPrecedents = `
  update precedents set ended_at = :now, ended_by = :by
  where ended_at is null and category_code = :category and boundary = :boundary
    and building_id is not distinct from :buildingId and community_id is not distinct from :communityId
    and station_id is not distinct from :stationId`;
const addPrecedent = `
  insert into precedents (category_code, boundary, building_id, community_id, station_id, role_code, level, ticket_id,
    words, made_at, made_by)
  values (:category, :boundary, :buildingId, :communityId, :stationId, :role, :level, :ticketId, :words, :now, :by)
  returning id`;
/** The younger ruling on the same facts takes the place of the older. */
export const replacePrecedent = async (
  sql: Sql,
  row: {
    category: string;
    boundary: Boundary;
    buildingId: bigint | null;
    communityId: bigint | null;
    stationId: bigint | null;
    role: string;
    level: Level;
    ticketId: bigint;
    words: string;
    now: Date;
    by: bigint | null;
  },
): Promise<bigint> => {
  await sql.run(endPrecedents, row);
  return (await sql.one<{ id: bigint }>(addPrecedent, row)).id;
};

const endOne = `
  with seen as (
    select p.id, p.ended_at from precedents p join tickets t on t.id = p.ticket_id
    where p.id = :id and ${ticketScope("t")} for update of p
  ), ended as (
    update precedents p set ended_at = :now, ended_by = :by from seen where p.id = seen.id and seen.ended_at is null
    returning p.id
  )
  select exists (select 1 from ended) as now from seen`;
/** Whether it ended now, or had before; null when there is none within reach. */
export const endPrecedentRow = (
  sql: Sql,
  row: TicketReach & { id: bigint; now: Date; by: bigint | null },
): Promise<{ readonly now: boolean } | null> => sql.maybeOne<{ now: boolean }>(endOne, row);

export type PrecedentView = {
  readonly id: bigint;
  readonly category: string;
  readonly boundary: Boundary;
  readonly scope: PrecedentScope;
  readonly place: string;
  readonly role: string;
  readonly level: Level;
  readonly words: string;
  readonly ticketNo: string;
  readonly madeAt: Date;
  readonly uses: number;
};
const standingPrecedents = `
  select p.id, p.category_code as category, p.boundary, p.role_code as role, p.level, p.words,
    t.ticket_no as "ticketNo", p.made_at as "madeAt",
    case when p.building_id is not null then 'building' when p.community_id is not null then 'community'
      else 'station' end as scope,
    coalesce(home.name || b.name, c.name, s.name) as place,
    (select count(*) from ticket_assignments a where a.precedent_id = p.id and a.rule = 'precedent')::int as uses
  from precedents p join tickets t on t.id = p.ticket_id
  left join buildings b on b.id = p.building_id left join communities home on home.id = b.community_id
  left join communities c on c.id = p.community_id left join stations s on s.id = p.station_id
  where p.ended_at is null and (:afterId::bigint is null or p.id < :afterId::bigint) and ${ticketScope("t")}
  order by p.id desc limit :limit::integer`;
/** Whoever is bound sees those of the cases that they see: a precedent shows the case and its words. */
export const findPrecedents = (sql: Sql, page: TicketReach & { afterId: bigint | null; limit: number }) =>
  sql.rows<PrecedentView>(standingPrecedents, page);

const lockedCase = `
  select version, state, owner_id as "ownerId", owner_role as "ownerRole", category_code as category, severity
  from tickets where id = :ticketId for update`;
/** The case for the rest of the transaction: two people do not rule on it at once. */
export const lockCase = (sql: Sql, ticketId: bigint) =>
  sql.maybeOne<{
    version: number;
    state: string;
    ownerId: bigint | null;
    ownerRole: string | null;
    category: string;
    severity: "emergency" | "urgent" | "ordinary";
  }>(lockedCase, { ticketId });

const unrouted = `
  select id from tickets where state = 'new' and changed_at <= :before::timestamptz
  order by id limit :limit::integer`;
/** Cases that nobody has although their event should have been handled long ago. */
export const findUnrouted = async (sql: Sql, query: { before: Date; limit: number }): Promise<bigint[]> =>
  (await sql.rows<{ id: bigint }>(unrouted, query)).map((row) => row.id);

const waitingBeside = `
  with own as (
    select coalesce(served.area_id, 0) as area_id
    from tickets t left join premises on premises.id = t.premises_id
    left join service_area_buildings served
      on served.building_id = coalesce(t.building_id, premises.building_id) and served.valid @> :day::date
    where t.id = :ticketId
  )
  select t.id from own, tickets t
  left join premises on premises.id = t.premises_id
  left join service_area_buildings served
    on served.building_id = coalesce(t.building_id, premises.building_id) and served.valid @> :day::date
  where t.state = 'new' and t.id <> :ticketId and coalesce(served.area_id, 0) = own.area_id
    and not exists (select from ticket_assignments a where a.ticket_id = t.id)
  order by t.id limit :limit::integer`;
/** Other cases of the same area that wait for their first owner, the oldest first. */
export const findWaitingBeside = async (
  sql: Sql,
  query: { ticketId: bigint; day: Day; limit: number },
): Promise<bigint[]> => (await sql.rows<{ id: bigint }>(waitingBeside, query)).map((row) => row.id);

const neverRouted = `
  select t.id from tickets t
  where t.state = 'new' and t.opened_at <= :before::timestamptz
    and not exists (select from ticket_assignments a where a.ticket_id = t.id)
  order by t.id limit :limit::integer`;
/** Cases that wait for their first owner since before an instant, the oldest first. */
export const findNeverRouted = async (sql: Sql, query: { before: Date; limit: number }): Promise<bigint[]> =>
  (await sql.rows<{ id: bigint }>(neverRouted, query)).map((row) => row.id);

const openOf = `
  select id from tickets
  where owner_id = :staffId and state in ('assigned', 'accepted', 'working', 'waiting', 'resolved')
    and id > :afterId::bigint
  order by id limit :limit::integer`;
/** A person's open cases behind one, in the order of ids. */
export const findOpenCasesOf = async (
  sql: Sql,
  query: { staffId: bigint; afterId: bigint; limit: number },
): Promise<bigint[]> => (await sql.rows<{ id: bigint }>(openOf, query)).map((row) => row.id);

const personByLogin = `
  select m.id, m.display_name as name, m.disabled_at is not null as disabled,
    array(select held.role from staff_roles held where held.staff_id = m.id order by held.role) as roles,
    exists (select from absences a where a.staff_id = m.id and a.valid @> :day::date) as "onLeave"
  from staff_members m where m.login = :login`;
export type Person = {
  readonly id: bigint;
  readonly name: string;
  readonly disabled: boolean;
  readonly roles: readonly string[];
  readonly onLeave: boolean;
};
export const findPerson = (sql: Sql, query: { login: string; day: Day }) =>
  sql.maybeOne<Person>(personByLogin, query);

const rolesOfOpen = `
  select owner_role as role, count(*)::int as cases from tickets
  where owner_id = :staffId and owner_role is not null
    and state in ('assigned', 'accepted', 'working', 'waiting', 'resolved') and id > :afterId::bigint
  group by owner_role order by owner_role`;
/** As whose a person's open cases behind one lie with them, and how many. */
export const findRolesOfOpenCases = (sql: Sql, query: { staffId: bigint; afterId: bigint }) =>
  sql.rows<{ role: string; cases: number }>(rolesOfOpen, query);

const peopleWhoLeft = `
  select m.id as "staffId",
    (select count(*) from tickets t where t.owner_id = m.id
      and t.state in ('assigned', 'accepted', 'working', 'waiting', 'resolved'))::int as open
  from staff_members m
  where (:staffId::bigint is null or m.id = :staffId::bigint)
    and exists (select from tickets t where t.owner_id = m.id
      and t.state in ('assigned', 'accepted', 'working', 'waiting', 'resolved'))
    and (m.disabled_at is not null
      or exists (select from absences a where a.staff_id = m.id and a.valid @> :day::date)
      or (:staffId::bigint is not null
        and not exists (select from area_duties d where d.staff_id = m.id and d.valid @> :day::date)
        and not exists (select from station_duties d where d.staff_id = m.id and d.valid @> :day::date)
        and not exists (select from routing_desk_members d where d.staff_id = m.id and d.valid @> :day::date)))
  order by m.id`;
/**
 * People with open cases who are away today or disabled; for one person also without any duty any more.
 */
export const findPeopleWhoLeft = (sql: Sql, query: { staffId: bigint | null; day: Day }) =>
  sql.rows<{ staffId: bigint; open: number }>(peopleWhoLeft, query);

const namesOf = `select id, display_name as name from staff_members where id = any(:ids::bigint[])`;
export const findNames = async (sql: Sql, ids: readonly bigint[]): Promise<Map<bigint, string>> =>
  new Map((await sql.rows<{ id: bigint; name: string }>(namesOf, { ids })).map((row) => [row.id, row.name]));
