/**
 * What happens to an incident after it is opened: something new is said, some buildings are heated again, all are, it is closed.
 * Each is one row that is never changed, and a round that carries it to the cases in chunks.
 *
 * open > restored > closed (`close-incident.ts`); open | restored > cancelled; restored > open (heat went again); closed > open
 * (it was not over); open > closed only by a supervisor's word.
 */
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { insertRound } from "./member-queries.ts";
import { requireAllWithin, requireScript, tellScreens } from "./open-incident.ts";
import {
  changeIncident,
  findBuildingsEver,
  findIncidentInScope,
  findStandingBuildings,
  finishIncident,
  insertUpdate,
  lockIncidentRow,
  releaseRows,
} from "./queries.ts";
import type { Incident, UpdateKind } from "./schema.ts";

const notFound = (): never => fail("incident.not-found", "there is no such incident");

/** The incident within the actor's areas, for reading. @throws DomainError `incident.not-found` */
export const accessIncident = async (
  { sql, actor, today }: Pick<CommandContext, "sql" | "actor" | "today">,
  id: bigint,
): Promise<Incident> =>
  (await findIncidentInScope(sql, { ...scopeBindings(actor.scope, today), id })) ?? notFound();

/** @throws DomainError `version.stale` */
export const requireVersion = (incident: Incident, version: number): void => {
  if (incident.version === version) return;
  fail("version.stale", "somebody else changed this incident meanwhile", {
    remedy: "read it again and decide anew",
    facts: { version: incident.version },
  });
};

/**
 * Locks a standing incident for a person's change: seen, not changed meanwhile, and all of it within the person's areas.
 * @throws DomainError `incident.not-found`, `incident.over`, `version.stale`, `incident.beyond-scope`
 */
export const beginChange = async (
  context: CommandContext,
  id: bigint,
  version: number,
): Promise<Incident> => {
  await accessIncident(context, id);
  const incident = (await lockIncidentRow(context.sql, id)) ?? notFound();
  if (incident.closedAt !== null) {
    fail("incident.over", `this incident is ${incident.state}`, {
      remedy:
        incident.state === "closed"
          ? "if it was not over, reopen it (POST /incidents/{id}/reopen)"
          : "open another one (POST /incidents)",
      facts: { state: incident.state },
    });
  }
  requireVersion(incident, version);
  await requireAllWithin(context, await findBuildingsEver(context.sql, id));
  return incident;
};

/**
 * Writes what is said and begins its round; within a command whose caller holds the incident's lock.
 * @param said.buildingIds whom it is about
 */
export const say = async (
  context: CommandContext,
  incident: Incident,
  said: {
    readonly kind: UpdateKind;
    readonly text: string;
    readonly expectedBackAt: Date | null;
    readonly buildingIds: readonly bigint[];
  },
): Promise<bigint> => {
  const { sql, now, actor } = context;
  const update = await insertUpdate(sql, {
    ...said,
    incidentId: incident.id,
    now,
    byId: staffIdOf(actor),
    byName: actor.name,
  });
  await insertRound(sql, { updateId: update.id, incidentId: incident.id });
  const isOver = said.kind === "closed" || said.kind === "cancelled";
  context.audit({
    subject: `incident:${incident.id}`,
    details: { said: said.kind, updateId: update.id, buildings: said.buildingIds.length },
  });
  context.emit({
    type: isOver ? "incident.closed" : "incident.updated",
    subject: `incident:${incident.id}`,
    payload: { incidentId: String(incident.id), updateId: String(update.id) },
  });
  await tellScreens(context, incident.id, isOver ? "incident.closed" : "incident.updated");
  return update.id;
};

/**
 * Says something new: to agents and menu at once, to every case by a round. What is left out stays; `expectedBackAt: null` takes
 * the hour back.
 * @throws DomainError as `beginChange`, and `incident.script-unreadable`
 */
export const updateIncident = async (
  context: CommandContext,
  id: bigint,
  version: number,
  change: {
    readonly text: string;
    readonly expectedBackAt?: Date | null | undefined;
    readonly script?: string | null | undefined;
    readonly scriptEn?: string | null | undefined;
  },
): Promise<number> => {
  const incident = await beginChange(context, id, version);
  requireScript(change.script, change.scriptEn);
  const expectedBackAt =
    change.expectedBackAt === undefined ? incident.expectedBackAt : change.expectedBackAt;
  const changed = await changeIncident(context.sql, {
    id,
    state: incident.state,
    expectedBackAt,
    script: change.script === undefined ? incident.script : change.script,
    scriptEn: change.scriptEn === undefined ? incident.scriptEn : change.scriptEn,
    now: context.now,
  });
  const buildingIds = await findStandingBuildings(context.sql, { incidentId: id, at: context.now });
  await say(context, incident, { kind: "update", text: change.text, expectedBackAt, buildingIds });
  return changed.version;
};

/**
 * Heat is back in some buildings: only just these leave. With the last of them the incident is restored.
 * An incident of an outage follows the dispatch centre and is not released by hand.
 * @throws DomainError as `beginChange`, and `incident.follows-supply`, `incident.building-not-in-it`
 */
export const releaseBuildings = async (
  context: CommandContext,
  id: bigint,
  version: number,
  release: { readonly buildingIds: readonly bigint[] | null; readonly text: string },
): Promise<number> => {
  const { sql, now } = context;
  const incident = await beginChange(context, id, version);
  if (incident.outageId !== null) {
    fail(
      "incident.follows-supply",
      "the buildings of this incident follow what the dispatch centre reports",
      {
        remedy: "enter the return or the switch (POST /supply/reports)",
      },
    );
  }
  const released = await releaseRows(sql, { incidentId: id, buildingIds: release.buildingIds, at: now });
  const buildingIds = released.map((row) => row.buildingId);
  if (buildingIds.length === 0) {
    fail("incident.building-not-in-it", "none of these buildings is in this incident", {
      field: "buildingIds",
    });
  }
  const left = await findStandingBuildings(sql, { incidentId: id, at: now });
  const isLast = left.length === 0;
  const changed = await changeIncident(sql, {
    ...incident,
    id,
    state: isLast ? "restored" : incident.state,
    now,
  });
  const kind = isLast ? "restored" : "partial";
  await say(context, incident, {
    kind,
    text: release.text,
    expectedBackAt: incident.expectedBackAt,
    buildingIds,
  });
  return changed.version;
};

/**
 * Takes an incident back that was none. Its cases go on as cases of their own, and nothing of it counts for them.
 * @throws DomainError as `beginChange`
 */
export const cancelIncident = async (
  context: CommandContext,
  id: bigint,
  version: number,
  reason: string,
): Promise<number> => {
  const { sql, now, actor } = context;
  const incident = await beginChange(context, id, version);
  await releaseRows(sql, { incidentId: id, buildingIds: null, at: now });
  const done = await finishIncident(sql, {
    id,
    state: "cancelled",
    evidence: reason,
    evidenceKind: null,
    evidenceRef: null,
    now,
    closedBy: staffIdOf(actor),
  });
  await say(context, incident, { kind: "cancelled", text: reason, expectedBackAt: null, buildingIds: [] });
  return done.version;
};
