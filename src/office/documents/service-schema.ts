/**
 * What the papers of service say: a work order (派工单), a temperature slip (测温单), what a walk-in takes home (受理单), and what hangs
 * at a stairwell before a test (试压通知) with the list of whoever hangs it up (张贴清单).
 */
import { z } from "zod";
import { companyField, dayField, optionalText, text, wallTimeField } from "./schema-parts.ts";

export const orderPaperKinds = ["valve", "repair", "temperature", "emergency"] as const;
export const windowStates = ["closed-30-min", "closed", "open"] as const;

/** Where the thing stands in the system: printed as a QR code. It names the thing and nobody. */
const link = z.url({ protocol: /^https?$/ });

const copies = {
  printedAt: wallTimeField,
  /** 0 for the original, n for the n-th reprint (补打). */
  reprintCount: z.int().min(0),
};

export const workOrderDocumentSchema = z.strictObject({
  kind: z.literal("work-order"),
  paper: z.enum(["a4"]),
  company: companyField,
  orderNo: text,
  orderKind: z.enum(orderPaperKinds),
  link,
  openedAt: wallTimeField,
  accountNo: optionalText,
  contactName: optionalText,
  contactNumber: optionalText,
  address: text,
  summary: optionalText,
  /** Numbers of the cases that wait for it. */
  ticketNos: z.array(text).default([]),
  crewName: optionalText,
  /** `2026-11-15 09:00 - 11:00`; empty while none is agreed. */
  slot: optionalText,
  /** Which visit this paper is for, from 1. */
  visitNo: z.int().min(1),
  /** Cancelled, or done already. */
  voided: z.boolean(),
  ...copies,
});

/** Degrees with one decimal, as they are read from the instrument. */
const degrees = z.string().regex(/^-?\d{1,3}\.\d$/);

export const temperatureSlipDocumentSchema = z.strictObject({
  kind: z.literal("temperature-slip"),
  paper: z.enum(["a4"]),
  company: companyField,
  orderNo: text,
  link,
  accountNo: optionalText,
  contactName: optionalText,
  address: text,
  /** Null: an empty slip, to be filled in on the spot. */
  slip: z
    .strictObject({
      slipNo: text,
      instrumentNo: text,
      calibratedOn: dayField,
      measuredAt: wallTimeField,
      outdoor: z.union([degrees, z.literal("")]),
      windows: z.enum(windowStates),
      readings: z.array(z.strictObject({ room: text, heightCm: z.int().min(1), degrees })).min(1),
      opinion: optionalText,
      measurerName: text,
      signatureName: text,
      signatureKind: z.enum(["image", "witness"]),
    })
    .nullable(),
  ...copies,
});

export const caseDocumentSchema = z.strictObject({
  kind: z.literal("case"),
  paper: z.enum(["a4", "a5"]),
  company: companyField,
  ticketNo: text,
  link,
  openedAt: wallTimeField,
  category: text,
  accountNo: optionalText,
  callerName: optionalText,
  callerNumber: optionalText,
  address: optionalText,
  summary: text,
  takenBy: text,
  ...copies,
});

export const testKinds = ["pressure", "cold-run"] as const;
/** What a paper at the stairwell is about: the window ahead, a change of it, how the test ended. */
export const testPapers = ["notice", "moved", "postponed", "cancelled", "passed", "failed"] as const;
export const gapReasons = ["no-number", "refused", "not-sent", "failed", "no-receipt"] as const;

export const testNoticeDocumentSchema = z.strictObject({
  kind: z.literal("test-notice"),
  paper: z.enum(["a4"]),
  company: companyField,
  testNo: text,
  testKind: z.enum(testKinds),
  about: z.enum(testPapers),
  /** What a telephone dials that reads the code; empty where a number is no number. */
  dial: z.union([z.literal(""), z.string().regex(/^tel:\+?\d{3,15}(?:;ext=\d{1,6})?$/)]),
  /** Community, building and stairwell. */
  place: text,
  /** `2026-10-30 08:00 - 18:00`; empty while nobody knows. */
  window: optionalText,
  /** Of a change: what people were told before. */
  formerWindow: optionalText,
  contactName: text,
  contactNumber: text,
  note: optionalText,
  ...copies,
});

export const postingListDocumentSchema = z.strictObject({
  kind: z.literal("posting-list"),
  paper: z.enum(["a4"]),
  company: companyField,
  testNo: text,
  testKind: z.enum(testKinds),
  place: text,
  window: optionalText,
  contactName: text,
  contactNumber: text,
  stairwells: z.array(
    z.strictObject({ name: text, homes: z.int().min(0), reachedBySms: z.int().min(0), posted: optionalText }),
  ),
  /** Homes that nothing has reached: to be knocked on. */
  gaps: z.array(
    z.strictObject({
      stairwell: text,
      door: text,
      reason: z.enum(gapReasons),
      /** It expects water at an hour that does not hold any more. */
      knowsFormer: z.boolean(),
    }),
  ),
  ...copies,
});

export type WorkOrderDocument = z.infer<typeof workOrderDocumentSchema>;
export type TemperatureSlipDocument = z.infer<typeof temperatureSlipDocumentSchema>;
export type CaseDocument = z.infer<typeof caseDocumentSchema>;
export type TestNoticeDocument = z.infer<typeof testNoticeDocumentSchema>;
export type PostingListDocument = z.infer<typeof postingListDocumentSchema>;
