/** SQL on what the homes behind an incident are to be told. */
import type { Sql } from "#src/platform/sql.ts";
import type { UpdateKind } from "./schema.ts";

export type SaidRow = {
  readonly incidentId: bigint;
  readonly updateId: bigint;
  readonly kind: UpdateKind;
  readonly expectedBackAt: Date | null;
  readonly buildingIds: readonly bigint[];
  readonly kindCode: string;
  readonly title: string;
  readonly startsAt: Date;
  readonly outageId: bigint | null;
  readonly standingIds: readonly bigint[];
};

const COLUMNS = `
  select said.incident_id as "incidentId", said.id as "updateId", said.kind, said.expected_back_at as "expectedBackAt",
    said.building_ids as "buildingIds", incident.kind_code as "kindCode", incident.title, incident.starts_at as "startsAt",
    incident.outage_id as "outageId",
    array(select distinct held.building_id from incident_buildings held
      where held.incident_id = incident.id and (held.to_at is null or held.to_at > :at::timestamptz)
      order by held.building_id) as "standingIds"
  from incident_updates said join incidents incident on incident.id = said.incident_id`;

const byUpdate = `${COLUMNS} where said.id = :updateId`;
export const findSaid = (sql: Sql, query: { updateId: bigint; at: Date }) =>
  sql.maybeOne<SaidRow>(byUpdate, query);

const opening = `${COLUMNS} where said.incident_id = :incidentId and said.kind = 'opened' order by said.id limit 1`;
/** What was said when it was opened. */
export const findOpening = (sql: Sql, query: { incidentId: bigint; at: Date }) =>
  sql.maybeOne<SaidRow>(opening, query);
