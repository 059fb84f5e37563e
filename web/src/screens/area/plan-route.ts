/** The route of the day (今日路线): every building where something waits, in a sensible order to walk. */
import type { Building, Day, DayCase, DayVisit, Posting } from "./use-day.ts";

export type Stop = {
  readonly building: Building;
  readonly cases: readonly DayCase[];
  readonly visits: readonly DayVisit[];
  readonly postings: readonly Posting[];
  readonly valves: number;
  /** Null when nothing there has a time. */
  readonly dueAt: string | null;
};

const earliest = (times: readonly (string | null)[]): string | null => {
  const known = times.filter((time) => time !== null).toSorted();
  return known[0] ?? null;
};

/** Buildings that something waits in, as they come: the server names them in walking order within a community. */
const stopsOf = (day: Day): Stop[] =>
  day.buildings.map((building) => {
    const here = <T extends { readonly buildingId: string | null }>(rows: readonly T[]): T[] =>
      rows.filter(({ buildingId }) => buildingId === building.id);
    const [cases, visits, postings] = [here(day.cases), here(day.visits), here(day.postings)];
    return {
      building,
      cases,
      visits,
      postings,
      valves: here(day.valves).reduce((sum, { doors }) => sum + doors, 0),
      dueAt: earliest([
        ...cases.map(({ dueAt }) => dueAt),
        ...visits.map(({ slotFrom }) => slotFrom),
        ...postings.map(({ startsAt }) => startsAt),
      ]),
    };
  });

/**
 * A community is walked in one piece, building by building; the communities in the order of what is due first in them. Whoever
 * walked by deadlines alone would cross the town between two neighbours.
 */
export const planRoute = (day: Day): readonly Stop[] => {
  const groups = [...Map.groupBy(stopsOf(day), ({ building }) => building.communityId).values()];
  const dueOf = (group: readonly Stop[]): string => earliest(group.map(({ dueAt }) => dueAt)) ?? "9";
  return groups.toSorted((one, other) => (dueOf(one) < dueOf(other) ? -1 : 1)).flat();
};
