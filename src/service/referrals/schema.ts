/** Shapes of a referral that the files of this room share. */

export const REFERRAL_STATES = ["received", "signed-for", "return-asked", "taken-back", "reported"] as const;
export type ReferralState = (typeof REFERRAL_STATES)[number];

/** States in which the authority waits for us. */
export const STANDING_STATES: readonly ReferralState[] = ["received", "signed-for", "return-asked"];

export type Referral = {
  readonly id: bigint;
  readonly ticketId: bigint;
  readonly ticketNo: string;
  readonly accountId: bigint | null;
  readonly authorityCode: string;
  readonly authorityName: string;
  readonly authorityNameEn: string;
  readonly outsideNo: string;
  readonly round: number;
  readonly parentId: bigint | null;
  readonly state: ReferralState;
  readonly title: string;
  readonly demand: string;
  readonly requirement: string;
  readonly urgency: string;
  readonly callerName: string | null;
  readonly callerNumber: string | null;
  readonly addressText: string | null;
  readonly receivedAt: Date;
  readonly dueAt: Date;
  readonly returnBefore: Date | null;
  readonly signedForAt: Date | null;
  readonly returnReason: string | null;
  readonly returnCompanyId: bigint | null;
  readonly returnAskedAt: Date | null;
  readonly returnRefusedCount: number;
  readonly takenBackAt: Date | null;
  readonly receiptNo: string | null;
  readonly reportedAt: Date | null;
  readonly reportedBy: string | null;
  readonly reportFileId: bigint | null;
  readonly reportedInTime: boolean | null;
  readonly satisfied: boolean | null;
  readonly version: number;
};

/** What the clock of an order is called. */
export const clockSubject = (referralId: bigint): string => `referral:${referralId}`;
