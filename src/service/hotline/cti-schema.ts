/** What an exchange tells: the shape of one event, the same for every vendor. */
import { z } from "zod";
import { findUnstorable } from "#src/kernel/json-text.ts";
import { CALL_EVENT_KINDS, type CallEvent } from "./call-fold.ts";

const word = z.string().regex(/^[0-9A-Za-z._:-]{1,80}$/, "1 to 80 letters, digits, dots, colons or hyphens");
/** The telephone of an agent, or a line. */
export const extension = z
  .string()
  .regex(/^[0-9A-Za-z._-]{1,40}$/, "1 to 40 letters, digits, dots or hyphens");
const number = z.string().trim().max(40);

/** What is stored of an event besides its key, kind and time. */
export const eventDetails = z.strictObject({
  direction: z.enum(["inbound", "outbound"]).optional(),
  from: number.optional(),
  to: number.optional(),
  line: extension.optional(),
  agent: extension.optional(),
  /** Where the exchange keeps the recording: an address or a name, never the sound. */
  recording: z.string().max(500).optional(),
  /** With `ended`: the menu answered what the caller wanted. */
  selfServed: z.boolean().optional(),
  /** Whatever the vendor adds; kept, not read. */
  vendor: z.record(z.string().max(60), z.unknown()).optional(),
});

const isOurAge = (text: string): boolean => {
  const year = new Date(text).getUTCFullYear();
  return year >= 2000 && year < 2100;
};

export const ctiEvent = eventDetails.extend({
  eventId: word,
  callId: word,
  type: z.enum(CALL_EVENT_KINDS),
  at: z.iso.datetime({ offset: true }).refine(isOurAge, "a time between 2000 and 2100"),
});
export type CtiEvent = z.output<typeof ctiEvent>;

const MOST_AT_ONCE = 500;

/** Up to 500 events; each is looked at for itself. */
export const ctiBatch = z.strictObject({ events: z.array(z.unknown()).min(1).max(MOST_AT_ONCE) });

export type RefusedEvent = { readonly index: number; readonly field: string; readonly reason: string };

/** Which events can be taken, and of the others the place in the message, the field and why. */
export const sortEvents = (
  told: readonly unknown[],
): { readonly events: readonly CtiEvent[]; readonly refused: readonly RefusedEvent[] } => {
  const events: CtiEvent[] = [];
  const refused: RefusedEvent[] = [];
  for (const [index, one] of told.entries()) {
    const unstorable = findUnstorable(one);
    if (unstorable !== null) {
      refused.push({ index, ...unstorable });
      continue;
    }
    const parsed = ctiEvent.safeParse(one);
    if (parsed.success) {
      events.push(parsed.data);
      continue;
    }
    const [issue] = parsed.error.issues;
    const path = issue?.code === "unrecognized_keys" ? [...issue.path, ...issue.keys] : (issue?.path ?? []);
    refused.push({ index, field: path.map(String).join("."), reason: issue?.message ?? "not an event" });
  }
  return { events, refused };
};

/** A stored event as the fold reads it. Rows were checked when they came. */
export const eventOfRow = (row: {
  readonly eventId: string;
  readonly kind: CallEvent["kind"];
  readonly occurredAt: Date;
  readonly raw: unknown;
}): CallEvent => ({
  ...(row.raw as z.output<typeof eventDetails>),
  eventId: row.eventId,
  kind: row.kind,
  occurredAt: row.occurredAt,
});
