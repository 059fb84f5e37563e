/**
 * A case that says of itself something else than before (更正诉求) is looked at again: whose it would be by its category and place
 * now. It moves only when that is another role, or another area; and never against somebody's word: what was ruled, and what
 * a person gave to a person by name, stays.
 */
import type { CommandContext } from "#src/platform/command.ts";
import { lockAreasOfCases } from "./facts-queries.ts";
import { planRoutes, type WantedRoute } from "./plan-routes.ts";
import { findLastAssignment, findStandingDecision } from "./queries.ts";
import { carryOutRoutes } from "./route-cases.ts";
import { RULING_DESK } from "./vocabulary.ts";

const PLACE = ["accountId", "premisesId", "buildingId"];

/** What of a correction routing looks at; the names are those of `ticket.corrected`. */
const changesOf = (changed: readonly string[]) => ({
  category: changed.includes("categoryCode"),
  place: PLACE.some((name) => changed.includes(name)),
});

/** Not opened yet for routing, or only waiting to be closed. */
const RESTING = ["new", "resolved"];

/**
 * Routes a corrected case anew when its role or area changes. Repeating is safe: its key routes it once. A case that
 * nobody has yet is left to its own cause, which reads the corrected facts.
 * @param correction.key names the correction: the id of its event
 */
export const routeCorrected = async (
  context: CommandContext,
  ticketId: bigint,
  correction: { readonly key: string; readonly changed: readonly string[] },
): Promise<void> => {
  const changes = changesOf(correction.changed);
  if (!changes.category && !changes.place) return;
  const { sql, today } = context;
  await lockAreasOfCases(sql, { ticketIds: [ticketId], day: today });
  const last = await findLastAssignment(sql, ticketId);
  const standing = await findStandingDecision(sql, ticketId);
  if (last === null || standing === null || last.role === RULING_DESK) return;
  if (standing.rule === "ruling" || standing.isNamed) return;
  const wanted: WantedRoute = {
    ticketId,
    causeKey: `corrected:${correction.key}`,
    // A case that was taken a level up stays there; one that only no row covered begins where its channel does.
    cause: { cause: "corrected", level: standing.rule === "level-up" ? last.level : null },
    reason: changes.category
      ? "诉求分类更正 The category was put right"
      : "诉求地点更正 The place was put right",
  };
  const [plan] = await planRoutes(context, [wanted]);
  if (plan === undefined || RESTING.includes(plan.facts.state)) return;
  const isElsewhere = changes.place && plan.areaId !== last.areaId;
  if (plan.decision.role === last.role && !isElsewhere) return;
  await carryOutRoutes(context, [plan]);
};
