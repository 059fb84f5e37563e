/**
 * Incidents follow what the dispatch centre reports. Each time the outage as it is told now is compared with the incident as it
 * stands, so it does not matter which message came first, late or twice: an outage has one incident, whoever is switched to
 * another source leaves it, and when nobody is left it is restored. A person closes it.
 */
import type { CommandContext } from "#src/platform/command.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import { openTask } from "#src/office/tasks/index.ts";
import { findOutage, findReport, type OutageRow } from "#src/town/supply/index.ts";
import { openIncident } from "./open-incident.ts";
import {
  changeIncident,
  findOfCause,
  findStandingBuildings,
  findStandingOfSupply,
  finishIncident,
  hasBegun,
  lockIncidentRow,
  mirrorOutage,
  releaseRows,
} from "./queries.ts";
import type { Incident } from "./schema.ts";
import { say } from "./update-incident.ts";

const missingIn = (list: readonly bigint[], other: readonly bigint[]): bigint[] => {
  const known = new Set(other);
  return list.filter((id) => !known.has(id));
};

const change = (
  context: CommandContext,
  incident: Incident,
  to: { readonly state?: string; readonly expectedBackAt?: Date | null },
) =>
  changeIncident(context.sql, {
    id: incident.id,
    state: to.state ?? incident.state,
    expectedBackAt: to.expectedBackAt === undefined ? incident.expectedBackAt : to.expectedBackAt,
    script: incident.script,
    scriptEn: incident.scriptEn,
    now: context.now,
  });

/** Ask a person to close it: heat is back, and what shows it is for a person to say. */
const askToClose = (context: CommandContext, incident: Incident) =>
  openTask(context, {
    kind: "incident-close",
    source: `incident:${incident.id}`,
    title: `已恢复供热，请凭证办结事件 ${incident.id} Heat is back: close the incident with what shows it`,
    details: { incidentId: String(incident.id) },
    ownerRole: "supervisor",
    dueAt: new Date(context.now.getTime() + 24 * 3_600_000),
  });

const withdraw = async (context: CommandContext, incident: Incident): Promise<void> => {
  const { sql, now } = context;
  const text =
    "调度中心更正：此次停热并入另一次 Put right by the dispatch centre: it is part of another outage";
  await releaseRows(sql, { incidentId: incident.id, buildingIds: null, at: now });
  await finishIncident(sql, {
    id: incident.id,
    state: "cancelled",
    evidence: text,
    evidenceKind: null,
    evidenceRef: null,
    now,
    closedBy: null,
  });
  await say(context, incident, { kind: "cancelled", text, expectedBackAt: null, buildingIds: [] });
};

/** Holds one standing incident to its outage. Locks the incident. */
const settle = async (
  context: CommandContext,
  incidentId: bigint,
  news: { readonly outageId: bigint | null; readonly note: string; readonly givesHour: boolean },
): Promise<void> => {
  const { sql, now } = context;
  const incident = await lockIncidentRow(sql, incidentId);
  if (incident === null || incident.closedAt !== null || incident.outageId === null) return;
  const outage = await findOutage(sql, incident.outageId);
  if (outage === null) return;
  if (outage.withdrawn) return withdraw(context, incident);
  const before = await findStandingBuildings(sql, { incidentId, at: now });
  await mirrorOutage(sql, { incidentId, outageId: outage.id });
  const after = await findStandingBuildings(sql, { incidentId, at: now });
  const isNews = news.outageId === outage.id;
  const expectedBackAt = isNews && news.givesHour ? outage.expectedBackAt : incident.expectedBackAt;
  const text = isNews ? news.note : "";
  const [gone, come] = [missingIn(before, after), missingIn(after, before)];
  if (after.length === 0 && incident.state === "open" && (await hasBegun(sql, { incidentId, at: now }))) {
    await change(context, incident, { state: "restored" });
    await say(context, incident, { kind: "restored", text, expectedBackAt: null, buildingIds: gone });
    await askToClose(context, incident);
    return;
  }
  if (come.length > 0 && incident.state === "restored") {
    await change(context, incident, { state: "open", expectedBackAt });
    await say(context, incident, { kind: "back-again", text, expectedBackAt, buildingIds: come });
    return;
  }
  if (gone.length > 0) {
    await say(context, incident, { kind: "partial", text, expectedBackAt, buildingIds: gone });
  }
  const hasNewHour = expectedBackAt?.getTime() !== incident.expectedBackAt?.getTime();
  if (hasNewHour) await change(context, incident, { expectedBackAt });
  if (after.length > 0 && (hasNewHour || (isNews && text !== "" && gone.length === 0))) {
    await say(context, incident, { kind: "update", text, expectedBackAt, buildingIds: after });
  }
};

const openFor = (context: CommandContext, outage: OutageRow, note: string) =>
  openIncident(context, {
    kind: "heat-outage",
    affected: {
      heatSourceId: outage.heatSourceId,
      stationId: outage.stationId,
      loopId: outage.loopId,
      buildingIds: outage.buildingIds,
    },
    startsAt: outage.fromAt,
    ...(outage.expectedBackAt !== null && { expectedBackAt: outage.expectedBackAt }),
    note,
    cause: { by: "supply", outageId: outage.id },
  });

/** What a report of the dispatch centre does to incidents. Repeating changes nothing. */
export const followReport = async (context: CommandContext, reportId: bigint): Promise<void> => {
  const { sql } = context;
  const report = await findReport(sql, reportId);
  if (report === null) return;
  const { outageId } = report;
  let openedId: bigint | null = null;
  if (outageId !== null && (await findOfCause(sql, { outageId, ruleId: null, rulePlace: null })) === null) {
    const outage = await findOutage(sql, outageId);
    // One that is over when it is told needs no banner any more.
    if (outage !== null && !outage.withdrawn && outage.toAt === null) {
      const { incidentId, opened } = await openFor(context, outage, report.note);
      if (opened) openedId = incidentId;
    }
  }
  // That an alarm was repeated is nothing to tell people.
  const note = report.kind === "alarm" ? "" : report.note;
  const news = { outageId, note, givesHour: report.expectedBackAt !== null };
  for (const id of await findStandingOfSupply(sql)) {
    if (id !== openedId) await settle(context, id, news);
  }
};

export const incidentSupplySubscriber: Subscriber = {
  name: "incident-supply",
  handlers: { "supply.reported": (context, event) => followReport(context, event.payload.reportId) },
};
