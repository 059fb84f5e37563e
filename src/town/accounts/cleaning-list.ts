/** The cleaning list of the accounts that are there. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import { CLEANING_BOUNDS, type CleaningBounds, type Finding, findLiveFindings } from "./cleaning-queries.ts";

/**
 * What is probably wrong with the accounts as they are on a day: two accounts at one door, phase twins, odd areas, owners
 * without a usable number. A report, no refusal; a set-based read over every account that is not closed (about two
 * seconds at 260,000).
 */
export const cleaningList = (
  sql: Sql,
  day: Day,
  bounds: CleaningBounds = CLEANING_BOUNDS,
): Promise<Finding[]> => findLiveFindings(sql, day, bounds);
