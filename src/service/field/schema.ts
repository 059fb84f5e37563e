/** Shapes of the field's requests and answers. */
import { z } from "zod";
import { rowIdIn } from "#src/platform/route.ts";
import { maskPhone, type PhoneNumber } from "#src/kernel/phone.ts";
import { maskName } from "#src/town/accounts/index.ts";
import { formatOrderNo, ORDER_KINDS, ORDER_RESULTS } from "./order-kinds.ts";
import type { OrderRow } from "./order-queries.ts";
import { ORDER_STATES } from "./order-states.ts";
import { WINDOW_STATES } from "./slip-queries.ts";

export const TAG = "Field 外勤";

/** A work order as people call it: its id, or `W000123` as the paper carries it. */
export const orderIdIn = z
  .string()
  .regex(/^(?:[Ww]0*)?\d{1,18}$/, "a number like 123 or W000123")
  .transform((text) => BigInt(text.replace(/^[Ww]0*/, "")));
export const orderParams = z.strictObject({ id: orderIdIn });

export const textIn = (max: number) => z.string().trim().max(max);
export const filledIn = (max: number) => textIn(max).min(1);
/** An instant with its zone. */
export const instantIn = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
export const langIn = z.enum(["zh-CN", "en"]).default("zh-CN");

export const orderOut = z.object({
  id: z.string(),
  orderNo: z.string(),
  kind: z.enum(ORDER_KINDS),
  state: z.enum(ORDER_STATES),
  accountNo: z.string().nullable(),
  buildingId: z.string().nullable(),
  address: z.string(),
  summary: z.string(),
  crewId: z.string().nullable(),
  crew: z.string().nullable(),
  slotFrom: z.string().nullable(),
  slotUntil: z.string().nullable(),
  visits: z.int(),
  result: z.enum(ORDER_RESULTS).nullable(),
  firstVisit: z.boolean().nullable(),
  openedAt: z.string(),
  finishedAt: z.string().nullable(),
  version: z.int(),
});

const idText = (id: bigint | null): string | null => (id === null ? null : String(id));

export const orderJson = (row: OrderRow): z.input<typeof orderOut> => ({
  id: String(row.id),
  orderNo: formatOrderNo(row.id),
  kind: row.kind,
  state: row.state,
  accountNo: row.accountNo,
  buildingId: idText(row.buildingId),
  address: row.address,
  summary: row.summary,
  crewId: idText(row.crewId),
  crew: row.crewName,
  slotFrom: row.slotFrom?.toISOString() ?? null,
  slotUntil: row.slotUntil?.toISOString() ?? null,
  visits: row.visitCount,
  result: row.result,
  firstVisit: row.firstVisit,
  openedAt: row.openedAt.toISOString(),
  finishedAt: row.finishedAt?.toISOString() ?? null,
  version: row.version,
});

export const slipOut = z.object({
  ordinal: z.int(),
  instrumentNo: z.string(),
  calibratedOn: z.string(),
  measuredAt: z.string(),
  outdoorTenths: z.int().nullable(),
  windows: z.enum(WINDOW_STATES),
  readings: z.array(z.object({ room: z.string(), heightCm: z.int(), readingTenths: z.int() })),
  opinion: z.string(),
  measurer: z.string(),
  signature: z.enum(["image", "witness"]),
});

export const orderViewOut = orderOut.extend({
  contactName: z.string(),
  contactNumber: z.string(),
  ticketNos: z.array(z.string()),
  cancelReason: z.string().nullable(),
  signature: z.enum(["image", "witness"]).nullable(),
  visitList: z.array(
    z.object({
      ordinal: z.int(),
      crew: z.string().nullable(),
      arrivedAt: z.string(),
      leftAt: z.string().nullable(),
      outcome: z.enum(["done", "not-home", "follow-up"]).nullable(),
      note: z.string(),
    }),
  ),
  parts: z.array(z.object({ code: z.string(), name: z.string(), unit: z.string(), quantity: z.int() })),
  photos: z.array(
    z.object({
      fileId: z.string(),
      caption: z.string(),
      addedAt: z.string(),
      /** As the phone said it, of a photo that may have waited for signal. */
      takenAt: z.string().nullable(),
    }),
  ),
  slips: z.array(slipOut),
  emergency: z
    .object({
      state: z.enum(["calling", "acknowledged", "exhausted", "ended"]),
      nextAt: z.string().nullable(),
      acknowledgedAt: z.string().nullable(),
      calls: z.array(
        z.object({
          ordinal: z.int(),
          name: z.string(),
          state: z.enum(["waiting", "calling", "acknowledged", "no-answer", "failed", "not-needed"]),
          calledAt: z.string().nullable(),
        }),
      ),
    })
    .nullable(),
});

export const maskedContact = (row: OrderRow): { contactName: string; contactNumber: string } => ({
  contactName: maskName(row.contactName),
  contactNumber: row.contactNumber === "" ? "" : maskPhone(row.contactNumber as PhoneNumber),
});

export const changedOut = z.object({
  id: z.string(),
  orderNo: z.string(),
  state: z.enum(ORDER_STATES),
  version: z.int(),
});

export const signatureIn = z.strictObject({
  kind: z.enum(["image", "witness"]),
  name: filledIn(60),
  /** Of an image that was sent to the order's photos. */
  fileId: rowIdIn.optional(),
});

export const partIn = z.strictObject({
  code: textIn(40).default(""),
  name: filledIn(80),
  unit: textIn(10).default(""),
  quantity: z.int().min(1).max(9999),
});

export const scheduleBody = z.strictObject({
  from: instantIn,
  until: instantIn,
  crewId: rowIdIn.optional(),
});
export const startBody = z.strictObject({ arrivedAt: instantIn.optional() });
export const finishBody = z.strictObject({
  result: z.enum(ORDER_RESULTS),
  note: textIn(500).optional(),
  /** When somebody came, for a visit that is written down from paper. */
  arrivedAt: instantIn.optional(),
  parts: z.array(partIn).max(50).optional(),
  signature: signatureIn.optional(),
});
export const leaveBody = z.strictObject({ note: textIn(500).optional(), arrivedAt: instantIn.optional() });
export const slipBody = z.strictObject({
  instrumentNo: filledIn(40),
  calibratedOn: z.iso.date(),
  measuredAt: instantIn,
  outdoorTenths: z.int().min(-500).max(500).nullable().default(null),
  windows: z.enum(WINDOW_STATES),
  readings: z
    .array(
      z.strictObject({
        room: filledIn(40),
        heightCm: z.int().min(1).max(500),
        readingTenths: z.int().min(-500).max(1000),
      }),
    )
    .min(1)
    .max(30),
  opinion: textIn(500).default(""),
  measurer: filledIn(60),
  signature: signatureIn,
});
