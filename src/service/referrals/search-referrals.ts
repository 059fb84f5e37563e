/** The search box's share of this room: orders whose number an authority gave (外部编号). */
import type { Day } from "#src/kernel/day.ts";
import { toHalfWidth } from "#src/kernel/half-width.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { Sql } from "#src/platform/sql.ts";
import { reachOf } from "#src/service/tickets/index.ts";
import { findByOutsideNo, type FoundReferral } from "./queries.ts";

/** What people write before a number: `工单编号：`, `12345 ` stays, because it may be part of the number. */
const LABEL = /^(?:工单|受理|转办|信访|案件)?(?:编号|号)?\s*[:：]\s*/;

/**
 * The orders of a number within the actor's scope on `day`, the latest round first; several authorities may have given the same. None
 * for a text without a digit. Written whole, in full or half width, letters in whatever case. Reads only.
 */
export const searchReferrals = async (
  sql: Sql,
  actor: Actor,
  day: Day,
  text: string,
): Promise<readonly FoundReferral[]> => {
  const typed = text.trim().replace(LABEL, "");
  if (!/\d/.test(toHalfWidth(typed))) return [];
  const half = toHalfWidth(typed);
  const numbers = [...new Set([typed, half, half.toUpperCase(), half.toLowerCase()])];
  return findByOutsideNo(sql, { ...reachOf(actor, day), numbers });
};
