/** SQL of what ties cases to each other: merges, links, corrections, likely duplicates. */
import type { Sql } from "#src/platform/sql.ts";
import { TICKET_COLUMNS, type TicketReach, ticketScope } from "./queries.ts";
import type { Severity, Ticket } from "./schema.ts";
import type { TicketState } from "./states.ts";

const addMerge = `
  insert into ticket_merges (ticket_id, into_ticket_id, state_before, reason, merged_at, merged_by)
  values (:ticketId, :intoTicketId, :stateBefore, :reason, :now, :by)`;
export const insertMerge = (
  sql: Sql,
  row: {
    ticketId: bigint;
    intoTicketId: bigint;
    stateBefore: TicketState;
    reason: string;
    now: Date;
    by: bigint | null;
  },
) => sql.run(addMerge, row);

const endMergeOf = `
  update ticket_merges set unmerged_at = :now, unmerged_by = :by::bigint, unmerge_reason = :reason
  where ticket_id = :ticketId and unmerged_at is null
  returning state_before as "stateBefore", into_ticket_id as "intoTicketId", merged_at as "mergedAt"`;
export const endMerge = (sql: Sql, row: { ticketId: bigint; reason: string; now: Date; by: bigint | null }) =>
  sql.maybeOne<{ stateBefore: TicketState; intoTicketId: bigint; mergedAt: Date }>(endMergeOf, row);

const familyOf = `
  with recursive family as (
    select :ticketId::bigint as id
    union
    select merged.id from tickets merged join family on merged.merged_into_id = family.id
  )
  select id from family`;
/** The case and all that were merged into it, at whatever depth. */
export const findFamilyIds = async (sql: Sql, ticketId: bigint): Promise<bigint[]> =>
  (await sql.rows<{ id: bigint }>(familyOf, { ticketId })).map((row) => row.id);

const standingWorkOrder = `
  select o.id, 'W' || lpad(o.id::text, greatest(6, length(o.id::text)), '0') as "orderNo", o.kind, o.state
  from work_order_tickets joined join work_orders o on o.id = joined.work_order_id
  where joined.ticket_id = any(:ticketIds::bigint[]) and o.state not in ('done', 'cancelled')
    and not (:explained::boolean and (o.kind = 'valve' or o.kind = 'emergency' and o.state <> 'on-site'))
  order by o.id limit 1`;
/** The first order of the field that keeps these cases open. */
export const findStandingWorkOrder = (
  sql: Sql,
  query: { ticketIds: readonly bigint[]; explained: boolean },
): Promise<{ id: bigint; orderNo: string; kind: string; state: string } | null> =>
  sql.maybeOne(standingWorkOrder, query);

const addLink = `
  insert into ticket_links (ticket_id, other_ticket_id, kind, linked_at, linked_by)
  values (:ticketId, :otherTicketId, :kind, :now, :by::bigint) on conflict do nothing`;
/** False when it was there. */
export const insertLink = async (
  sql: Sql,
  row: { ticketId: bigint; otherTicketId: bigint; kind: string; now: Date; by: bigint | null },
): Promise<boolean> => (await sql.run(addLink, row)) === 1;

const correct = `
  with corrected as (
    update tickets set category_code = :categoryCode, category_guessed = false, severity = :severity, summary = :summary,
      fields = :fields::jsonb, account_id = :accountId::bigint, premises_id = :premisesId::bigint,
      building_id = :buildingId::bigint, address_text = :addressText::text, caller_number = :callerNumber::text,
      caller_name = :callerName::text, version = version + 1, changed_at = :now
    where id = :ticketId returning id, version
  )
  insert into ticket_entries (ticket_id, kind, text, details, version, entered_at, entered_by, entered_by_name)
  select id, 'correction', :text, :details::jsonb, version, :now, :by::bigint, :byName from corrected returning version`;
export const correctTicketRow = (
  sql: Sql,
  row: {
    ticketId: bigint;
    categoryCode: string;
    severity: Severity;
    summary: string;
    fields: string;
    accountId: bigint | null;
    premisesId: bigint | null;
    buildingId: bigint | null;
    addressText: string | null;
    callerNumber: string | null;
    callerName: string | null;
    text: string;
    details: string;
    now: Date;
    by: bigint | null;
    byName: string;
  },
) => sql.one<{ version: number }>(correct, row);

const uncount = `
  update tickets set repeated_at = null, repeated_by_id = null where repeated_by_id = :ticketId`;
const count = `
  update tickets closed set repeated_at = again.opened_at, repeated_by_id = again.id
  from tickets again
  where again.id = :ticketId and again.source = 'reported' and closed.id = (
    select earlier.id from tickets earlier
    where earlier.state = 'closed' and earlier.category_code = again.category_code and earlier.repeated_at is null
      and earlier.closed_at <= again.opened_at and earlier.closed_at >= again.opened_at - make_interval(days => :days)
      and (earlier.account_id = again.account_id
        or again.account_id is null and earlier.account_id is null and earlier.building_id = again.building_id)
    order by earlier.closed_at desc limit 1)
  returning closed.id`;
/** Looks anew which closing a case counts against, by what it says of itself now; answers that closing. */
export const recountRepeat = async (
  sql: Sql,
  query: { ticketId: bigint; days: number },
): Promise<bigint | null> => {
  await sql.run(uncount, query);
  return (await sql.maybeOne<{ id: bigint }>(count, query))?.id ?? null;
};

// The same building, the same first level, within hours: the same second level and household stand first.
const likely = `
  select ${TICKET_COLUMNS},
    (t.category_code = :category)::integer + (t.account_id is not null and t.account_id = :accountId::bigint)::integer as score
  from tickets t
  where t.building_id = :buildingId and split_part(t.category_code, '.', 1) = split_part(:category, '.', 1)
    and t.opened_at >= :since and t.state not in ('closed', 'cancelled', 'merged') and t.id <> :exceptId
    and ${ticketScope("t")}
  order by score desc, t.opened_at desc, t.id desc limit 20`;
export const findLikelyDuplicates = (
  sql: Sql,
  query: TicketReach & {
    buildingId: bigint;
    accountId: bigint | null;
    category: string;
    since: Date;
    exceptId: bigint;
  },
) => sql.rows<Ticket & { score: number }>(likely, query);

const buildingInScope = `
  select b.id from buildings b where b.id = :buildingId and (:scopeKind::text = 'everything'
    or (:scopeKind::text = 'areas' and exists (select 1 from service_area_buildings served
      where served.building_id = b.id and served.valid @> :scopeDay::date and served.area_id = any(:scopeIds::bigint[]))))`;
export const isBuildingInScope = async (
  sql: Sql,
  query: { buildingId: bigint; scopeKind: string; scopeIds: readonly bigint[]; scopeDay: string },
): Promise<boolean> => (await sql.maybeOne(buildingInScope, query)) !== null;
