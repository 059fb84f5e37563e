/** SQL on the buildings of an incident, as a map shows them. */
import { buildingScope } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { ScopeBindings } from "./queries.ts";

export type IncidentBuilding = {
  readonly buildingId: bigint;
  readonly building: string;
  readonly communityId: bigint;
  readonly community: string;
  /** It holds this building now. */
  readonly stands: boolean;
  /** It will hold it. */
  readonly ahead: boolean;
  readonly openTickets: number;
};

const buildingsOf = `
  select building.id as "buildingId", building.name as building, community.id as "communityId", community.name as community,
    bool_or(touched.from_at <= :at and (touched.to_at is null or touched.to_at > :at)) as stands,
    bool_and(touched.from_at > :at) as ahead,
    (select count(*) from incident_tickets member join tickets ticket on ticket.id = member.ticket_id
      where member.incident_id = :incidentId and member.left_at is null and ticket.building_id = building.id
        and ticket.state = any(:openStates::text[]))::int as "openTickets"
  from incident_buildings touched
  join buildings building on building.id = touched.building_id
  join communities community on community.id = building.community_id
  where touched.incident_id = :incidentId and ${buildingScope("touched.building_id")}
  group by building.id, building.name, community.id, community.name
  order by community.name, community.id, length(building.name), building.name limit :limit::integer`;
/** Every building that it ever touched and the reader may see, community by community. */
export const findIncidentBuildings = (
  sql: Sql,
  query: ScopeBindings & {
    readonly incidentId: bigint;
    readonly at: Date;
    readonly openStates: readonly string[];
    readonly limit: number;
  },
) => sql.rows<IncidentBuilding>(buildingsOf, query);
