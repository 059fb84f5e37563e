/** SQL on who hangs under an incident, on the rules that open one, and on how many it touches. */
import type { Sql } from "#src/platform/sql.ts";
import { ticketScope, type TicketReach } from "#src/service/tickets/index.ts";
import type { RulePlace, UpdateKind } from "./schema.ts";

const addTicket = `
  insert into incident_tickets (incident_id, ticket_id, how, joined_at, joined_by)
  values (:incidentId, :ticketId, :how, :now, :by)
  on conflict (ticket_id) where left_at is null do nothing returning id`;
/** Null when the case hangs under an incident, this one or another. */
export const insertMember = (
  sql: Sql,
  row: { incidentId: bigint; ticketId: bigint; how: string; now: Date; by: bigint | null },
) => sql.maybeOne<{ id: bigint }>(addTicket, row);

const incidentOfTicket = `
  select incident_id as "incidentId" from incident_tickets where ticket_id = :ticketId and left_at is null`;
export const findIncidentOfTicket = (sql: Sql, ticketId: bigint) =>
  sql.maybeOne<{ incidentId: bigint }>(incidentOfTicket, { ticketId });

const takeOut = `
  update incident_tickets set left_at = :now, left_by = :by, left_reason = :reason
  where incident_id = :incidentId and ticket_id = :ticketId and left_at is null returning id`;
export const endMembership = (
  sql: Sql,
  row: { incidentId: bigint; ticketId: bigint; reason: string; now: Date; by: bigint | null },
) => sql.maybeOne<{ id: bigint }>(takeOut, row);

const addCall = `
  insert into incident_calls (call_id, incident_id, building_id, joined_at, joined_by)
  values (:callId, :incidentId, :buildingId, :now, :by) on conflict (call_id) do nothing returning call_id`;
/** Null when the call hangs under an incident. */
export const insertCall = (
  sql: Sql,
  row: { callId: bigint; incidentId: bigint; buildingId: bigint | null; now: Date; by: bigint | null },
) => sql.maybeOne<{ call_id: bigint }>(addCall, row);

const beginRound = `
  insert into incident_rounds (update_id, incident_id) values (:updateId, :incidentId) on conflict do nothing`;
export const insertRound = (sql: Sql, row: { updateId: bigint; incidentId: bigint }) =>
  sql.run(beginRound, row);

export type Round = {
  readonly updateId: bigint;
  readonly incidentId: bigint;
  readonly cursorId: bigint;
  readonly kind: UpdateKind;
  readonly text: string;
  readonly expectedBackAt: Date | null;
  readonly wasTold: boolean;
  readonly wasClosed: boolean;
};
const lockOne = `
  select round.update_id as "updateId", round.incident_id as "incidentId", round.cursor_id as "cursorId", said.kind,
    said.text, said.expected_back_at as "expectedBackAt",
    exists (select 1 from incident_updates earlier where earlier.incident_id = round.incident_id
      and earlier.kind = 'restored' and earlier.id < said.id) as "wasTold",
    exists (select 1 from incident_updates earlier where earlier.incident_id = round.incident_id
      and earlier.kind = 'closed' and earlier.id < said.id) as "wasClosed"
  from incident_rounds round join incident_updates said on said.id = round.update_id
  where round.update_id = :updateId and round.finished_at is null for update of round`;
/** Null when it is finished. `wasTold`: callers were told before that heat is back; `wasClosed`: it was closed, and is open again. */
export const lockRound = (sql: Sql, updateId: bigint) => sql.maybeOne<Round>(lockOne, { updateId });

const nextMembers = `
  select member.id, member.ticket_id as "ticketId",
    (said.kind <> 'closed' or cardinality(said.building_ids) > 0)
      and coalesce(ticket.building_id = any(said.building_ids), true) as concerned
  from incident_tickets member
  join incident_updates said on said.id = :updateId
  join tickets ticket on ticket.id = member.ticket_id
  where member.incident_id = said.incident_id and member.left_at is null and member.id > :cursorId
    and (said.kind in ('closed', 'cancelled') or ticket.building_id is null
      or ticket.building_id = any(said.building_ids))
  order by member.id limit :limit::integer`;
/** Cases of the buildings that it is about, and all of them when it is over. `concerned`: the caller is to be told. */
export const findNextMembers = (sql: Sql, row: { updateId: bigint; cursorId: bigint; limit: number }) =>
  sql.rows<{ id: bigint; ticketId: bigint; concerned: boolean }>(nextMembers, row);

const moveRound = `
  update incident_rounds set cursor_id = :cursorId, tickets = tickets + :tickets::integer,
    messages = messages + :messages::integer, finished_at = case when :finished then :now::timestamptz end
  where update_id = :updateId`;
export const advanceRound = (
  sql: Sql,
  row: {
    updateId: bigint;
    cursorId: bigint;
    tickets: number;
    messages: number;
    finished: boolean;
    now: Date;
  },
) => sql.run(moveRound, row);

export type RuleRow = {
  readonly id: bigint;
  readonly kindCode: string;
  readonly place: RulePlace;
  readonly threshold: number;
  readonly withinMinutes: number;
  readonly active: boolean;
  readonly reason: string;
  readonly version: number;
};
const RULE_COLUMNS = `rule.id, rule.kind_code as "kindCode", rule.place, rule.threshold,
  rule.within_minutes as "withinMinutes", rule.active, rule.reason, rule.version`;
const rules = `select ${RULE_COLUMNS} from incident_rules rule order by rule.kind_code, rule.place`;
export const listRules = (sql: Sql) => sql.rows<RuleRow>(rules);

const setRule = `
  insert into incident_rules as rule (kind_code, place, threshold, within_minutes, active, reason, set_at, set_by)
  values (:kind, :place, :threshold, :withinMinutes, :active, :reason, :now, :by)
  on conflict (kind_code, place) do update set threshold = excluded.threshold, within_minutes = excluded.within_minutes,
    active = excluded.active, reason = excluded.reason, set_at = excluded.set_at, set_by = excluded.set_by,
    version = rule.version + 1
  returning ${RULE_COLUMNS}`;
export const upsertRule = (
  sql: Sql,
  row: {
    kind: string;
    place: RulePlace;
    threshold: number;
    withinMinutes: number;
    active: boolean;
    reason: string;
    now: Date;
    by: bigint | null;
  },
) => sql.one<RuleRow>(setRule, row);

// The widest place first: what a whole station suffers is not the fault of one building. Cases that hang under an incident
// are explained and count for none. Homes are counted, however often one of them calls; where no home is known, numbers a building.
const firingFor = (building: string, category: string): string => `
  with here as (
    select building_id, loop_id, station_id from building_roads
    where building_id = ${building} and valid @> :at::timestamptz
      -- Most categories have no rule: then nothing else is looked at.
      and exists (select from incident_rules rule join incident_kind_categories belongs
        on belongs.kind_code = rule.kind_code and belongs.category_code = ${category} where rule.active)
  ), fitting as (
    select rule.id, rule.kind_code, rule.place, rule.threshold, rule.within_minutes,
      case rule.place when 'building' then here.building_id when 'loop' then here.loop_id
        else here.station_id end as place_id
    from incident_rules rule join incident_kind_categories belongs on belongs.kind_code = rule.kind_code
      and belongs.category_code = ${category}
    cross join here where rule.active
  ), around as (
    select road.building_id, road.loop_id, road.station_id from building_roads road
    where road.station_id = (select station_id from here) and road.valid @> :at::timestamptz
  )
  select fitting.id as "ruleId", fitting.kind_code as "kindCode", fitting.place, fitting.place_id as "placeId",
    array_agg(distinct ticket.id) as "ticketIds", min(ticket.opened_at) as "firstAt"
  from fitting
  join around on fitting.place_id = case fitting.place when 'building' then around.building_id
    when 'loop' then around.loop_id else around.station_id end
  join tickets ticket on ticket.building_id = around.building_id
    and ticket.state not in ('closed', 'cancelled', 'merged')
    and ticket.opened_at > :at::timestamptz - make_interval(mins => fitting.within_minutes)
  join incident_kind_categories alike on alike.kind_code = fitting.kind_code
    and alike.category_code = ticket.category_code
  left join heat_accounts account on account.id = ticket.account_id
  where not exists (select 1 from incident_tickets member where member.ticket_id = ticket.id and member.left_at is null)
  group by fitting.id, fitting.kind_code, fitting.place, fitting.place_id, fitting.threshold
  having count(distinct coalesce(
      'home ' || coalesce(ticket.premises_id, account.premises_id),
      'building ' || ticket.building_id || ' ' || ticket.caller_number, 'case ' || ticket.id)) >= fitting.threshold
  order by case fitting.place when 'station' then 1 when 'loop' then 2 else 3 end, fitting.id limit 1`;
const firing = firingFor(":buildingId::bigint", ":category::text");
export type FiringRule = {
  readonly ruleId: bigint;
  readonly kindCode: string;
  readonly place: RulePlace;
  readonly placeId: bigint;
  readonly ticketIds: readonly bigint[];
  readonly firstAt: Date;
};
/** The rule that a new case of this category in this building makes fire, with all the cases that it counts. */
export const findFiringRule = (sql: Sql, query: { buildingId: bigint; category: string; at: Date }) =>
  sql.maybeOne<FiringRule>(firing, query);

// A place and a category are looked at once, however many of the cases have them.
const touched = `
  with fresh as materialized (
    select ticket.id, ticket.building_id, ticket.category_code from tickets ticket
    where ticket.id = any(:ticketIds::bigint[]) and ticket.building_id is not null
      and ticket.state not in ('closed', 'cancelled', 'merged')
      and not exists (select 1 from incident_tickets member where member.ticket_id = ticket.id and member.left_at is null)
  ), told as materialized (
    select place.building_id, place.category_code from (select distinct building_id, category_code from fresh) place
    where exists (
        select 1 from incident_buildings held
        join incidents incident on incident.id = held.incident_id and incident.state = 'open'
        join incident_kind_categories belongs on belongs.kind_code = incident.kind_code
          and belongs.category_code = place.category_code
        where held.building_id = place.building_id and held.from_at <= :at::timestamptz
          and (held.to_at is null or held.to_at > :at::timestamptz))
      or exists (select 1 from (${firingFor("place.building_id", "place.category_code")}) fires)
  )
  select fresh.id from fresh join told using (building_id, category_code) order by fresh.id`;
// Most categories have neither a rule nor an open incident, and this is planned in a tenth of a millisecond where the whole
// question takes twenty, five times on each connection.
const mayBeTouched = `
  select ticket.id from tickets ticket
  where ticket.id = any(:ticketIds::bigint[]) and ticket.category_code in (
    select belongs.category_code from incident_kind_categories belongs
    where exists (select 1 from incident_rules rule where rule.kind_code = belongs.kind_code and rule.active)
      or exists (select 1 from incidents incident where incident.kind_code = belongs.kind_code and incident.state = 'open'))`;
/** Those new cases that a standing incident holds, or that make a rule fire, in the order of their ids. */
export const findTouchedCases = async (
  sql: Sql,
  { ticketIds, at }: { ticketIds: readonly bigint[]; at: Date },
): Promise<bigint[]> => {
  const asked = (await sql.rows<{ id: bigint }>(mayBeTouched, { ticketIds })).map((row) => row.id);
  if (asked.length === 0) return [];
  return (await sql.rows<{ id: bigint }>(touched, { ticketIds: asked, at })).map((row) => row.id);
};

const HOMES = `
  select distinct account.id, account.premises_id from premises home
  join heat_accounts account on account.premises_id = home.id and account.state <> 'closed'
  join charge_points point on point.account_id = account.id
  join supply_states supply on supply.charge_point_id = point.id and supply.valid @> :day::date
    and supply.state = 'supplied'
  where home.building_id = any`;

const counts = `
  select
    (select count(*) from incident_tickets where incident_id = :incidentId and left_at is null)::int as tickets,
    (select count(*) from incident_tickets member join tickets ticket on ticket.id = member.ticket_id
      where member.incident_id = :incidentId and member.left_at is null
        and ticket.state not in ('resolved', 'closed', 'cancelled', 'merged'))::int as "ticketsOpen",
    (select count(*) from incident_calls where incident_id = :incidentId)::int as calls,
    (select count(distinct building_id) from incident_buildings where incident_id = :incidentId)::int as "buildingsEver",
    cardinality(now_held.ids) as buildings,
    (select count(*) from premises where building_id = any(now_held.ids))::int as homes,
    (select count(*) from (${HOMES}(now_held.ids)) supplied)::int as "homesSupplied"
  from (select coalesce(array_agg(building_id), '{}') as ids from incident_buildings
    where incident_id = :incidentId and from_at <= :at and (to_at is null or to_at > :at)) now_held`;
export type IncidentCounts = {
  readonly tickets: number;
  readonly ticketsOpen: number;
  readonly calls: number;
  readonly buildings: number;
  readonly buildingsEver: number;
  readonly homes: number;
  readonly homesSupplied: number;
};
export const countIncident = (sql: Sql, query: { incidentId: bigint; at: Date; day: string }) =>
  sql.one<IncidentCounts>(counts, query);

const audience = `
  select id as "accountId", premises_id as "premisesId"
  from (${HOMES}((select building_ids from incident_updates where id = :updateId)::bigint[])) supplied
  where id > :after order by id limit :limit::integer`;
/** Supplied homes that something said was about: whoever is stopped is not told. */
export const findAudience = (
  sql: Sql,
  query: { updateId: bigint; day: string; after: bigint; limit: number },
) => sql.rows<{ accountId: bigint; premisesId: bigint }>(audience, query);

const audienceSize = `
  select count(*)::int as homes
  from (${HOMES}((select building_ids from incident_updates where id = :updateId)::bigint[])) supplied`;
export const countAudience = async (sql: Sql, query: { updateId: bigint; day: string }): Promise<number> =>
  (await sql.one<{ homes: number }>(audienceSize, query)).homes;

const memberPage = `
  select member.id, t.ticket_no as "ticketNo", t.category_code as "category", t.state, t.building_id as "buildingId",
    member.how, member.joined_at as "joinedAt"
  from incident_tickets member join tickets t on t.id = member.ticket_id
  where member.incident_id = :incidentId and member.left_at is null and member.id > :after and ${ticketScope("t")}
  order by member.id limit :limit::integer`;
export type MemberRow = {
  readonly id: bigint;
  readonly ticketNo: string;
  readonly category: string;
  readonly state: string;
  readonly buildingId: bigint | null;
  readonly how: string;
  readonly joinedAt: Date;
};
export const listMembers = (
  sql: Sql,
  query: TicketReach & { incidentId: bigint; after: bigint; limit: number },
) => sql.rows<MemberRow>(memberPage, query);
