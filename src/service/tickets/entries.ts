/** The timeline of a case (时间线): what happened to it, in order; nothing is changed or removed. */
import { fail } from "#src/kernel/errors.ts";
import type { Words } from "#src/kernel/words.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import { canonicalJson, type CommandContext } from "#src/platform/command.ts";
import { stopClock } from "#src/service/clocks/index.ts";
import { insertEntry } from "./queries.ts";
import type { EntryKind, EvidenceKind } from "./schema.ts";

/** What a person wrote, as it was written; or what the program says, in both languages. */
export type EntryText = string | Words;

/** As it is stored: the English is empty where a person wrote. */
export const textsOf = (text: EntryText | undefined): { readonly text: string; readonly textEn: string } =>
  typeof text === "object" ? { text: text["zh-CN"], textEn: text.en } : { text: text ?? "", textEn: "" };

export type NewEntry = {
  readonly kind: EntryKind;
  /** For people; may name people. */
  readonly text?: EntryText | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** `call:17`, `file:3`, `work-order:9`. */
  readonly ref?: string | undefined;
  /**
   * Says that a closing may rest on it: a stored file, a finished visit, a finished work order, a measured slip, or a call back
   * to the household that reached it.
   */
  readonly evidence?: EvidenceKind | undefined;
  /** When somebody was at the home; now where it is left out. */
  readonly thereAt?: Date | undefined;
};

/**
 * Adds a line to the timeline, whatever the state of the case. The version of the case stays: nobody's change is overtaken.
 * A visit, or a slip measured there, stops the clock of being on site.
 * @throws DomainError `ticket.not-found`
 */
export const addEntry = async (
  context: CommandContext,
  ticketId: bigint,
  entry: NewEntry,
): Promise<bigint> => {
  const { actor, sql, now } = context;
  const entered = await insertEntry(sql, {
    ticketId,
    kind: entry.kind,
    ...textsOf(entry.text),
    details: canonicalJson(entry.details ?? {}),
    ref: entry.ref ?? null,
    evidence: entry.evidence ?? null,
    version: null,
    now,
    by: staffIdOf(actor),
    byName: actor.name,
  });
  if (entered === null) fail("ticket.not-found", "there is no such case", { field: "ticketId" });
  const wasThere = entry.kind === "visit" || (entry.kind === "order" && entry.evidence === "slip");
  if (wasThere) await stopClock(context, ticketId, "on-site", undefined, entry.thereAt);
  context.audit({
    subject: `ticket:${ticketId}`,
    details: { entry: entered.id, kind: entry.kind, ...(entry.ref !== undefined && { ref: entry.ref }) },
  });
  return entered.id;
};
