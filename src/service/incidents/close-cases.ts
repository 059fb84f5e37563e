/**
 * The cases of a closed incident, closed together (批量办结): each with the evidence that the incident's closing left on it, and each by
 * the same guards as one by one. What needs a call back, is somebody's own or misses something stays resolved, and is named.
 */
import { both } from "#src/kernel/words.ts";
import { DomainError, fail } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import { runTicketCommand } from "#src/service/tickets/index.ts";
import { countUnresolved, findResolvedCases, type ResolvedCase, type Stays } from "./close-cases-queries.ts";
import { requireAllWithin } from "./open-incident.ts";
import { findBuildingsEver, lockIncidentRow } from "./queries.ts";
import type { Incident } from "./schema.ts";
import { accessIncident } from "./update-incident.ts";

/** Cases a transaction. */
const CHUNK = 50;

export type StayingCase = { readonly ticketNo: string; readonly why: Stays };

export type CasesClosed = {
  readonly closed: number;
  readonly stayed: readonly StayingCase[];
  /** Where to go on; null when all were looked at. */
  readonly next: bigint | null;
  /** Not even resolved: the incident's closing has not reached them yet, or they were opened again. */
  readonly unresolved: number;
};

/** What a guard of the closing says of a case, as a reason to stay. */
const GUARDS: Readonly<Record<string, Stays>> = {
  "ticket.order-stands": "referral",
  // Of a case that was merged into it, or raised since it was looked at.
  "ticket.work-order-stands": "work-order",
  "ticket.fields-missing": "fields",
  "ticket.evidence-needed": "evidence",
  // Somebody has opened it again since it was looked at.
  "ticket.refused": "own",
};

/** Null: closed. The guards stand before the first write, so what they refuse has changed nothing. */
const closeOne = async (
  context: CommandContext,
  incident: Incident,
  one: ResolvedCase,
): Promise<Stays | null> => {
  if (one.why !== null) return one.why;
  try {
    await runTicketCommand(context, one.ticketId, "close", {
      closingClass: "solved",
      text: both(`随事件办结：${incident.evidence}`, `closed with its incident: ${incident.evidence}`),
      details: { incidentId: incident.id },
    });
    return null;
  } catch (error) {
    const why = error instanceof DomainError ? GUARDS[error.code] : undefined;
    if (why === undefined) throw error;
    return why;
  }
};

const requireClosed = async (context: CommandContext, id: bigint): Promise<Incident> => {
  await accessIncident(context, id);
  const incident =
    (await lockIncidentRow(context.sql, id)) ?? fail("incident.not-found", "there is no such incident");
  if (incident.state !== "closed") {
    fail("incident.not-closed", `this incident is ${incident.state}`, {
      remedy: "close it first, with what shows that it is over",
      facts: { state: incident.state },
    });
  }
  await requireAllWithin(context, await findBuildingsEver(context.sql, id));
  return incident;
};

const closeChunk = async (
  context: CommandContext,
  id: bigint,
  after: bigint,
  limit: number,
): Promise<Omit<CasesClosed, "unresolved">> => {
  const incident = await requireClosed(context, id);
  const cases = await findResolvedCases(context.sql, { incidentId: id, after, limit });
  const stayed: StayingCase[] = [];
  // Cases are locked by id, as everywhere; the cursor goes by membership.
  for (const one of cases.toSorted((a, b) => (a.ticketId < b.ticketId ? -1 : 1))) {
    const why = await closeOne(context, incident, one);
    if (why !== null) stayed.push({ ticketNo: one.ticketNo, why });
  }
  const closed = cases.length - stayed.length;
  context.audit({
    subject: `incident:${id}`,
    details: { casesClosed: closed, casesStayed: stayed.length, after },
  });
  return { closed, stayed, next: cases.length < limit ? null : (cases.at(-1)?.memberId ?? null) };
};

/**
 * Closes resolved cases of a closed incident, at most `limit` looked at, fifty a transaction. Repeating is safe, also after a kill: what
 * is closed is not looked at again, and what stays is named again.
 * @throws DomainError `incident.not-found`, `incident.not-closed`, `incident.beyond-scope`
 */
export const closeCases = async (
  platform: Platform,
  actor: Actor,
  id: bigint,
  wanted: { readonly after: bigint; readonly limit: number; readonly requestId?: string | undefined },
): Promise<CasesClosed> => {
  const { requestId } = wanted;
  let [closed, looked, next]: [number, number, bigint | null] = [0, 0, wanted.after];
  const stayed: StayingCase[] = [];
  while (next !== null && looked < wanted.limit) {
    const after: bigint = next;
    const size = Math.min(CHUNK, wanted.limit - looked);
    const { result } = await platform.commands.run(
      { name: "incident.close-cases", actor, ...(requestId !== undefined && { requestId }) },
      (context) => closeChunk(context, id, after, size),
    );
    closed += result.closed;
    stayed.push(...result.stayed);
    looked += size;
    next = result.next;
  }
  return { closed, stayed, next, unresolved: await countUnresolved(platform.database.sql, id) };
};
