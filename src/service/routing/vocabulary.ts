/** The words of routing: boundaries, levels, steps, and why somebody did not get a case. */
import type { Duty } from "#src/town/grid/index.ts";

/** Who runs the station: we do, the property firm does (物业), or nobody knows which station it is. */
export const BOUNDARIES = ["ours", "property-firm", "unknown"] as const;
export type Boundary = (typeof BOUNDARIES)[number];

/** Three levels of service (三级客服): the area's people (班组/专管员), the branch (分公司), the company's centre. */
export const LEVELS = ["area", "branch", "company"] as const;
export type Level = (typeof LEVELS)[number];

/** The next level above; the company's own is the last. */
export const levelAbove = (level: Level): Level => (level === "area" ? "branch" : "company");

export const STEP_SOURCES = ["duty", "station", "desk", "head-office", "holders"] as const;
export type StepSource = (typeof STEP_SOURCES)[number];

/** Roles of staff that the owner of a case can have. */
export const OWNER_ROLES = ["agent", "area-manager", "cashier", "finance", "supervisor"] as const;
export type OwnerRole = (typeof OWNER_ROLES)[number];

/** A step of a routing role: where its people are looked for. Rows, in order of position. */
export type RoutingStep = {
  readonly position: number;
  readonly source: StepSource;
  readonly duty: Duty | null;
  readonly heedsCapacity: boolean;
};

/** Why a person that was looked at did not get the case, or did. */
export const OUTCOMES = [
  "taken",
  "disabled",
  "on-leave",
  "excluded",
  "over-capacity",
  "more-open",
  "less-idle",
  "nobody",
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const CAUSES = [
  "opened",
  "returned",
  "reopened",
  "ruled",
  "escalated",
  "ladder",
  "reassigned",
  "swept",
  "corrected",
] as const;
export type Cause = (typeof CAUSES)[number];

/** By what the role of an assignment was chosen. */
export const RULES = [
  "responsibility",
  "precedent",
  "hole",
  "no-live-table",
  "return-reason",
  "level-up",
  "second-return",
  "ruling",
  "kept",
] as const;
export type Rule = (typeof RULES)[number];

export const HEAD_OFFICE = "head-office";
export const RULING_DESK = "ruling-desk";
