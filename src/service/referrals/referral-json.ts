/** An order as the API shows it. */
import { z } from "zod";
import { type Referral, REFERRAL_STATES } from "./schema.ts";

export const referralOut = z.object({
  id: z.string(),
  ticketNo: z.string(),
  authority: z.string(),
  authorityName: z.string(),
  outsideNo: z.string(),
  round: z.int(),
  parentId: z.string().nullable(),
  state: z.enum(REFERRAL_STATES),
  title: z.string(),
  demand: z.string(),
  requirement: z.string(),
  urgency: z.string(),
  address: z.string().nullable(),
  receivedAt: z.string(),
  dueAt: z.string(),
  returnBefore: z.string().nullable(),
  signedForAt: z.string().nullable(),
  returnReason: z.string().nullable(),
  returnAskedAt: z.string().nullable(),
  returnRefusedCount: z.int(),
  takenBackAt: z.string().nullable(),
  receiptNo: z.string().nullable(),
  reportedAt: z.string().nullable(),
  reportedBy: z.string().nullable(),
  reportedInTime: z.boolean().nullable(),
  satisfied: z.boolean().nullable(),
  version: z.int(),
});

const text = (id: bigint | null): string | null => (id === null ? null : String(id));
const iso = (instant: Date | null): string | null => instant?.toISOString() ?? null;

/** Without the caller's name and number: those stand on the case, behind its own door. */
export const referralJson = (row: Referral): z.input<typeof referralOut> => ({
  id: String(row.id),
  ticketNo: row.ticketNo,
  authority: row.authorityCode,
  authorityName: row.authorityName,
  outsideNo: row.outsideNo,
  round: row.round,
  parentId: text(row.parentId),
  state: row.state,
  title: row.title,
  demand: row.demand,
  requirement: row.requirement,
  urgency: row.urgency,
  address: row.addressText,
  receivedAt: row.receivedAt.toISOString(),
  dueAt: row.dueAt.toISOString(),
  returnBefore: iso(row.returnBefore),
  signedForAt: iso(row.signedForAt),
  returnReason: row.returnReason,
  returnAskedAt: iso(row.returnAskedAt),
  returnRefusedCount: row.returnRefusedCount,
  takenBackAt: iso(row.takenBackAt),
  receiptNo: row.receiptNo,
  reportedAt: iso(row.reportedAt),
  reportedBy: row.reportedBy,
  reportedInTime: row.reportedInTime,
  satisfied: row.satisfied,
  version: row.version,
});
