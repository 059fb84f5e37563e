/** Opening a case, whatever door it came through. */
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import { canonicalJson, type CommandContext } from "#src/platform/command.ts";
import { settingOf } from "#src/platform/settings.ts";
import { startClocks, startClocksAtEnd } from "#src/service/clocks/index.ts";
import { buildingOfAddress } from "#src/town/accounts/index.ts";
import { announceField } from "./announce-field.ts";
import { readFields } from "./category-fields.ts";
import type { Sql } from "#src/platform/sql.ts";
import {
  type AccountByNumber,
  findBySourceKey,
  findOpeningFacts,
  insertTicket,
  insertTicketAtEnd,
  type OpeningFacts,
  type TicketRowIn,
} from "./opening-queries.ts";
import { ticketPolicy } from "./policy.ts";
import type { Severity, TicketChannel, TicketSource } from "./schema.ts";
import { formatTicketNo } from "./ticket-number.ts";

export type NewTicket = {
  /** Second level: `heat.not-hot`. */
  readonly category: string;
  /** Chosen by words and not by a person. */
  readonly categoryGuessed?: boolean | undefined;
  readonly channel: TicketChannel;
  /** Two ledgers; people told us unless it says otherwise (`patrol` and `dispatch` found it). */
  readonly source?: TicketSource | undefined;
  /** The category's own unless given. */
  readonly severity?: Severity | undefined;
  /** The household; its premises and building follow. */
  readonly accountId?: bigint | undefined;
  readonly premisesId?: bigint | undefined;
  readonly buildingId?: bigint | undefined;
  readonly addressText?: string | undefined;
  /** E.164. */
  readonly callerNumber?: string | undefined;
  readonly callerName?: string | undefined;
  /** In the words of whoever reports it; empty where nothing was said but the category. */
  readonly summary: string;
  /** When given, they must be complete. Left out: asked for later, and before it is closed as solved. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
  /** `call:17`, `message:9`: the same key opens the same case once. */
  readonly sourceKey?: string | undefined;
};

export type OpenedTicket = { readonly ticketId: bigint; readonly ticketNo: string; readonly opened: boolean };

const DAY_MS = 86_400_000;

const refuse = (input: NewTicket, facts: OpeningFacts): void => {
  if (facts.categoryActive !== true) {
    fail("category.not-found", "there is no such category of the second level", { field: "category" });
  }
  if (input.accountId !== undefined && facts.accountId !== input.accountId) {
    fail("account.not-found", "there is no such account", { field: "accountId" });
  }
  if (input.premisesId !== undefined && facts.premisesId === null) {
    fail("premises.not-found", "there are no such premises", { field: "premisesId" });
  }
  if (input.buildingId !== undefined && facts.buildingId === null) {
    fail("building.not-found", "there is no such building", { field: "buildingId" });
  }
  const isAnchored =
    facts.buildingId !== null || input.addressText !== undefined || input.callerNumber !== undefined;
  if (!isAnchored) {
    fail("ticket.nowhere", "a case needs an account, an address or a caller's number", {
      field: "accountNo",
      remedy: "give accountNo, premisesId, buildingId, addressText or callerNumber",
    });
  }
};

const rowOf = (
  context: CommandContext,
  input: NewTicket,
  facts: OpeningFacts,
  buildingGuessed: boolean,
): TicketRowIn => {
  const { actor, now } = context;
  const policy = settingOf(ticketPolicy, facts.policy);
  const isFound = input.channel === "patrol" || input.channel === "dispatch";
  const source = input.source ?? (isFound ? "found" : "reported");
  const repeatSince = now.getTime() - policy.repeatWithinDays * DAY_MS;
  const repeats = source === "reported" && facts.closedAt !== null && facts.closedAt.getTime() >= repeatSince;
  return {
    id: facts.newId,
    category: input.category,
    categoryGuessed: input.categoryGuessed ?? false,
    source,
    channel: input.channel,
    severity: input.severity ?? facts.severity ?? "ordinary",
    accountId: input.accountId ?? null,
    premisesId: facts.premisesId,
    buildingId: facts.buildingId,
    addressText: input.addressText ?? null,
    callerNumber: input.callerNumber ?? null,
    callerName: input.callerName ?? null,
    summary: input.summary,
    fields: canonicalJson(
      readFields(input.category, facts.fields, input.fields ?? {}, input.fields !== undefined),
    ),
    sourceKey: input.sourceKey ?? null,
    entryText: input.summary,
    entryDetails: canonicalJson({
      command: "open",
      to: "new",
      category: input.category,
      ...(buildingGuessed && { buildingGuessed, buildingId: facts.buildingId }),
    }),
    now,
    openedBy: staffIdOf(actor),
    openedByName: actor.name,
    repeatsId: repeats ? facts.closedId : null,
  };
};

const known = (ticketId: bigint): OpenedTicket => ({
  ticketId,
  ticketNo: formatTicketNo(ticketId),
  opened: false,
});

/** What must be known before a case is opened: one statement, which may travel with others. */
export const findFacts = (sql: Sql, input: NewTicket, byNumber?: AccountByNumber): Promise<OpeningFacts> =>
  findOpeningFacts(sql, {
    category: input.category,
    accountId: input.accountId ?? null,
    byNumber,
    premisesId: input.premisesId ?? null,
    buildingId: input.buildingId ?? null,
    sourceKey: input.sourceKey ?? null,
  });

/** Answers whether it was written: not when somebody else was opening it with the same source key in the same moment. */
const write = async (
  context: CommandContext,
  row: TicketRowIn,
  facts: OpeningFacts,
  isLast: boolean,
): Promise<boolean> => {
  const start = {
    ticketId: row.id,
    category: row.category,
    severity: row.severity,
    stationId: facts.stationId,
    stationOwner: facts.stationOwner,
    openedAt: context.now,
  };
  if (row.sourceKey !== null) {
    if ((await insertTicket(context.sql, row)) === null) return false;
    await startClocks(context, start);
  } else if (isLast) {
    insertTicketAtEnd(context, row);
    await startClocksAtEnd(context, start);
  } else {
    // Nobody else can be opening it: both statements go in one flight.
    await Promise.all([insertTicket(context.sql, row), startClocks(context, start)]);
  }
  return true;
};

const isAddressOnly = (input: NewTicket): boolean =>
  input.accountId === undefined &&
  input.premisesId === undefined &&
  input.buildingId === undefined &&
  input.addressText !== undefined;

/** With a building where only an address was said that names exactly one: a guess, and the timeline says so. */
const withGuessedPlace = async (
  context: CommandContext,
  input: NewTicket,
  facts: OpeningFacts,
): Promise<{ readonly facts: OpeningFacts; readonly isGuessed: boolean }> => {
  const { sql, today } = context;
  const asked = { facts, isGuessed: false };
  if (!isAddressOnly(input) || facts.buildingId !== null) return asked;
  const buildingId = await buildingOfAddress(sql, today, input.addressText ?? "");
  if (buildingId === null) return asked;
  return {
    facts: { ...(await findFacts(sql, { ...input, buildingId })), newId: facts.newId },
    isGuessed: true,
  };
};

const open = async (
  context: CommandContext,
  input: NewTicket,
  read: OpeningFacts,
  isLast: boolean,
): Promise<OpenedTicket> => {
  const { sql } = context;
  if (read.existingId !== null) return known(read.existingId);
  refuse(input, read);
  const { facts, isGuessed } = await withGuessedPlace(context, input, read);
  const row = rowOf(context, input, facts, isGuessed);
  if (!(await write(context, row, facts, isLast))) {
    return known((await findBySourceKey(sql, input.sourceKey ?? "")).id);
  }
  const subject = `ticket:${row.id}`;
  context.audit({
    subject,
    details: {
      category: row.category,
      channel: row.channel,
      source: row.source,
      severity: row.severity,
      ...(isGuessed && { buildingGuessed: row.buildingId }),
      ...(row.repeatsId !== null && { repeats: row.repeatsId }),
    },
  });
  context.emit({ type: "ticket.opened", subject, payload: { ticketId: row.id } });
  announceField(context, { id: row.id, category: row.category, severity: row.severity });
  return { ticketId: row.id, ticketNo: formatTicketNo(row.id), opened: true };
};

/**
 * `openTicket` with facts that were read before, in the same transaction, as the last thing that the command does: without a
 * source key the case is written together with the commit, so nothing after this may look for it.
 */
export const openLast = (
  context: CommandContext,
  input: NewTicket,
  read: OpeningFacts,
): Promise<OpenedTicket> => open(context, input, read, true);

/**
 * Opens a case in state `new`, starts its clocks and announces `ticket.opened`; routing finds its owner. Repeating is safe with a
 * source key: the same key answers the case that it opened. Marks the closing that it repeats.
 * @throws DomainError `category.not-found`, `account.not-found`, `premises.not-found`, `building.not-found`,
 * `ticket.nowhere`, `ticket.field-unknown`, `ticket.field-invalid`, `ticket.fields-missing`
 */
export const openTicket = async (context: CommandContext, input: NewTicket): Promise<OpenedTicket> =>
  open(context, input, await findFacts(context.sql, input), false);
