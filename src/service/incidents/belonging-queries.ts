/** SQL on whether a case still belongs under the incident that it hangs under. */
import type { Sql } from "#src/platform/sql.ts";

const membership = `
  select member.incident_id as "incidentId", member.how,
    exists (select 1 from incident_kind_categories belongs where belongs.kind_code = incident.kind_code
      and belongs.category_code = ticket.category_code) as "isOfKind",
    exists (select 1 from incident_buildings held where held.incident_id = member.incident_id
      and held.building_id = ticket.building_id) as "isInside"
  from incident_tickets member join incidents incident on incident.id = member.incident_id
  join tickets ticket on ticket.id = member.ticket_id
  where member.ticket_id = :ticketId and member.left_at is null`;
export type Membership = {
  readonly incidentId: bigint;
  readonly how: "person" | "automatic" | "rule";
  /** Its category is one of the incident's kind. */
  readonly isOfKind: boolean;
  /** Its building is, or was, in the incident. */
  readonly isInside: boolean;
};
export const findMembership = (sql: Sql, ticketId: bigint) =>
  sql.maybeOne<Membership>(membership, { ticketId });
