/** Shapes of an incident that the files of this room share. */

export const INCIDENT_STATES = ["open", "restored", "closed", "cancelled"] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

export const UPDATE_KINDS = [
  "opened",
  "update",
  "partial",
  "restored",
  "back-again",
  "closed",
  "cancelled",
] as const;
export type UpdateKind = (typeof UPDATE_KINDS)[number];

export const RULE_PLACES = ["building", "loop", "station"] as const;
export type RulePlace = (typeof RULE_PLACES)[number];

export type Incident = {
  readonly id: bigint;
  readonly kindCode: string;
  readonly kindName: string;
  readonly kindNameEn: string;
  /** What is said of the kind where nothing else is written for the incident. */
  readonly kindScript: string;
  readonly kindScriptEn: string;
  readonly title: string;
  readonly state: IncidentState;
  readonly heatSourceId: bigint | null;
  readonly stationId: bigint | null;
  readonly loopId: bigint | null;
  readonly openedByKind: "person" | "rule" | "supply";
  readonly outageId: bigint | null;
  readonly script: string | null;
  readonly scriptEn: string | null;
  readonly startsAt: Date;
  readonly expectedBackAt: Date | null;
  readonly openedAt: Date;
  readonly restoredAt: Date | null;
  readonly closedAt: Date | null;
  readonly evidence: string;
  readonly evidenceKind: string | null;
  readonly evidenceRef: string | null;
  readonly version: number;
};

export type StoredUpdate = {
  readonly id: bigint;
  readonly incidentId: bigint;
  readonly kind: UpdateKind;
  readonly text: string;
  readonly expectedBackAt: Date | null;
  readonly buildings: number;
  readonly at: Date;
  readonly byName: string;
};
