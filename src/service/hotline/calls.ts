/** What an agent does with a call: says whose it is, writes down what became of it, makes a case of it. */
import { isDeepStrictEqual } from "node:util";
import { fail } from "#src/kernel/errors.ts";
import type { Day } from "#src/kernel/day.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { announceLive } from "#src/platform/live-feed.ts";
import type { Sql } from "#src/platform/sql.ts";
import { incidentForBuilding, joinIncident } from "#src/service/incidents/index.ts";
import {
  accessBuilding,
  accessTicket,
  addEntry,
  formatTicketNo,
  type NewTicket,
  OPEN_STATES,
  openTicket,
  reachOf,
  tellOtherCompany,
  type Ticket,
  ticketOfId,
} from "#src/service/tickets/index.ts";
import { accessAccount } from "#src/town/accounts/index.ts";
import { wrapUpOver } from "./agents.ts";
import { maskedNumber } from "./board.ts";
import { householdReached } from "./call-backs.ts";
import type { CallKey } from "./event-queries.ts";
import { storeOurEnd } from "./record-events.ts";
import {
  type CallRow,
  findLastWord,
  findVisibleCall,
  lockVisibleCall,
  setPlace,
  setWrapUp,
  type WrapUpCode,
} from "./call-queries.ts";

const notFound = (): never =>
  fail("call.not-found", "there is no such call, or it is none of yours", {
    remedy:
      "take its id from the log (POST /hotline/calls/search); the calls of others and of other areas are not shown",
  });

/** @throws DomainError `call.not-found` also for what lies outside the scope */
export const accessCall = async (sql: Sql, actor: Actor, id: bigint, day: Day): Promise<CallRow> =>
  (await findVisibleCall(sql, { id, ...reachOf(actor, day) })) ?? notFound();

const lockCall = async (context: CommandContext, id: bigint): Promise<CallRow> =>
  (await lockVisibleCall(context.sql, { id, ...reachOf(context.actor, context.today) })) ?? notFound();

/** The caller's number in clear, while the call is on, to the agent who has it; masked for everybody else and afterwards. */
export const numberFor = (call: CallRow, actor: Actor): string | null =>
  call.finishedAt === null && call.agentId !== null && call.agentId === staffIdOf(actor)
    ? call.number
    : maskedNumber(call.number);

/**
 * A supervisor ends a call that hangs, because the exchange's word was lost: its line and its agent are free. What the exchange
 * tells later still wins. The end is stored here; the caller works it into the call.
 * @throws DomainError `call.not-found`, `call.over`
 */
export const releaseCall = async (context: CommandContext, id: bigint): Promise<CallKey> => {
  const call = await lockCall(context, id);
  if (call.finishedAt !== null) {
    fail("call.over", "this call is over", {
      remedy: "nothing is to be done: its line and its agent are free",
      facts: { finishedAt: call.finishedAt.toISOString() },
    });
  }
  const { lastAt, ...key } = await findLastWord(context.sql, id);
  // An exchange whose clock is ahead of ours has not spoken after us.
  const at = new Date(Math.max(context.now.getTime(), lastAt.getTime() + 1));
  await storeOurEnd(context, key, { by: "supervisor", lastAt, at });
  context.audit({ subject: `call:${id}`, details: { released: true } });
  return key;
};

export type Place = {
  readonly accountNo?: string | undefined;
  readonly buildingId?: bigint | undefined;
  readonly addressText?: string | undefined;
};

/**
 * Says whose call it is: an account, a building or only an address. Repeating is safe; the last word holds.
 * @throws DomainError `call.not-found`, and `account.not-found` or `building.not-found` also for what lies outside the scope
 */
export const bindCall = async (context: CommandContext, id: bigint, place: Place): Promise<void> => {
  const call = await lockCall(context, id);
  const { sql, actor, today } = context;
  const account =
    place.accountNo === undefined ? null : await accessAccount(sql, actor, place.accountNo, today);
  if (place.buildingId !== undefined) await accessBuilding(sql, actor, place.buildingId, today);
  await setPlace(sql, {
    id,
    accountId: account?.id ?? null,
    buildingId: account?.buildingId ?? place.buildingId ?? null,
    addressText: place.addressText ?? "",
  });
  context.audit({ subject: `call:${id}`, details: { accountId: account?.id ?? null, bound: true } });
  // Somebody of this household speaks to us: nobody needs to call it back.
  if (account !== null && call.answeredAt !== null) {
    const at = call.finishedAt ?? context.now;
    await householdReached(context, { accountId: account.id, how: `call:${id}`, at });
  }
};

export type WrapUp = {
  readonly code: WrapUpCode;
  readonly note: string;
  /** With `joined-incident`; left out: the incident of the call's building. */
  readonly incidentId?: bigint | undefined;
  /** With `joined-case`. */
  readonly ticketNo?: string | undefined;
  /** With `other-company`. */
  readonly companyId?: bigint | undefined;
};

type Links = {
  readonly ticketId: bigint | null;
  readonly incidentId: bigint | null;
  readonly otherCompanyId: bigint | null;
};
const WITH_CASE: ReadonlySet<WrapUpCode> = new Set(["case", "joined-case", "joined-incident"]);
const NO_LINKS: Links = { ticketId: null, incidentId: null, otherCompanyId: null };

const joinTheIncident = async (context: CommandContext, call: CallRow, given?: bigint): Promise<Links> => {
  const { sql, now } = context;
  const inBuilding =
    given !== undefined || call.buildingId === null
      ? null
      : await incidentForBuilding(sql, call.buildingId, now);
  const incidentId =
    given ??
    inBuilding?.incidentId ??
    fail("call.no-incident", "no incident is known for this caller's building", {
      field: "incidentId",
      remedy: "bind the call to its address, or name the incident",
    });
  await joinIncident(context, incidentId, { callId: call.id, buildingId: call.buildingId ?? undefined });
  return { ...NO_LINKS, incidentId };
};

const joinTheCase = async (context: CommandContext, call: CallRow, ticketNo?: string): Promise<Links> => {
  if (ticketNo === undefined) fail("call.no-case", "name the case", { field: "ticketNo" });
  const ticket = await accessTicket(context.sql, context.actor, ticketNo, context.today);
  if (!(OPEN_STATES as readonly string[]).includes(ticket.state)) {
    // Nobody works on it, so nobody would hear of this caller again.
    fail("call.case-over", `the case ${ticket.ticketNo} is ${ticket.state}`, {
      field: "ticketNo",
      remedy: "reopen it first, or open a case from the call and link it",
      facts: { state: ticket.state },
    });
  }
  await addEntry(context, ticket.id, { kind: "call", ref: `call:${call.id}` });
  return { ...NO_LINKS, ticketId: ticket.id };
};

/** What became of a call that opened a case is that case; it may belong to an incident or to another case besides. */
const refuseContradiction = (call: CallRow, code: WrapUpCode): void => {
  if (call.wrapUp !== "case" || call.ticketId === null || WITH_CASE.has(code)) return;
  fail("call.has-case", `this call opened the case ${formatTicketNo(call.ticketId)}`, {
    field: "code",
    remedy: "cancel or merge the case if it should not be there; the call keeps its word",
    facts: { ticketNo: formatTicketNo(call.ticketId), code },
  });
};

const linkOf = async (context: CommandContext, call: CallRow, given: WrapUp): Promise<Links> => {
  refuseContradiction(call, given.code);
  if (given.code === "joined-incident") return joinTheIncident(context, call, given.incidentId);
  if (given.code === "joined-case") return joinTheCase(context, call, given.ticketNo);
  if (given.code === "case" && call.ticketId === null) {
    fail("call.no-case", "this call has no case yet", { field: "code", remedy: "open one from the call" });
  }
  if (given.code !== "other-company") return NO_LINKS;
  if (given.companyId === undefined) {
    fail("call.no-company", "name the company", {
      field: "companyId",
      remedy: "GET /api/v1/other-companies lists them",
    });
  }
  await tellOtherCompany(context, {
    companyId: given.companyId,
    channel: "phone",
    sourceKey: `call:${call.id}`,
  });
  return { ...NO_LINKS, otherCompanyId: given.companyId };
};

const written = async (
  context: CommandContext,
  call: CallRow,
  given: { readonly code: WrapUpCode; readonly note: string },
  links: Links,
): Promise<void> => {
  const staffId = staffIdOf(context.actor);
  await setWrapUp(context.sql, { id: call.id, ...given, ...links, now: context.now, staffId });
  context.audit({ subject: `call:${call.id}`, details: { wrapUp: given.code } });
  if (call.finishedAt !== null && call.agentId !== null) await wrapUpOver(context, call.agentId);
  await announceLive(context, {
    topic: "hotline.board",
    audience: "everyone",
    permission: "hotline.read",
    subject: `call:${call.id}`,
    payload: { callId: call.id, wrapUp: given.code },
  });
};

/**
 * What became of a call, by one key: answered without a case, joined to an incident or a case, another company's. Repeating the
 * same is safe; another word changes it. The agent is available again when the call is over.
 * @throws DomainError `call.not-found`, `call.no-incident`, `call.no-case`, `call.case-over`,
 * `call.has-case`, `call.no-company`, and what the joined room refuses
 */
export const wrapUpCall = async (context: CommandContext, id: bigint, given: WrapUp): Promise<void> => {
  const call = await lockCall(context, id);
  const links = await linkOf(context, call, given);
  await written(context, call, { code: given.code, note: given.note }, links);
};

export type CaseOfCall = Pick<NewTicket, "category" | "severity" | "fields" | "callerName"> &
  Place & { readonly summary?: string | undefined; readonly note: string };

export type OpenedCase = {
  readonly ticketId: bigint;
  readonly ticketNo: string;
  readonly opened: boolean;
  readonly notTaken: readonly string[];
};

/** Of what was typed for a call that has its case already: the fields in which the case stays different. */
const notTakenOf = (ticket: Ticket, call: CallRow, wanted: CaseOfCall): readonly string[] => {
  const differs = <T>(typed: T | undefined, kept: T | null): boolean =>
    typed !== undefined && !isDeepStrictEqual(typed, kept);
  const differing: Readonly<Record<string, boolean>> = {
    category: differs(wanted.category, ticket.categoryCode),
    severity: differs(wanted.severity, ticket.severity),
    summary: differs(wanted.summary, ticket.summary),
    callerName: differs(wanted.callerName, ticket.callerName),
    fields: Object.entries(wanted.fields ?? {}).some(([name, typed]) => differs(typed, ticket.fields[name])),
    accountNo: wanted.accountNo !== undefined && call.accountId !== ticket.accountId,
    buildingId: differs(wanted.buildingId, ticket.buildingId),
    addressText: differs(wanted.addressText, ticket.addressText),
  };
  return Object.keys(differing).filter((field) => differing[field] === true);
};

/**
 * A case of this call, in one step: bound, opened, linked and written down. Repeating is safe: a call opens one case, and
 * what is typed for a second one is not taken and said so.
 * @throws DomainError `call.not-found`, `account.not-found`, `building.not-found`, and what opening a case refuses
 */
export const openCaseOfCall = async (
  context: CommandContext,
  id: bigint,
  wanted: CaseOfCall,
): Promise<OpenedCase> => {
  const { accountNo, buildingId, addressText, note, summary = "", ...rest } = wanted;
  const isPlaced = accountNo !== undefined || buildingId !== undefined || addressText !== undefined;
  if (isPlaced) await bindCall(context, id, { accountNo, buildingId, addressText });
  const call = await lockCall(context, id);
  const ticket = await openTicket(context, {
    ...rest,
    summary,
    channel: "phone",
    sourceKey: `call:${id}`,
    accountId: call.accountId ?? undefined,
    buildingId: call.accountId === null ? (call.buildingId ?? undefined) : undefined,
    addressText: call.addressText === "" ? undefined : call.addressText,
    callerNumber: call.number ?? undefined,
  });
  if (ticket.opened) {
    await addEntry(context, ticket.ticketId, { kind: "call", ref: `call:${id}` });
  }
  await written(context, call, { code: "case", note }, { ...NO_LINKS, ticketId: ticket.ticketId });
  const kept = ticket.opened ? null : await ticketOfId(context.sql, ticket.ticketId);
  return { ...ticket, notTaken: kept === null ? [] : notTakenOf(kept, call, wanted) };
};
