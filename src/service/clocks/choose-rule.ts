/** Which rule a case falls under. Pure. */
import type { CountedKind, RuleSeason, Severity, StationOwner } from "./schema.ts";

/** What a rule is for; null is any. */
export type RuleCriteria = {
  /** `heat` or `heat.cold`. */
  readonly category: string | null;
  readonly severity: Severity | null;
  readonly stationOwner: StationOwner | null;
  readonly stationId: bigint | null;
  readonly season: RuleSeason | null;
};

export type ClockRule = RuleCriteria & {
  readonly id: bigint;
  readonly kind: CountedKind;
  /** Null: cases of this sort have no such clock. */
  readonly targetMinutes: number | null;
  readonly calendar: string | null;
  readonly warnPercent: number;
};

export type CaseFacts = {
  readonly category: string;
  readonly severity: Severity;
  readonly stationId: bigint | null;
  readonly stationOwner: StationOwner | null;
  readonly season: RuleSeason;
};

const isFor = (rule: RuleCriteria, facts: CaseFacts): boolean =>
  (rule.category === null ||
    rule.category === facts.category ||
    facts.category.startsWith(`${rule.category}.`)) &&
  (rule.severity === null || rule.severity === facts.severity) &&
  (rule.stationOwner === null || rule.stationOwner === facts.stationOwner) &&
  (rule.stationId === null || rule.stationId === facts.stationId) &&
  (rule.season === null || rule.season === facts.season);

/**
 * How much a rule says: a rule for one station before any other, then the second level of the category, then severity (an
 * emergency is one in every sort of case), then the first level, then whose station it is, then season. A word higher in
 * the list outweighs all below it together, and no two rules in force that are for the same case say equally much
 * (`clock_rules_in_force`).
 */
const weightOf = (rule: RuleCriteria): number =>
  (rule.stationId === null ? 0 : 32) +
  (rule.category?.includes(".") === true ? 16 : 0) +
  (rule.severity === null ? 0 : 8) +
  (rule.category?.includes(".") === false ? 4 : 0) +
  (rule.stationOwner === null ? 0 : 2) +
  (rule.season === null ? 0 : 1);

/** The rule of a kind for a case; null when none is for it. */
export const chooseRule = (
  rules: readonly ClockRule[],
  kind: CountedKind,
  facts: CaseFacts,
): ClockRule | null =>
  rules
    .filter((rule) => rule.kind === kind && isFor(rule, facts))
    .reduce<ClockRule | null>(
      (best, rule) => (best === null || weightOf(rule) > weightOf(best) ? rule : best),
      null,
    );
