/** What the menu needs only for a while. */
import type { Database } from "#src/platform/database.ts";
import { forgetInBatches, forgottenBefore } from "#src/platform/retention.ts";
import { removeCallerNumbers, removeReplies } from "./menu-queries.ts";
import { removeAttempts } from "./proof-queries.ts";

export const MENU_RETENTION_DAYS = {
  /** What a caller heard last, kept for a repeated message; it may have an amount in it. */
  menuReplies: 1,
  /** Who tried to prove himself: the longest bound counts a day, an inquiry looks back a month. */
  proofAttempts: 30,
  /** The caller's number of a call in the menu; the hotline's own row of the call has its own time. */
  menuNumbers: 90,
} as const;

/** Repeating is safe; `now` is the business clock. */
export const forgetMenu = async (
  database: Pick<Database, "bulk">,
  now: Date,
): Promise<Record<keyof typeof MENU_RETENTION_DAYS, number>> => {
  const forget = (days: number, remove: typeof removeReplies) =>
    forgetInBatches(database, (sql, limit) => remove(sql, { before: forgottenBefore(now, days), limit }));
  return {
    menuReplies: await forget(MENU_RETENTION_DAYS.menuReplies, removeReplies),
    proofAttempts: await forget(MENU_RETENTION_DAYS.proofAttempts, removeAttempts),
    menuNumbers: await forget(MENU_RETENTION_DAYS.menuNumbers, removeCallerNumbers),
  };
};
