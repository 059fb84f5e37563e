/** The end of an incident, and what takes it back: it is closed when nobody in it is without heat, and with something that is there. */
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { requireReopenWindow } from "#src/service/tickets/index.ts";
import { requireAllWithin } from "./open-incident.ts";
import {
  EVIDENCE_WORDS,
  findBuildingsEver,
  findStandingBuildings,
  finishIncident,
  hasEvidence,
  insertBuildings,
  lockIncidentRow,
  mirrorOutage,
  releaseRows,
  reopenRow,
} from "./queries.ts";
import type { Incident } from "./schema.ts";
import { accessIncident, beginChange, requireVersion, say } from "./update-incident.ts";

export type Closing = {
  readonly evidence: string;
  readonly evidenceKind: "attachment" | "visit" | "order" | "slip" | "call-back";
  /** `work-order:9`, `file:3`. A visit and a call back may be told in words. */
  readonly evidenceRef: string | null;
  /** A supervisor's reason to close it while buildings are still in it. */
  readonly force?: string | null | undefined;
};

/** Kinds that are papers: they are somewhere. */
const PAPERS: ReadonlySet<Closing["evidenceKind"]> = new Set(["attachment", "order", "slip"]);

const requireEvidence = async ({ sql }: CommandContext, closing: Closing): Promise<void> => {
  const { evidenceKind, evidenceRef } = closing;
  if (evidenceRef === null) {
    if (!PAPERS.has(evidenceKind)) return;
    fail("incident.evidence-needed", `evidence of the kind ${evidenceKind} says which one`, {
      field: "evidenceRef",
      remedy: "such as file:3, work-order:9 or slip:4",
    });
  }
  const [word = "", id = "0"] = evidenceRef.split(":");
  if (await hasEvidence(sql, { word, id: BigInt(id) })) return;
  fail("incident.evidence-unknown", `there is no ${evidenceRef}`, {
    field: "evidenceRef",
    remedy: `name what is there: ${EVIDENCE_WORDS.map((known) => `${known}:ID`).join(", ")}`,
  });
};

const requireNobodyOut = (
  { actor }: CommandContext,
  incident: Incident,
  standing: readonly bigint[],
  force: string | null,
): void => {
  if (standing.length === 0) return;
  if (force === null) {
    fail("incident.still-out", `${standing.length} buildings of this incident are still without heat`, {
      field: "force",
      remedy:
        incident.outageId === null
          ? "release them first (POST /incidents/{id}/release); a supervisor may force it with a reason"
          : "enter their return first (POST /supply/reports); a supervisor may force it with a reason",
      facts: { buildings: standing.length },
    });
  }
  if (!actor.roles.includes("supervisor")) {
    fail("incident.force-refused", "only a supervisor closes an incident over buildings without heat", {
      field: "force",
      remedy: "release the buildings first, or ask a supervisor",
      facts: { buildings: standing.length },
    });
  }
};

/**
 * Closes an incident with what shows that it is over. Its cases are resolved with that evidence, in chunks behind this; none is
 * closed by it: a household that is still cold says so. Refused while buildings are in it; where a supervisor closes it all the
 * same, they leave now, and nobody is told that heat is back.
 * @throws DomainError as `beginChange`, and `incident.still-out`, `incident.force-refused`, `incident.evidence-needed`,
 * `incident.evidence-unknown`
 */
export const closeIncident = async (
  context: CommandContext,
  id: bigint,
  version: number,
  closing: Closing,
): Promise<number> => {
  const { sql, now, actor } = context;
  const incident = await beginChange(context, id, version);
  const { evidence, evidenceKind, evidenceRef, force = null } = closing;
  const standing = await findStandingBuildings(sql, { incidentId: id, at: now });
  requireNobodyOut(context, incident, standing, force);
  await requireEvidence(context, closing);
  await releaseRows(sql, { incidentId: id, buildingIds: null, at: now });
  const done = await finishIncident(sql, {
    id,
    state: "closed",
    evidence,
    evidenceKind,
    evidenceRef,
    now,
    closedBy: staffIdOf(actor),
  });
  const text =
    standing.length === 0 || force === null
      ? evidence
      : `${evidence}（仍有 ${standing.length} 栋未恢复，主管办结：${force} Closed by the supervisor with ${standing.length} buildings not restored）`;
  await say(context, incident, { kind: "closed", text, expectedBackAt: null, buildingIds: [] });
  return done.version;
};

/** Whom the outage holds now, the buildings named, or all that were ever in it. */
const takeBack = async (
  { sql, now }: CommandContext,
  incident: Incident,
  ever: readonly bigint[],
  named: readonly bigint[] | null,
): Promise<readonly bigint[]> => {
  const incidentId = incident.id;
  if (incident.outageId !== null) {
    await mirrorOutage(sql, { incidentId, outageId: incident.outageId });
    const standing = await findStandingBuildings(sql, { incidentId, at: now });
    if (standing.length > 0) return standing;
    fail("incident.follows-supply", "by what the dispatch centre reports nobody of it is without heat", {
      remedy: "enter the new outage (POST /supply/reports), or open an incident of its own (POST /incidents)",
    });
  }
  const buildingIds = named ?? ever;
  if (!buildingIds.every((buildingId) => ever.includes(buildingId))) {
    fail("incident.building-not-in-it", "one of these buildings was never in this incident", {
      field: "buildingIds",
    });
  }
  await insertBuildings(sql, { incidentId, buildingIds, from: now });
  return buildingIds;
};

/**
 * A closed incident was not over: its buildings are without heat again, banner and menu say so, and its resolved cases go back to
 * work. As long after the closing as a case may be reopened.
 * @throws DomainError `incident.not-found`, `version.stale`, `incident.beyond-scope`, `incident.not-closed`,
 * `ticket.reopen-too-late`, `incident.follows-supply`, `incident.building-not-in-it`, `incident.again-open`
 */
export const reopenIncident = async (
  context: CommandContext,
  id: bigint,
  version: number,
  again: { readonly reason: string; readonly buildingIds?: readonly bigint[] | null | undefined },
): Promise<number> => {
  const { sql } = context;
  await accessIncident(context, id);
  const incident =
    (await lockIncidentRow(sql, id)) ?? fail("incident.not-found", "there is no such incident");
  requireVersion(incident, version);
  if (incident.state !== "closed") {
    fail("incident.not-closed", `this incident is ${incident.state}`, { facts: { state: incident.state } });
  }
  await requireReopenWindow(context, incident);
  const ever = await findBuildingsEver(sql, id);
  await requireAllWithin(context, ever);
  const buildingIds = await takeBack(context, incident, ever, again.buildingIds ?? null);
  const opened =
    (await reopenRow(sql, id)) ??
    fail("incident.again-open", "its rule has opened another incident there since", {
      remedy: "go on with that one",
    });
  await say(context, incident, { kind: "back-again", text: again.reason, expectedBackAt: null, buildingIds });
  return opened.version;
};
