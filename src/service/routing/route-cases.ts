/** Gives cases to people: plans, then writes. A case always ends with an owner: a person, or the role of a desk. */
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import { canonicalJson, type CommandContext } from "#src/platform/command.ts";
import { addEntry, setOwners } from "#src/service/tickets/index.ts";
import { type PlannedRoute, planRoutes, type WantedRoute } from "./plan-routes.ts";
import { findNames, insertAssignments, type NewAssignment } from "./queries.ts";
import { explainBoundary, isWorthALine, lineOf } from "./words.ts";

const assignmentOf = (plan: PlannedRoute): NewAssignment => ({
  ticketId: plan.facts.ticketId,
  cause: plan.wanted.cause.cause,
  causeKey: plan.wanted.causeKey,
  rule: plan.decision.rule,
  tableId: plan.tableId,
  precedentId: plan.decision.precedentId,
  reassignmentId: plan.wanted.reassignmentId ?? null,
  boundary: plan.facts.boundary,
  stationId: plan.facts.stationId,
  level: plan.decision.level,
  role: plan.decision.role,
  areaId: plan.areaId,
  staffId: plan.walk.staffId,
  explanation: explainBoundary(plan.facts),
  chain: plan.walk.chain,
  reason: plan.wanted.reason ?? null,
});

const writeLine = async (
  context: CommandContext,
  plan: PlannedRoute,
  assignmentId: bigint,
  names: ReadonlyMap<bigint, string>,
): Promise<void> => {
  const explanation = explainBoundary(plan.facts);
  if (!isWorthALine(plan.wanted.cause.cause, plan.decision.rule, explanation)) return;
  await addEntry(context, plan.facts.ticketId, {
    kind: "route",
    text: lineOf({
      roleName: plan.role.name,
      roleNameEn: plan.role.nameEn,
      level: plan.decision.level,
      rule: plan.decision.rule,
      personName: plan.walk.staffId === null ? null : (names.get(plan.walk.staffId) ?? null),
      explanation,
      reason: plan.wanted.said?.["zh-CN"] ?? plan.wanted.reason ?? null,
      reasonEn: plan.wanted.said?.en ?? plan.wanted.reasonEn ?? plan.wanted.reason ?? null,
    }),
    details: { assignmentId: String(assignmentId), rule: plan.decision.rule, role: plan.decision.role },
    ref: `assignment:${assignmentId}`,
  });
};

/** Writes what was planned: the owner, the assignment with its chain, and the line on the timeline. Repeating adds nothing. */
export const carryOutRoutes = async (
  context: CommandContext,
  plans: readonly PlannedRoute[],
): Promise<void> => {
  if (plans.length === 0) return;
  const rows = canonicalJson(plans.map(assignmentOf));
  const inserted = await insertAssignments(context.sql, {
    rows,
    now: context.now,
    by: staffIdOf(context.actor),
  });
  const ids = new Map(inserted.map((row) => [row.ticketId, row.id]));
  const people = [...new Set(plans.flatMap(({ walk }) => (walk.staffId === null ? [] : [walk.staffId])))];
  const needsNames = plans.some((plan) =>
    isWorthALine(plan.wanted.cause.cause, plan.decision.rule, explainBoundary(plan.facts)),
  );
  const names = needsNames ? await findNames(context.sql, people) : new Map<bigint, string>();
  const written = plans.flatMap((plan) => {
    const assignmentId = ids.get(plan.facts.ticketId);
    return assignmentId === undefined ? [] : [{ plan, assignmentId }];
  });
  const given = await setOwners(
    context,
    written.map(({ plan }) => ({
      ticketId: plan.facts.ticketId,
      staffId: plan.walk.staffId,
      role: plan.role.staffRole,
      areaId: plan.areaId,
      level: plan.decision.level,
    })),
  );
  const ended = given.find((one) => one.to === null);
  if (ended !== undefined) {
    fail("ticket.refused", `a case is ${ended.from} since it was looked at`, {
      facts: { ticketId: String(ended.ticketId), from: ended.from },
    });
  }
  // Sent one behind the other on the one connection, without waiting for each answer.
  await Promise.all(written.map(({ plan, assignmentId }) => writeLine(context, plan, assignmentId, names)));
};

/** Plans and writes. @returns how many cases were given to somebody by this call */
export const routeCases = async (
  context: CommandContext,
  wanted: readonly WantedRoute[],
): Promise<PlannedRoute[]> => {
  const plans = await planRoutes(context, wanted);
  await carryOutRoutes(context, plans);
  return plans;
};
