/**
 * The bounce guard (退回管控). Whoever has a case may give it back, with a reason of the list; the second return goes to the
 * ruling desk, which has a clock of its own; its ruling stands, and becomes a precedent that the next such case goes by.
 */
import { both } from "#src/kernel/words.ts";
import { fail } from "#src/kernel/errors.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { stopClock } from "#src/service/clocks/index.ts";
import { runTicketCommand } from "#src/service/tickets/index.ts";
import { findCaseFacts, lockAreasOfCases } from "./facts-queries.ts";
import {
  findDecidingRule,
  findLastAssignment,
  findReturnReasons,
  insertReturn,
  insertRuling,
  type LastAssignment,
  lockCase,
  type PrecedentScope,
  replacePrecedent,
} from "./queries.ts";
import { routeCases } from "./route-cases.ts";
import { findRoutingRoles } from "./table-queries.ts";
import { HEAD_OFFICE, type Level, RULING_DESK } from "./vocabulary.ts";

const CLOSED = ["closed", "cancelled", "merged"];

type Locked = NonNullable<Awaited<ReturnType<typeof lockCase>>>;

/** @throws DomainError `ticket.not-found`, `version.stale`, `routing.case-closed`, `routing.not-routed` */
const beginOn = async (
  context: CommandContext,
  ticketId: bigint,
  version: number | undefined,
): Promise<{ readonly locked: Locked; readonly last: LastAssignment }> => {
  const locked = await lockCase(context.sql, ticketId);
  if (locked === null) fail("ticket.not-found", "there is no such case");
  if (version !== undefined && version !== locked.version) {
    fail("version.stale", "somebody changed this case meanwhile", {
      field: "If-Match",
      remedy: "read it again and decide anew",
      facts: { version: locked.version },
    });
  }
  if (CLOSED.includes(locked.state)) {
    fail("routing.case-closed", `this case is ${locked.state}`, { facts: { state: locked.state } });
  }
  const last = await findLastAssignment(context.sql, ticketId);
  if (last === null || (locked.ownerId === null && locked.ownerRole === null)) {
    fail("routing.not-routed", "nobody has this case yet", { remedy: "wait a moment and read it again" });
  }
  return { locked, last };
};

/** Areas before cases, as the worker locks them. */
const lockArea = (context: CommandContext, ticketId: bigint): Promise<number> =>
  lockAreasOfCases(context.sql, { ticketIds: [ticketId], day: context.today });

/** The owner, whoever has the role while no person does, and a supervisor. */
const requireHolder = (actor: Actor, locked: Locked): void => {
  const isOwner = locked.ownerId !== null && locked.ownerId === staffIdOf(actor);
  const isOfRole = locked.ownerId === null && actor.roles.some((role) => role === locked.ownerRole);
  if (isOwner || isOfRole || actor.roles.includes("supervisor") || actor.kind === "cli") return;
  fail("routing.not-yours", "this case is on another list", {
    remedy: "ask whoever has it, or a supervisor",
  });
};

export type CaseReturn = {
  readonly ticketId: bigint;
  readonly reason: string;
  readonly words: string;
  readonly version?: number | undefined;
};

/**
 * Gives a case back. It is nobody's until routing has found the next one, a moment later. Locks the case.
 * @returns the number of this return
 * @throws DomainError `ticket.not-found`, `version.stale`, `routing.case-closed`, `routing.not-routed`, `routing.not-yours`,
 * `return.reason-unknown`, `return.at-ruling-desk`, `return.ruled`, `ticket.refused`
 */
export const returnCase = async (context: CommandContext, wanted: CaseReturn): Promise<number> => {
  const { locked, last } = await beginOn(context, wanted.ticketId, wanted.version);
  requireHolder(context.actor, locked);
  const reasons = (await findReturnReasons(context.sql)).filter((one) => one.active);
  const reason = reasons.find((one) => one.code === wanted.reason);
  if (reason === undefined) {
    fail("return.reason-unknown", "a return needs a reason of the list", {
      field: "reason",
      remedy: `one of ${reasons.map((one) => one.code).join(", ")}`,
    });
  }
  if (last.role === RULING_DESK) {
    fail("return.at-ruling-desk", "the ruling desk rules and does not return", { remedy: "rule on it" });
  }
  // Also when somebody else has it since, or it was opened again: only the person is another one then.
  if ((await findDecidingRule(context.sql, wanted.ticketId)) === "ruling") {
    fail("return.ruled", "this case came by a ruling, which stands", { remedy: "escalate it" });
  }
  await runTicketCommand(context, wanted.ticketId, "return", {
    text:
      wanted.words === ""
        ? both(reason.name, reason.nameEn)
        : both(`${reason.name}：${wanted.words}`, `${reason.nameEn}: ${wanted.words}`),
    details: { reason: reason.code, role: last.role, level: last.level },
  });
  const { number } = await insertReturn(context.sql, {
    ticketId: wanted.ticketId,
    reason: reason.code,
    words: wanted.words,
    role: last.role,
    level: last.level,
    staffId: last.staffId,
    now: context.now,
    by: staffIdOf(context.actor),
  });
  return number;
};

/**
 * Hands a case a level up: area > branch > company, at last head office. Locks the case.
 * @throws DomainError `ticket.not-found`, `version.stale`, `routing.case-closed`, `routing.not-routed`, `routing.not-yours`,
 * `routing.at-the-top`
 */
export const escalateCase = async (
  context: CommandContext,
  wanted: { readonly ticketId: bigint; readonly words: string; readonly version?: number | undefined },
): Promise<void> => {
  await lockArea(context, wanted.ticketId);
  const { locked, last } = await beginOn(context, wanted.ticketId, wanted.version);
  requireHolder(context.actor, locked);
  if (last.role === HEAD_OFFICE || last.role === RULING_DESK) {
    fail("routing.at-the-top", "there is nobody above");
  }
  await routeCases(context, [
    {
      ticketId: wanted.ticketId,
      cause: { cause: "escalated" },
      causeKey: `escalated:${last.id}`,
      reason: wanted.words,
    },
  ]);
};

export type Ruling = {
  readonly ticketId: bigint;
  readonly role: string;
  readonly level: Level;
  readonly words: string;
  /** For what else the ruling holds: such cases of this building, community or station; null: for this case only. */
  readonly precedent: PrecedentScope | null;
  readonly version?: number | undefined;
};

const requireRole = async (context: CommandContext, role: string): Promise<void> => {
  const roles = (await findRoutingRoles(context.sql)).filter((one) => one.code !== RULING_DESK);
  if (roles.some((one) => one.code === role)) return;
  fail("ruling.role-unknown", "a ruling names a role of routing", {
    field: "role",
    remedy: `one of ${roles.map((one) => one.code).join(", ")}`,
  });
};

const makePrecedent = async (context: CommandContext, ruling: Ruling): Promise<bigint | null> => {
  const scope = ruling.precedent;
  if (scope === null) return null;
  const [facts] = await findCaseFacts(context.sql, { ticketIds: [ruling.ticketId], day: context.today });
  const place = { building: facts?.buildingId, community: facts?.communityId, station: facts?.stationId }[
    scope
  ];
  if (facts === undefined || place === undefined || place === null) {
    fail("ruling.no-place", `this case lies in no known ${scope}`, {
      field: "precedent",
      remedy: "rule for this case only",
    });
  }
  return replacePrecedent(context.sql, {
    category: facts.category,
    boundary: facts.boundary,
    buildingId: scope === "building" ? place : null,
    communityId: scope === "community" ? place : null,
    stationId: scope === "station" ? place : null,
    role: ruling.role,
    level: ruling.level,
    ticketId: ruling.ticketId,
    words: ruling.words,
    now: context.now,
    by: staffIdOf(context.actor),
  });
};

/**
 * Rules whose a case is: it goes there at once and is not returned again. Stops the clock of the ruling. A younger precedent
 * on the same facts takes the place of the older. Locks the case.
 * @throws DomainError `ticket.not-found`, `version.stale`, `routing.case-closed`, `routing.not-routed`, `ruling.not-at-desk`,
 * `ruling.role-unknown`, `ruling.no-place`
 */
export const ruleCase = async (
  context: CommandContext,
  ruling: Ruling,
): Promise<{ readonly rulingId: bigint; readonly precedentId: bigint | null }> => {
  await lockArea(context, ruling.ticketId);
  const { last } = await beginOn(context, ruling.ticketId, ruling.version);
  if (last.role !== RULING_DESK) {
    fail("ruling.not-at-desk", "this case does not lie at the ruling desk", { facts: { role: last.role } });
  }
  await requireRole(context, ruling.role);
  const precedentId = await makePrecedent(context, ruling);
  const { id: rulingId } = await insertRuling(context.sql, {
    ticketId: ruling.ticketId,
    role: ruling.role,
    level: ruling.level,
    words: ruling.words,
    precedentId,
    now: context.now,
    by: staffIdOf(context.actor),
  });
  await stopClock(context, ruling.ticketId, "ruling");
  context.audit({
    subject: `ticket:${ruling.ticketId}`,
    details: { rulingId, precedentId, role: ruling.role, level: ruling.level, scope: ruling.precedent },
  });
  await routeCases(context, [
    {
      ticketId: ruling.ticketId,
      cause: { cause: "ruled", role: ruling.role, level: ruling.level, precedentId },
      causeKey: `ruled:${rulingId}`,
      reason: ruling.words,
    },
  ]);
  return { rulingId, precedentId };
};
