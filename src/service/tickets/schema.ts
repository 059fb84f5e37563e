/** Shapes of a case that the room and its callers share. */
import type { TicketState } from "./states.ts";

export const TICKET_CHANNELS = [
  "phone",
  "sms",
  "mail",
  "visit",
  "referral",
  "chat",
  "slip",
  "reception-day",
  "patrol",
  "dispatch",
  "self-service",
] as const;
export type TicketChannel = (typeof TICKET_CHANNELS)[number];

export const TICKET_SOURCES = ["reported", "found"] as const;
export type TicketSource = (typeof TICKET_SOURCES)[number];

export const SEVERITIES = ["emergency", "urgent", "ordinary"] as const;
export type Severity = (typeof SEVERITIES)[number];

export const ENTRY_KINDS = [
  "call",
  "message",
  "route",
  "visit",
  "payment",
  "note",
  "attachment",
  "incident",
  "referral",
  "order",
  "state",
  "correction",
  "merge",
  "link",
  "return-visit",
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** What a closing may rest on: 附件, 上门记录, 派工完成, 测温单, 回电. */
export const EVIDENCE_KINDS = ["attachment", "visit", "order", "slip", "call-back"] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** solved (已解决), or explained (无法解决已解释), which no figure ever counts as solved. */
/** What stands as the address of a case that has none: for people, and no place where anybody could be sent. */
export const UNKNOWN_PLACES = {
  none: "来信未写明地址 No address was given",
  several: "多处房屋，待核实 Several homes: ask which",
} as const;

export const CLOSING_CLASSES = ["solved", "explained"] as const;
export type ClosingClass = (typeof CLOSING_CLASSES)[number];

/** A case as its commands read it. */
export type Ticket = {
  readonly id: bigint;
  readonly ticketNo: string;
  readonly categoryCode: string;
  readonly categoryGuessed: boolean;
  readonly source: TicketSource;
  readonly channel: TicketChannel;
  readonly severity: Severity;
  readonly accountId: bigint | null;
  readonly premisesId: bigint | null;
  readonly buildingId: bigint | null;
  readonly addressText: string | null;
  readonly callerNumber: string | null;
  readonly callerName: string | null;
  readonly summary: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly state: TicketState;
  readonly ownerId: bigint | null;
  readonly ownerRole: string | null;
  readonly ownerAreaId: bigint | null;
  readonly ownerLevel: string | null;
  readonly assignedAt: Date | null;
  readonly openedAt: Date;
  readonly changedAt: Date;
  readonly resolvedAt: Date | null;
  readonly closedAt: Date | null;
  readonly closingClass: ClosingClass | null;
  readonly firstVisitCompleted: boolean | null;
  readonly reopenCount: number;
  readonly reopenedAt: Date | null;
  readonly returnCount: number;
  readonly mergedIntoId: bigint | null;
  readonly repeatedAt: Date | null;
  readonly repeatedById: bigint | null;
  readonly version: number;
};
