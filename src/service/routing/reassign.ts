/**
 * Moving a person's open cases to others (改派): looked at first, then moved in chunks. `previewed > moving > moved`; a kill
 * goes on behind the cursor. Each case keeps its role and level and gets a chain of its own; one audit row a chunk.
 */
import { fail } from "#src/kernel/errors.ts";
import { type Actor, PERMISSIONS, staffIdOf } from "#src/platform/actor.ts";
import { canonicalJson, type CommandContext } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import { type PlannedRoute, planRoutes, type WantedRoute } from "./plan-routes.ts";
import { findNames, findOpenCasesOf, findPerson, findRolesOfOpenCases, type Person } from "./queries.ts";
import {
  advanceReassignment,
  findReassignment,
  insertReassignment,
  lockReassignment,
  type Reassignment,
} from "./reassignment-queries.ts";
import { carryOutRoutes } from "./route-cases.ts";

const MOST_PREVIEWED = 2000;
const CHUNK = 100;

export type ReassignmentPreview = {
  readonly cases: number;
  /** Who would get how many; null: the list of a role. */
  readonly to: readonly {
    readonly staffId: string | null;
    readonly name: string | null;
    readonly cases: number;
  }[];
  /** More than are counted out here. */
  readonly more: boolean;
};

const wantedOf = (
  order: {
    readonly id: bigint;
    readonly fromStaffId: bigint;
    readonly toStaffId: bigint | null;
    readonly reason: string;
  },
  ticketIds: readonly bigint[],
): WantedRoute[] =>
  ticketIds.map((ticketId) => ({
    ticketId,
    causeKey: `reassignment:${order.id}`,
    cause: { cause: "reassigned", fromStaffId: order.fromStaffId, toStaffId: order.toStaffId },
    reason: order.reason,
    reassignmentId: order.id,
  }));

const summarise = async (
  context: CommandContext,
  plans: readonly PlannedRoute[],
  more: boolean,
): Promise<ReassignmentPreview> => {
  const counts = new Map<bigint | null, number>();
  for (const { walk } of plans) counts.set(walk.staffId, (counts.get(walk.staffId) ?? 0) + 1);
  const names = await findNames(
    context.sql,
    [...counts.keys()].filter((id) => id !== null),
  );
  const to = [...counts]
    .map(([staffId, cases]) => ({
      staffId: staffId === null ? null : String(staffId),
      name: staffId === null ? null : (names.get(staffId) ?? null),
      cases,
    }))
    .toSorted((one, other) => other.cases - one.cases);
  return { cases: plans.length, to, more };
};

/** Who may finish any case may be given any. The others (a cashier, finance) have cases of their own role, and can end no other. */
const FINISHERS: readonly string[] = PERMISSIONS["ticket.close"];
const WORKERS: readonly string[] = PERMISSIONS["ticket.write"];

type Given = { readonly role: string; readonly cases: number };

/** @throws DomainError `reassign.not-available`, `reassign.no-cases`, `reassign.other-role` all name the person */
const requireTaker = (login: string, taker: Person | null, given: readonly Given[]): Person => {
  if (taker === null) fail("staff.not-found", "there is no such login", { field: "to" });
  if (taker.disabled || taker.onLeave) {
    fail("reassign.not-available", `${taker.name} (${login}) is ${taker.disabled ? "disabled" : "away"}`, {
      field: "to",
      remedy: "name somebody who is there, or nobody: then routing finds them",
    });
  }
  const holds = (roles: readonly string[]): boolean => taker.roles.some((role) => roles.includes(role));
  const remedy = `name somebody with one of these roles: ${FINISHERS.join(", ")}; or nobody: then routing finds them`;
  if (!holds(WORKERS)) {
    const why = `${taker.name} (${login}) has no role that works on cases`;
    fail("reassign.no-cases", why, { field: "to", remedy });
  }
  const strange = holds(FINISHERS) ? [] : given.filter(({ role }) => !taker.roles.includes(role));
  if (strange.length > 0) {
    const cases = strange.reduce((sum, one) => sum + one.cases, 0);
    const whose = strange.map(({ role }) => role).join(", ");
    fail(
      "reassign.other-role",
      `${taker.name} (${login}) works as ${taker.roles.join(", ")} and cannot finish ${cases} of these cases, which are for ${whose}`,
      { field: "to", remedy, facts: { cases } },
    );
  }
  return taker;
};

/**
 * Says who would get a person's open cases, and keeps that as an order that can be carried out. Moves nothing.
 * @throws DomainError `staff.not-found`, `reassign.same-person`, `reassign.not-available`, `reassign.no-cases`, `reassign.other-role`,
 *   `reassign.nothing`
 */
export const previewReassignment = async (
  context: CommandContext,
  wanted: { readonly from: string; readonly to: string | null; readonly reason: string },
): Promise<{ readonly id: bigint; readonly preview: ReassignmentPreview }> => {
  const { sql, today } = context;
  const giver = await findPerson(sql, { login: wanted.from, day: today });
  if (giver === null) fail("staff.not-found", "there is no such login", { field: "from" });
  if (wanted.to === wanted.from) fail("reassign.same-person", "these are the same person", { field: "to" });
  const taker =
    wanted.to === null
      ? null
      : requireTaker(
          wanted.to,
          await findPerson(sql, { login: wanted.to, day: today }),
          await findRolesOfOpenCases(sql, { staffId: giver.id, afterId: 0n }),
        );
  const ticketIds = await findOpenCasesOf(sql, { staffId: giver.id, afterId: 0n, limit: MOST_PREVIEWED + 1 });
  if (ticketIds.length === 0) fail("reassign.nothing", "this person has no open case", { field: "from" });
  const order = { id: 0n, fromStaffId: giver.id, toStaffId: taker?.id ?? null, reason: wanted.reason };
  const plans = await planRoutes(context, wantedOf(order, ticketIds.slice(0, MOST_PREVIEWED)));
  const preview = await summarise(context, plans, ticketIds.length > MOST_PREVIEWED);
  const { id } = await insertReassignment(sql, {
    ...order,
    cases: preview.cases,
    preview: canonicalJson(preview),
    now: context.now,
    by: staffIdOf(context.actor),
  });
  context.audit({
    subject: `reassignment:${id}`,
    details: { from: giver.id, to: taker?.id ?? null, cases: preview.cases },
  });
  return { id, preview };
};

/** One chunk; false when nothing is left. */
const moveChunk = async (context: CommandContext, id: bigint): Promise<boolean> => {
  const { sql } = context;
  const order = await lockReassignment(sql, id);
  if (order === null) fail("reassign.not-found", "there is no such reassignment");
  if (order.state === "moved") return false;
  // Between the preview and now somebody may have left, or changed the desk.
  const { toLogin } = order;
  if (toLogin !== null) {
    const behind = { staffId: order.fromStaffId, afterId: order.cursorTicketId };
    const given = await findRolesOfOpenCases(sql, behind);
    requireTaker(toLogin, await findPerson(sql, { login: toLogin, day: context.today }), given);
  }
  const ticketIds = await findOpenCasesOf(sql, {
    staffId: order.fromStaffId,
    afterId: order.cursorTicketId,
    limit: CHUNK,
  });
  const plans = await planRoutes(context, wantedOf(order, ticketIds));
  // One audit row tells the chunk; the timeline and the assignment of each case tell the rest.
  await carryOutRoutes({ ...context, audit: () => undefined }, plans);
  const state = ticketIds.length < CHUNK ? "moved" : "moving";
  const cursor = ticketIds.at(-1) ?? order.cursorTicketId;
  await advanceReassignment(sql, { id, state, cursor, moved: plans.length, now: context.now });
  if (plans.length > 0) {
    context.audit({
      subject: `reassignment:${id}`,
      details: { moved: plans.length, fromTicket: ticketIds[0], toTicket: cursor },
    });
  }
  return state === "moving";
};

/**
 * Moves what was previewed, and what has come since. Repeating is safe, also after a kill and by two at once: the order's
 * row is locked by each chunk, and what was moved is not moved again.
 * @throws DomainError `reassign.not-found`, `reassign.not-available`, `reassign.no-cases`, `reassign.other-role`
 */
export const carryOutReassignment = async (
  platform: Platform,
  actor: Actor,
  id: bigint,
  requestId?: string,
): Promise<Reassignment> => {
  for (;;) {
    const { result: goesOn } = await platform.commands.run(
      { name: "routing.reassign", actor, ...(requestId !== undefined && { requestId }) },
      (context) => moveChunk(context, id),
    );
    if (!goesOn) break;
  }
  const done = await findReassignment(platform.database.sql, id);
  return done ?? fail("reassign.not-found", "there is no such reassignment");
};
