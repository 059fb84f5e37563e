/** SQL of single cases: read, lock, change, and their timelines. */
import type { Sql } from "#src/platform/sql.ts";
import type { EntryKind, EvidenceKind, Ticket } from "./schema.ts";
import type { TicketState } from "./states.ts";

export const TICKET_COLUMNS = `t.id, t.ticket_no as "ticketNo", t.category_code as "categoryCode",
  t.category_guessed as "categoryGuessed", t.source, t.channel, t.severity, t.account_id as "accountId",
  t.premises_id as "premisesId", t.building_id as "buildingId", t.address_text as "addressText",
  t.caller_number as "callerNumber", t.caller_name as "callerName", t.summary, t.fields, t.state,
  t.owner_id as "ownerId", t.owner_role as "ownerRole", t.owner_area_id as "ownerAreaId", t.owner_level as "ownerLevel",
  t.assigned_at as "assignedAt", t.opened_at as "openedAt", t.changed_at as "changedAt", t.resolved_at as "resolvedAt",
  t.closed_at as "closedAt", t.closing_class as "closingClass", t.first_visit_completed as "firstVisitCompleted",
  t.reopen_count as "reopenCount", t.reopened_at as "reopenedAt", t.return_count as "returnCount",
  t.merged_into_id as "mergedIntoId", t.repeated_at as "repeatedAt", t.repeated_by_id as "repeatedById", t.version`;

/**
 * A condition on `tickets` under an alias: owned in person; of a building that one of the areas serves that day; held by one of
 * the areas and of no building; of an account of a machine. A case with only a caller is everybody's who has no bound.
 */
export const ticketScope = (alias: string): string => `(
  :scopeKind::text = 'everything'
  or ${alias}.owner_id = :staffId::bigint
  or (:scopeKind::text = 'accounts' and ${alias}.account_id = any(:scopeIds::bigint[]))
  or (:scopeKind::text = 'areas' and ((${alias}.building_id is null and ${alias}.owner_area_id = any(:scopeIds::bigint[]))
    or exists (select 1 from service_area_buildings scope_buildings
      where scope_buildings.building_id = ${alias}.building_id and scope_buildings.valid @> :scopeDay::date
        and scope_buildings.area_id = any(:scopeIds::bigint[])))))`;

export type TicketReach = {
  readonly staffId: bigint | null;
  readonly scopeKind: string;
  readonly scopeIds: readonly bigint[];
  readonly scopeDay: string;
};

const inScope = `select ${TICKET_COLUMNS} from tickets t where t.id = :ticketId and ${ticketScope("t")}`;
export const findTicketInScope = (sql: Sql, query: TicketReach & { ticketId: bigint }) =>
  sql.maybeOne<Ticket>(inScope, query);

export type NamedTicket = {
  readonly ticketNo: string;
  readonly category: string;
  readonly categoryName: string;
  readonly state: TicketState;
  readonly accountNo: string | null;
  readonly building: string | null;
  readonly openedAt: Date;
};
const named = `
  select t.ticket_no as "ticketNo", t.category_code as category, category.name as "categoryName", t.state,
    account.account_no as "accountNo", community.name || building.name as building, t.opened_at as "openedAt"
  from tickets t join ticket_categories category on category.code = t.category_code
  left join heat_accounts account on account.id = t.account_id
  left join buildings building on building.id = t.building_id
  left join communities community on community.id = building.community_id
  where t.id = :ticketId and ${ticketScope("t")}`;
/** As much of a case as a list of findings shows: nothing of its caller. */
export const findNamedTicket = (sql: Sql, query: TicketReach & { ticketId: bigint }) =>
  sql.maybeOne<NamedTicket>(named, query);

const byId = `select ${TICKET_COLUMNS} from tickets t where t.id = :ticketId`;
export const findTicketById = (sql: Sql, ticketId: bigint) => sql.maybeOne<Ticket>(byId, { ticketId });

const lockOne = `select ${TICKET_COLUMNS} from tickets t where t.id = :ticketId for no key update`;
export const lockTicket = (sql: Sql, ticketId: bigint) => sql.maybeOne<Ticket>(lockOne, { ticketId });

const open = `
  select ${TICKET_COLUMNS} from tickets t
  where t.state not in ('closed', 'cancelled', 'merged')
    and (:accountId::bigint is null or t.account_id = :accountId::bigint)
    and (:buildingId::bigint is null or t.building_id = :buildingId::bigint)
    and (:number::text is null or t.caller_number = :number::text)
    and (:category::text is null or t.category_code = :category::text
      or t.category_code like :category::text || '.%')
  order by t.opened_at desc, t.id desc limit :limit`;
export const findOpen = (
  sql: Sql,
  filter: {
    accountId: bigint | null;
    buildingId: bigint | null;
    number: string | null;
    category: string | null;
    limit: number;
  },
) => sql.rows<Ticket>(open, filter);

export type EntryRowIn = {
  readonly ticketId: bigint;
  readonly kind: EntryKind;
  readonly text: string;
  readonly textEn: string;
  readonly details: string;
  readonly ref: string | null;
  readonly evidence: EvidenceKind | null;
  readonly version: number | null;
  readonly now: Date;
  readonly by: bigint | null;
  readonly byName: string;
};

const enter = `
  insert into ticket_entries (ticket_id, kind, text, text_en, details, ref, evidence, version, entered_at, entered_by,
    entered_by_name)
  select t.id, :kind, :text, :textEn, :details::jsonb, :ref::text, :evidence::text, :version::integer, :now, :by::bigint, :byName
  from tickets t where t.id = :ticketId returning id`;
/** Null when there is no such case. */
export const insertEntry = (sql: Sql, row: EntryRowIn) => sql.maybeOne<{ id: bigint }>(enter, row);

export type StateMove = {
  readonly ticketId: bigint;
  readonly from: TicketState;
  readonly to: TicketState;
  readonly kind: EntryKind;
  readonly text: string;
  readonly textEn: string;
  readonly details: string;
  readonly closingClass: string | null;
  readonly firstVisit: boolean | null;
  readonly mergedIntoId: bigint | null;
  /** Who takes a case that was only on a role's list. */
  readonly taker: bigint | null;
  readonly clearsOwner: boolean;
  readonly reopens: boolean;
  readonly now: Date;
  readonly by: bigint | null;
  readonly byName: string;
};

// What a state means for the dates stands here once: a closing sets them, a reopening empties them.
const move = `
  with moved as (
    update tickets set state = :to, version = version + 1, changed_at = :now,
      resolved_at = case when :to = 'resolved' then :now when :to = 'closed' then coalesce(resolved_at, :now)
        when :reopens then null else resolved_at end,
      closed_at = case when :to = 'closed' then :now::timestamptz end,
      closed_by = case when :to = 'closed' then :by::bigint end,
      closing_class = :closingClass::text,
      first_visit_completed = :firstVisit::boolean,
      merged_into_id = :mergedIntoId::bigint,
      reopen_count = reopen_count + :reopens::boolean::integer,
      reopened_at = case when :reopens then :now else reopened_at end,
      return_count = return_count + :clearsOwner::boolean::integer,
      owner_id = case when :clearsOwner then null else coalesce(owner_id, :taker::bigint) end,
      owner_role = case when :clearsOwner then null else owner_role end,
      owner_area_id = case when :clearsOwner then null else owner_area_id end,
      owner_level = case when :clearsOwner then null else owner_level end
    where id = :ticketId and state = :from
    returning id, version
  )
  insert into ticket_entries (ticket_id, kind, text, text_en, details, version, entered_at, entered_by, entered_by_name)
  select id, :kind, :text, :textEn, :details::jsonb, version, :now, :by::bigint, :byName from moved
  returning version`;
/** Moves a locked case and writes the line of its timeline. Null when it is no longer in `from`. */
export const moveTicket = (sql: Sql, row: StateMove) => sql.maybeOne<{ version: number }>(move, row);

const changesAfter = `
  select entered_at as "at", entered_by_name as "by", kind, text, details
  from ticket_entries where ticket_id = :ticketId and version > :version order by id limit 20`;
/** What was done to a case since a version: who, when, what. */
export const findChangesAfter = (sql: Sql, ticketId: bigint, version: number) =>
  sql.rows<{ at: Date; by: string; kind: string; text: string; details: Record<string, unknown> }>(
    changesAfter,
    { ticketId, version },
  );

// A slip that was entered by hand beside its visit is that visit; without one it stands for one.
const evidence = `
  select count(*) filter (where evidence is not null)::int as evidence,
    greatest(count(*) filter (where kind = 'visit' and details ->> 'kind' is distinct from 'slip'),
      least(count(*) filter (where evidence = 'slip' and details ->> 'kind' = 'slip'), 1))::int as visits
  from ticket_entries where ticket_id = :ticketId and entered_at >= :since`;
/** What a closing may rest on: of the present round only. */
export const countEvidence = (sql: Sql, ticketId: bigint, since: Date) =>
  sql.one<{ evidence: number; visits: number }>(evidence, { ticketId, since });

export type OwnersIn = {
  /** `ticketId`, `staffId`, `role`, `areaId`, `level`, and `details` of the timeline's line, as a JSON array. */
  readonly rows: string;
  readonly now: Date;
  readonly by: bigint | null;
  readonly byName: string;
};

const own = `
  with asked as (
    select * from jsonb_to_recordset(:rows::jsonb) a
      ("ticketId" bigint, "staffId" bigint, role text, "areaId" bigint, level text, details jsonb)
  ), before as (
    select t.id, t.state from tickets t where t.id in (select "ticketId" from asked) order by t.id for no key update
  ), owned as (
    update tickets set owner_id = asked."staffId", owner_role = asked.role, owner_area_id = asked."areaId",
      owner_level = asked.level, assigned_at = :now, changed_at = :now, version = version + 1,
      state = case when before.state in ('waiting', 'resolved') then before.state else 'assigned' end
    from before join asked on asked."ticketId" = before.id
    where tickets.id = before.id
      and before.state in ('new', 'assigned', 'accepted', 'working', 'waiting', 'resolved')
    returning tickets.id, tickets.state, tickets.version
  ), entered as (
    insert into ticket_entries (ticket_id, kind, details, version, entered_at, entered_by, entered_by_name)
    select owned.id, 'route', asked.details, owned.version, :now, :by::bigint, :byName
    from owned join asked on asked."ticketId" = owned.id
  )
  select before.id as "ticketId", before.state as "from", owned.state as "to"
  from before left join owned on owned.id = before.id`;
/** The states before and after, for each case that there is; `to` null where the case takes no owner. Locks in id order. */
export const giveOwners = (sql: Sql, owners: OwnersIn) =>
  sql.rows<{ ticketId: bigint; from: TicketState; to: TicketState | null }>(own, owners);
