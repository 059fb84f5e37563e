/**
 * Incidents (事件): one fault, one parent, whoever is affected under it.
 *
 * - kind (事件类型)         what is wrong, what is said about it, and whose cases belong to it: rows
 * - opened (建立)          by a person, by a threshold rule (阈值规则), or by a report of the dispatch centre
 * - script (话术)          one text for agents' banner (提示条) and the menu, with the hours of the moment
 * - join (归入)            a case or a call hangs under it; leaks stay cases of their own
 * - update (进展)          said once, on the timeline of every case
 * - partial restore (部分恢复) only the buildings that are heated again leave
 * - closing (办结)         with evidence, which the cases are resolved with; a person closes, when nobody in it is without heat
 * - closing the cases (批量办结) a supervisor's command; what needs a call back or is somebody's own stays
 * - reopening (重开)       the closing did not hold: without heat again, and the cases go on
 */
export { closeCases, type CasesClosed } from "./close-cases.ts";
export { carryToCases } from "./carry-to-cases.ts";
export { followCase } from "./follow-cases.ts";
export { followReport } from "./follow-supply.ts";
export { incidentSubscribers } from "./subscribers.ts";
export { type KnownTrouble, troubleOfBuilding } from "./known-trouble.ts";
export { joinIncident, leaveIncident } from "./join-incident.ts";
export {
  countAudience,
  countIncident,
  findAudience,
  findIncidentOfTicket,
  type IncidentCounts,
} from "./member-queries.ts";
export {
  type BuildingIncident,
  incidentForBuilding,
  type IncidentCause,
  type NewIncident,
  type OpenedIncident,
  openIncident,
} from "./open-incident.ts";
export { findIncidentRow as findIncident, findUpdates } from "./queries.ts";
export { incidentRoutes } from "./routes.ts";
export { hourText } from "./script.ts";
export { type Incident, INCIDENT_STATES, type IncidentState } from "./schema.ts";
export { closeIncident, type Closing, reopenIncident } from "./close-incident.ts";
export { accessIncident, cancelIncident, releaseBuildings, updateIncident } from "./update-incident.ts";
