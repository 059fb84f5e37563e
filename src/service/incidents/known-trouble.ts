/** What is known to be wrong with a building, for whoever is asked by a caller: its incident, or else the outage that runs. */
import type { Sql } from "#src/platform/sql.ts";
import { outageOfBuilding } from "#src/town/supply/index.ts";
import { incidentForBuilding } from "./open-incident.ts";
import { findKind } from "./queries.ts";
import { renderScript } from "./script.ts";

export type KnownTrouble = {
  /** Null while an outage runs that no open incident tells of: people closed it too early, or it is being opened. */
  readonly incidentId: bigint | null;
  readonly script: string;
  readonly scriptEn: string;
  readonly expectedBackAt: Date | null;
};

const OUTAGE_KIND = "heat-outage";

/** What people say of it stands before what the network says; null when neither knows anything. Read anew each time. */
export const troubleOfBuilding = async (
  sql: Sql,
  buildingId: bigint,
  at: Date,
): Promise<KnownTrouble | null> => {
  const incident = await incidentForBuilding(sql, buildingId, at);
  if (incident !== null) return incident;
  const outage = await outageOfBuilding(sql, buildingId, at);
  const kind = outage === null ? null : await findKind(sql, OUTAGE_KIND);
  if (outage === null || kind === null) return null;
  const { place, fromAt: startsAt, expectedBackAt } = outage;
  const facts = { place, startsAt, expectedBackAt, now: at };
  return {
    incidentId: null,
    script: renderScript(kind.script, facts, "zh-CN"),
    scriptEn: renderScript(kind.scriptEn, facts, "en"),
    expectedBackAt,
  };
};
