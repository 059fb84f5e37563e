/**
 * Of which days a file may be: days that have begun by the channel's day cut, and not of long ago. A wrong year is a slip of
 * the bank or of the hand, and a day that has not begun has no business.
 */
import { type Day, dayOfInstant, daysBetween } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { Sql } from "#src/platform/sql.ts";
import { spanOfDay } from "./day-queries.ts";

/** A season and its arrears: what is older comes with a word on where it counts. */
const OLDEST_DAYS = 400;

/** @throws DomainError `bank-day.not-begun` */
export const refuseNotBegun = async (
  sql: Sql,
  one: { readonly channelId: number; readonly day: Day; readonly now: Date; readonly field?: string },
): Promise<void> => {
  const { since } = await spanOfDay(sql, one.channelId, one.day);
  if (since <= one.now) return;
  fail("bank-day.not-begun", `the bank day ${one.day} has not begun`, {
    ...(one.field !== undefined && { field: one.field }),
    remedy: "look at the day that the file names, and at the business clock",
    facts: { bankDay: one.day, begins: since.toISOString() },
  });
};

export const isOfLongAgo = (day: Day, now: Date): boolean =>
  daysBetween(day, dayOfInstant(now)) > OLDEST_DAYS;

export const refuseOfLongAgo = (day: Day, field?: string): never =>
  fail("bank-day.too-old", `the bank day ${day} is more than ${OLDEST_DAYS} days ago`, {
    ...(field !== undefined && { field }),
    remedy: "say to which later day the file counts (forDay, --for-day), if it is right",
    facts: { bankDay: day },
  });
