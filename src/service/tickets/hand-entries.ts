/** What people write on the timeline themselves (补记): notes, visits, measured slips, calls back. */
import type { CommandContext } from "#src/platform/command.ts";
import { addEntry } from "./entries.ts";
import { requirePresence, type SaidPresence } from "./presence.ts";
import { requireRoomTemperature } from "./room-temperature.ts";
import type { EvidenceKind, Ticket } from "./schema.ts";

/** The slip is the paper of a visit and no second one, as the field writes it. */
const ENTRIES = { note: "note", visit: "visit", slip: "order", "call-back": "call" } as const;
export const HAND_KINDS = ["note", "visit", "slip", "call-back"] as const satisfies (keyof typeof ENTRIES)[];
export type HandKind = (typeof HAND_KINDS)[number];

export type HandEntry = {
  readonly kind: HandKind;
  readonly text: string;
  readonly finished: boolean;
  readonly deciCelsius?: number | undefined;
  /** When it was written down. */
  readonly madeAt?: Date | undefined;
  /** Of a visit or a slip; left out by whoever was there. */
  readonly there?: SaidPresence | undefined;
};

const evidenceOf = ({ kind, finished, deciCelsius }: HandEntry): EvidenceKind | undefined => {
  if (kind === "note" || !finished) return undefined;
  // A slip without its measurement shows nothing.
  return kind === "slip" && deciCelsius === undefined ? undefined : kind;
};

/**
 * Adds it. What says that somebody was at the home says who and when, and stops the clock of being on site at that hour.
 * @throws DomainError `ticket.temperature-implausible`, `ticket.presence-needed`, `ticket.presence-unknown`, `ticket.presence-time`
 */
export const enterByHand = async (
  context: CommandContext,
  ticket: Ticket,
  entry: HandEntry,
): Promise<bigint> => {
  const { kind, text, finished, deciCelsius, madeAt } = entry;
  if (deciCelsius !== undefined) requireRoomTemperature(deciCelsius);
  const isThere = kind === "visit" || kind === "slip";
  const presence = isThere ? await requirePresence(context, ticket, entry.there, madeAt) : undefined;
  return addEntry(context, ticket.id, {
    kind: ENTRIES[kind],
    text,
    details: {
      kind,
      finished,
      ...(deciCelsius !== undefined && { deciCelsius }),
      ...(madeAt !== undefined && { madeAt: madeAt.toISOString() }),
      ...(presence !== undefined && { there: { ...presence, at: presence.at.toISOString() } }),
    },
    evidence: evidenceOf(entry),
    thereAt: presence?.at,
  });
};
