/** Which events a listener asked for, and which of them it may hear. */
import { type Actor, can } from "#src/platform/actor.ts";
import type { LiveRow } from "#src/platform/live-queries.ts";

/** Topics or their first words (`hotline` is all of `hotline.board`, `hotline.pop`); null is everything. */
export type Topics = readonly string[] | null;

const isWanted = (topic: string, topics: Topics): boolean =>
  topics === null || topics.some((wanted) => topic === wanted || topic.startsWith(`${wanted}.`));

/** What could be for this listener whatever its rights are now: the cheap question before the dear one. */
export const isCandidate = (row: LiveRow, actor: Actor, topics: Topics): boolean =>
  isWanted(row.topic, topics) &&
  (row.audience !== "staff" || (actor.kind === "staff" && actor.id === row.staffId));

/** By the rights of this moment. A machine that is bound to accounts hears nothing: events know no accounts. */
export const mayHear = (row: LiveRow, actor: Actor): boolean => {
  if (actor.scope.kind === "accounts") return false;
  if (row.permission !== null && !can(actor, row.permission)) return false;
  switch (row.audience) {
    case "everyone":
      return true;
    case "staff":
      return actor.kind === "staff" && actor.id === row.staffId;
    case "area":
      return (
        actor.scope.kind === "everything" || (row.areaId !== null && actor.scope.areaIds.includes(row.areaId))
      );
  }
};
