/** What the menu asks of the incidents: whether a building is affected, and that a caller who was told is counted there. */
import type { CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import { joinIncident, troubleOfBuilding } from "#src/service/incidents/index.ts";
import type { IncidentWords } from "./answers.ts";

/** The incident that holds a building now, in its own words, or the outage that runs there; read anew each time. */
export const incidentOf = (sql: Sql, buildingId: bigint, now: Date): Promise<IncidentWords | null> =>
  troubleOfBuilding(sql, buildingId, now);

/** A caller who was told of an incident hangs under it, without a case; of an outage without one, nowhere. Repeating is safe. */
export const countWithIncident = async (
  context: CommandContext,
  incidentId: bigint | null,
  callId: bigint,
  buildingId: bigint,
): Promise<void> => {
  if (incidentId === null) return;
  await joinIncident(context, incidentId, { callId, buildingId }, "automatic");
};
