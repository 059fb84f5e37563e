/** What a killed process left of a bill run is finished by the timetable: nobody has to notice. */
import { DomainError } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
import { tryEach } from "#src/platform/try-each.ts";
import { issueBillRun } from "./issue-bill-run.ts";
import { findUnfinishedSeasons } from "./run-queries.ts";

/**
 * Finishes interrupted runs; one that a living process works on is passed over, and no new one is begun. What was decided about the
 * run (its day, who started and who approved it) stays. Repeating is safe.
 * @returns how many were finished
 * @throws AggregateError the runs that could not be finished, when all were tried
 */
export const resumeBillRuns = async (
  platform: Pick<Platform, "database" | "commands" | "clock">,
  actor: Actor,
): Promise<number> => {
  let finished = 0;
  const due = await findUnfinishedSeasons(platform.database.sql);
  await tryEach(
    due,
    (season) => `bill run of ${season}`,
    async (season) => {
      try {
        const { runId } = await issueBillRun(platform, { actor, season, onlyUnfinished: true });
        if (runId !== null) finished += 1;
      } catch (error) {
        if (!(error instanceof DomainError) || error.code !== "bill-run.in-progress") throw error;
      }
    },
  );
  return finished;
};
