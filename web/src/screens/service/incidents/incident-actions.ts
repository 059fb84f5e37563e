/** What people do to an incident: what each asks for, and the route that does it. */
import { call } from "#web/api/client.ts";
import type { Body } from "#web/api/types.ts";
import { instantOfWallTime, wallTimeOf } from "#web/furniture/wall-time.ts";
import type { Incident } from "./use-incident.ts";

export const ACTIONS = ["update", "release", "close", "reopen", "cancel"] as const;
export type Action = (typeof ACTIONS)[number];

type Closing = Body<"post", "/incidents/{id}/close">;
export const EVIDENCE_KINDS = [
  "call-back",
  "visit",
  "attachment",
  "order",
  "slip",
] as const satisfies readonly Closing["evidenceKind"][];
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];
/** Papers are somewhere: which one is said. */
export const PAPERS: ReadonlySet<EvidenceKind> = new Set(["attachment", "order", "slip"]);

export type ActionDraft = {
  readonly text: string;
  /** As typed into a field of day and hour; empty: nobody knows. */
  readonly back: string;
  readonly script: string;
  readonly scriptEn: string;
  readonly buildingIds: readonly string[];
  readonly evidenceKind: EvidenceKind;
  readonly ref: string | null;
  readonly force: string;
};

export const emptyAction = (incident: Incident): ActionDraft => ({
  text: "",
  back: wallTimeOf(incident.expectedBackAt),
  script: incident.ownScript ?? "",
  scriptEn: incident.ownScriptEn ?? "",
  buildingIds: [],
  evidenceKind: "call-back",
  ref: null,
  force: "",
});

/** A supervisor may close over buildings that are still without heat, with a reason. */
export const actionsFor = (state: Incident["state"], isSupervisor: boolean): readonly Action[] => {
  if (state === "open")
    return isSupervisor ? ["update", "release", "close", "cancel"] : ["update", "release", "cancel"];
  if (state === "restored") return ["close", "update", "cancel"];
  return state === "closed" ? ["reopen"] : [];
};

export const lacks = (action: Action, incident: Incident, draft: ActionDraft): boolean => {
  if (draft.text.trim() === "") return true;
  if (action !== "close") return false;
  if (PAPERS.has(draft.evidenceKind) && draft.ref === null) return true;
  return incident.state === "open" && draft.force.trim() === "";
};

const own = (typed: string): string | null => (typed.trim() === "" ? null : typed.trim());

export const runAction = (action: Action, incident: Incident, draft: ActionDraft): Promise<unknown> => {
  const params = { path: { id: incident.id }, header: { "If-Match": `"${incident.version}"` } };
  const text = draft.text.trim();
  switch (action) {
    case "update":
      return call.POST("/incidents/{id}/updates", {
        params,
        body: {
          text,
          expectedBackAt: instantOfWallTime(draft.back) ?? null,
          script: own(draft.script),
          scriptEn: own(draft.scriptEn),
        },
      });
    case "release":
      return call.POST("/incidents/{id}/release", {
        params,
        body: { text, buildingIds: draft.buildingIds.length === 0 ? null : [...draft.buildingIds] },
      });
    case "close":
      return call.POST("/incidents/{id}/close", {
        params,
        body: {
          evidence: text,
          evidenceKind: draft.evidenceKind,
          evidenceRef: PAPERS.has(draft.evidenceKind) ? draft.ref : null,
          force: incident.state === "open" ? own(draft.force) : null,
        },
      });
    case "reopen":
      return call.POST("/incidents/{id}/reopen", { params, body: { reason: text, buildingIds: null } });
    case "cancel":
      return call.POST("/incidents/{id}/cancel", { params, body: { reason: text } });
  }
};
