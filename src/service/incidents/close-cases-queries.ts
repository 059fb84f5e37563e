/** SQL on the cases that a closed incident resolved: which of them may be closed with it, and why the others stay. */
import type { Sql } from "#src/platform/sql.ts";

export const STAYS = ["own", "work-order", "call-back", "referral", "fields", "evidence"] as const;
export type Stays = (typeof STAYS)[number];

export type ResolvedCase = {
  readonly memberId: bigint;
  readonly ticketId: bigint;
  readonly ticketNo: string;
  /** Null: nothing of the case speaks against closing it with the others. */
  readonly why: Extract<Stays, "own" | "work-order" | "call-back"> | null;
};

// own: hung under it by hand for something else, or resolved by whoever has it and not by the incident. work-order: somebody is still to
// go there. call-back: nobody said that heat is back in its building, or the household has called or written since.
const resolvedCases = `
  select member.id as "memberId", t.id as "ticketId", t.ticket_no as "ticketNo",
    case
      when not exists (select 1 from incident_kind_categories belongs where belongs.kind_code = incident.kind_code
          and belongs.category_code = t.category_code)
        or resolved.incident_id is distinct from incident.id::text then 'own'
      when exists (select 1 from work_order_tickets joined join work_orders o on o.id = joined.work_order_id
        where joined.ticket_id = t.id and o.state not in ('done', 'cancelled')) then 'work-order'
      when coalesce(told.kind, 'back-again') = 'back-again'
        or exists (select 1 from ticket_entries since where since.ticket_id = t.id and since.kind in ('call', 'message')
          and since.evidence is null and since.entered_at > t.resolved_at) then 'call-back'
    end as why
  from incident_tickets member
  join incidents incident on incident.id = member.incident_id
  join tickets t on t.id = member.ticket_id
  left join lateral (
    select entry.details ->> 'incidentId' as incident_id from ticket_entries entry
    where entry.ticket_id = t.id and entry.kind = 'state' and entry.details ->> 'command' = 'resolve'
    order by entry.id desc limit 1
  ) resolved on true
  left join lateral (
    select said.kind from incident_updates said
    where said.incident_id = incident.id and said.kind in ('partial', 'restored', 'back-again')
      and t.building_id = any(said.building_ids)
    order by said.id desc limit 1
  ) told on true
  where member.incident_id = :incidentId and member.left_at is null and member.id > :after and t.state = 'resolved'
  order by member.id limit :limit::integer`;
/** Resolved cases of an incident behind a membership, in the order in which they joined. */
export const findResolvedCases = (sql: Sql, query: { incidentId: bigint; after: bigint; limit: number }) =>
  sql.rows<ResolvedCase>(resolvedCases, query);

const unresolved = `
  select count(*)::int as count from incident_tickets member join tickets t on t.id = member.ticket_id
  where member.incident_id = :incidentId and member.left_at is null
    and t.state not in ('resolved', 'closed', 'cancelled', 'merged')`;
/** Cases that the closing has not reached yet, or that go on. */
export const countUnresolved = async (sql: Sql, incidentId: bigint): Promise<number> =>
  (await sql.one<{ count: number }>(unresolved, { incidentId })).count;
