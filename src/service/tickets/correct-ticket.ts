/** Putting right what a case says of itself: its category (also one that was guessed), its fields, its place, its caller. */
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import { canonicalJson, type CommandContext } from "#src/platform/command.ts";
import { announceField } from "./announce-field.ts";
import { readFields } from "./category-fields.ts";
import { recountClocks } from "./clock-effects.ts";
import { readSetting } from "#src/platform/settings.ts";
import { findOpeningFacts } from "./opening-queries.ts";
import { ticketPolicy } from "./policy.ts";
import { correctTicketRow, recountRepeat } from "./relation-queries.ts";
import { beginTicketChange } from "./run-command.ts";
import type { Severity, Ticket } from "./schema.ts";

export type TicketCorrection = {
  readonly category?: string | undefined;
  readonly severity?: Severity | undefined;
  readonly summary?: string | undefined;
  /** The whole set; it must be complete for the category. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
  readonly accountId?: bigint | undefined;
  readonly buildingId?: bigint | undefined;
  readonly addressText?: string | undefined;
  readonly callerNumber?: string | undefined;
  readonly callerName?: string | undefined;
};

/** Names of people and their numbers are said to have changed, not what they were. */
const PERSONAL = new Set(["callerNumber", "callerName", "addressText", "summary"]);

const differences = (before: Ticket, after: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(after).flatMap(([name, value]) => {
      const was = before[name as keyof Ticket];
      if (canonicalJson(was) === canonicalJson(value)) return [];
      return [[name, PERSONAL.has(name) ? true : { before: was, after: value }]];
    }),
  );

const requireFacts = async (context: CommandContext, ticket: Ticket, correction: TicketCorrection) => {
  const moves = correction.accountId !== undefined || correction.buildingId !== undefined;
  const facts = await findOpeningFacts(context.sql, {
    category: correction.category ?? ticket.categoryCode,
    accountId: moves ? (correction.accountId ?? null) : ticket.accountId,
    premisesId: moves ? null : ticket.premisesId,
    buildingId: moves ? (correction.buildingId ?? null) : ticket.buildingId,
    sourceKey: null,
  });
  if (facts.categoryActive !== true && correction.category !== undefined) {
    fail("category.not-found", "there is no such category of the second level", { field: "category" });
  }
  if (correction.accountId !== undefined && facts.accountId !== correction.accountId) {
    fail("account.not-found", "there is no such account", { field: "accountId" });
  }
  if (correction.buildingId !== undefined && facts.buildingId === null) {
    fail("building.not-found", "there is no such building", { field: "buildingId" });
  }
  return { ...facts, accountId: moves ? (correction.accountId ?? null) : ticket.accountId };
};

/** What is kept of the old fields when only the category changes: those that the new one knows by the same name. */
const fieldsAfter = (
  ticket: Ticket,
  correction: TicketCorrection,
  category: string,
  facts: Awaited<ReturnType<typeof requireFacts>>,
): Record<string, unknown> => {
  if (correction.fields !== undefined) return readFields(category, facts.fields, correction.fields, true);
  if (category === ticket.categoryCode) return { ...ticket.fields };
  const known = new Set(facts.fields.map((field) => field.name));
  const kept = Object.entries(ticket.fields).filter(([name]) => known.has(name));
  return readFields(category, facts.fields, Object.fromEntries(kept), false);
};

/** Whose trouble came again, and which, is another thing now: so is the closing that it counts against (重复诉求). */
const recountIfElsewhere = async (
  context: CommandContext,
  ticketId: bigint,
  changed: Readonly<Record<string, unknown>>,
): Promise<bigint | null> => {
  if (!["categoryCode", "accountId", "buildingId"].some((name) => name in changed)) return null;
  const { repeatWithinDays } = await readSetting(context.sql, ticketPolicy);
  return recountRepeat(context.sql, { ticketId, days: repeatWithinDays });
};

/**
 * Corrects an open case; a guessed category counts as confirmed. Its clocks are counted anew where category, severity or place
 * changed, and so is the closing that it repeats. Announces `ticket.corrected`, so that routing and incidents look again at another category or place. Locks the case.
 * @throws DomainError `ticket.not-found`, `version.stale`, `ticket.closed`, `category.not-found`, `account.not-found`,
 * `building.not-found`, `ticket.field-unknown`, `ticket.field-invalid`, `ticket.fields-missing`
 */
export const correctTicket = async (
  context: CommandContext,
  ticketId: bigint,
  correction: TicketCorrection,
  expectedVersion: number | undefined,
): Promise<number> => {
  const { actor, sql, now } = context;
  const ticket = await beginTicketChange(context, ticketId, expectedVersion);
  if (["closed", "cancelled", "merged"].includes(ticket.state)) {
    fail("ticket.closed", `a case that is ${ticket.state} is not corrected`, {
      remedy: "add a note, or reopen it",
      facts: { state: ticket.state },
    });
  }
  const facts = await requireFacts(context, ticket, correction);
  const categoryCode = correction.category ?? ticket.categoryCode;
  const isRecategorised = categoryCode !== ticket.categoryCode;
  const after = {
    categoryCode,
    severity:
      correction.severity ?? (isRecategorised ? (facts.severity ?? ticket.severity) : ticket.severity),
    summary: correction.summary ?? ticket.summary,
    fields: fieldsAfter(ticket, correction, categoryCode, facts),
    accountId: facts.accountId,
    premisesId: facts.premisesId,
    buildingId: facts.buildingId,
    addressText: correction.addressText ?? ticket.addressText,
    callerNumber: correction.callerNumber ?? ticket.callerNumber,
    callerName: correction.callerName ?? ticket.callerName,
  };
  const changed = differences(ticket, after);
  const isRecounted = ["categoryCode", "severity", "buildingId"].some((name) => name in changed);
  if (isRecounted) await recountClocks(context, ticket, after);
  const { version } = await correctTicketRow(sql, {
    ...after,
    ticketId,
    fields: canonicalJson(after.fields),
    text: "",
    details: canonicalJson({ command: "correct", changed }),
    now,
    by: staffIdOf(actor),
    byName: actor.name,
  });
  const subject = `ticket:${ticketId}`;
  const names = Object.keys(changed);
  const repeats = await recountIfElsewhere(context, ticketId, changed);
  context.audit({
    subject,
    details: { corrected: names, category: categoryCode, ...(repeats !== null && { repeats }) },
  });
  context.emit({ type: "ticket.corrected", subject, payload: { ticketId, changed: names } });
  const isElsewhere = ["categoryCode", "severity", "accountId", "buildingId", "addressText"].some(
    (name) => name in changed,
  );
  if (isElsewhere) {
    announceField(context, { id: ticketId, category: categoryCode, severity: after.severity });
  }
  return version;
};
