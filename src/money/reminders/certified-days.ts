/** Days of channels that their banks have certified: what lists of debtors wait for. */
import { addDays, type Day, day as dayOf } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import {
  findLastCertified,
  findUncertified,
  insertCertifiedDay,
  type Uncertified,
} from "./certified-queries.ts";

/**
 * Notes that a channel's day has its certificate; called by the room that issues it, in the same transaction. Repeating is
 * safe.
 */
export const noteCertifiedDay = async (
  context: CommandContext,
  channelId: number,
  day: Day,
): Promise<void> => {
  await insertCertifiedDay(context.sql, { channelId, day, now: context.now });
};

/**
 * What still stands between a day and its lists: active channels with files that have not certified it, and counter shifts
 * of that day that are not closed. Empty = all of the day's money is known.
 */
export const collectionsNotCertified = (sql: Sql, day: Day): Promise<Uncertified[]> =>
  findUncertified(sql, day);

/** How far back a day is looked for whose money is all known. */
const SEARCHED_DAYS = 180;

/** The last day up to this one whose money is all known; null when there is none within half a year. */
export const lastCertifiedDay = async (sql: Sql, until: Day): Promise<Day | null> => {
  const found = await findLastCertified(sql, { from: addDays(until, -SEARCHED_DAYS), until });
  return found === null ? null : dayOf(found.day);
};

/** @throws DomainError `arrears.not-certified` with what is waited for */
export const requireCertified = async (sql: Sql, wanted: Day): Promise<void> => {
  const waiting = await collectionsNotCertified(sql, wanted);
  if (waiting.length === 0) return;
  const tills = waiting.filter(({ why }) => why === "shift-open").length;
  const channels = waiting.length - tills;
  const said = [
    ...(channels === 0 ? [] : [`${channels} collecting channels have not certified ${wanted}`]),
    ...(tills === 0 ? [] : [`${tills} tills have a shift of ${wanted} that is not closed`]),
  ];
  fail("arrears.not-certified", said.join(", and "), {
    field: "asOf",
    remedy: "wait for their certificates, or ask for an earlier day",
    facts: { day: wanted, channels, tills, waiting: waiting.map(({ channel, why }) => `${channel}: ${why}`) },
  });
};
