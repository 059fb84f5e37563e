/** An incident as the API tells it, with its text as it is said at this moment. */
import { z } from "zod";
import { type Incident, INCIDENT_STATES } from "./schema.ts";
import { renderScript } from "./script.ts";

export const incidentOut = z.object({
  id: z.string(),
  kind: z.string(),
  kindName: z.string(),
  kindNameEn: z.string(),
  title: z.string(),
  place: z.string(),
  state: z.enum(INCIDENT_STATES),
  openedBy: z.enum(["person", "rule", "supply"]),
  outageId: z.string().nullable(),
  /** What agents read out and the menu speaks, with the hours of this moment. */
  script: z.string(),
  scriptEn: z.string(),
  /** As it was written for this incident; null where the kind's own text is said. */
  ownScript: z.string().nullable(),
  ownScriptEn: z.string().nullable(),
  startsAt: z.string(),
  expectedBackAt: z.string().nullable(),
  openedAt: z.string(),
  restoredAt: z.string().nullable(),
  closedAt: z.string().nullable(),
  evidence: z.string(),
  evidenceKind: z.string().nullable(),
  evidenceRef: z.string().nullable(),
  version: z.int(),
});

/** @param place what it is about, as people call it */
export const incidentJson = (row: Incident, place: string, now: Date): z.input<typeof incidentOut> => {
  const facts = { place, startsAt: row.startsAt, expectedBackAt: row.expectedBackAt, now };
  return {
    id: String(row.id),
    kind: row.kindCode,
    kindName: row.kindName,
    kindNameEn: row.kindNameEn,
    title: row.title,
    place,
    state: row.state,
    openedBy: row.openedByKind,
    outageId: row.outageId === null ? null : String(row.outageId),
    script: renderScript(row.script ?? row.kindScript, facts, "zh-CN"),
    scriptEn: renderScript(row.scriptEn ?? row.kindScriptEn, facts, "en"),
    ownScript: row.script,
    ownScriptEn: row.scriptEn,
    startsAt: row.startsAt.toISOString(),
    expectedBackAt: row.expectedBackAt?.toISOString() ?? null,
    openedAt: row.openedAt.toISOString(),
    restoredAt: row.restoredAt?.toISOString() ?? null,
    closedAt: row.closedAt?.toISOString() ?? null,
    evidence: row.evidence,
    evidenceKind: row.evidenceKind,
    evidenceRef: row.evidenceRef,
    version: row.version,
  };
};
