/** The words of clocks. */

/** What a case owes in time. Referrals are given by an order from outside; all others are counted by a rule. */
export const COUNTED_KINDS = ["first-response", "on-site", "solution", "call-back", "ruling"] as const;
export type CountedKind = (typeof COUNTED_KINDS)[number];
export const CLOCK_KINDS = [...COUNTED_KINDS, "referral"] as const;
export type ClockKind = (typeof CLOCK_KINDS)[number];

/** Those that start with the case. */
export const OPENING_KINDS = [
  "first-response",
  "on-site",
  "solution",
] as const satisfies readonly CountedKind[];
/** Those that may stand still. */
export const PAUSABLE_KINDS = [
  "on-site",
  "solution",
  "call-back",
  "ruling",
] as const satisfies readonly CountedKind[];

export const SEVERITIES = ["emergency", "urgent", "ordinary"] as const;
export type Severity = (typeof SEVERITIES)[number];
export const STATION_OWNERS = ["company", "property-firm"] as const;
export type StationOwner = (typeof STATION_OWNERS)[number];
export const RULE_SEASONS = ["heating", "other"] as const;
export type RuleSeason = (typeof RULE_SEASONS)[number];

export type ClockState = "running" | "paused" | "stopped" | "cancelled";
