/** How a gateway reports on a message (网关回执), pushed, pulled, or asked for one. Pure. */
import { z } from "zod";
import type { ProviderState, Receipt } from "./port.ts";

const STATES = ["accepted", "delivered", "undelivered", "expired", "rejected"] as const;

const milliFen = z
  .int()
  .min(0)
  .max(1_000_000_000)
  .nullish()
  .transform((value) => (value === undefined || value === null ? null : BigInt(value)));
const segments = z
  .int()
  .min(1)
  .max(100)
  .nullish()
  .transform((value) => value ?? null);
const providerId = z.string().regex(/^[\x21-\x7e]{1,100}$/, "1 to 100 visible ASCII characters");
/** The operator's own code (DELIVRD, UNDELIV, MK:0001): no words, no numbers of people. */
const code = z
  .string()
  .regex(/^[\w.:-]{0,60}$/, "at most 60 letters, digits, . : -")
  .default("");
const ours = z
  .string()
  .regex(/^\d{1,18}$/, "the messageId that we gave")
  .nullish()
  .transform((value) => (value === undefined || value === null ? null : BigInt(value)));

export const gatewayReceipt = z
  .strictObject({
    /** The gateway's own id of this report; the same id is the same report. */
    eventId: providerId,
    /** The gateway's id of the message. */
    id: providerId,
    /** Ours, where it gives it back. */
    messageId: ours,
    state: z.enum(STATES),
    code,
    at: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
    segments,
    costMilliFen: milliFen,
  })
  .transform(({ id, ...report }): Receipt => ({ ...report, provider: "gateway", providerMessageId: id }));

export const gatewayState = z
  .looseObject({ id: providerId, state: z.enum(STATES), code, segments, costMilliFen: milliFen })
  .transform(({ id, state, code: why, segments: parts, costMilliFen }): ProviderState => ({
    state,
    providerMessageId: id,
    code: why,
    segments: parts,
    costMilliFen,
  }));
