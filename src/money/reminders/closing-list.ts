/** The closing list (关阀名单) of a day. */
import type { Day } from "#src/kernel/day.ts";
import { fail, must } from "#src/kernel/errors.ts";
import { billingSeasonOf, findSeasons } from "#src/office/calendars/index.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { requireCertified } from "./certified-days.ts";
import {
  type ClosingList,
  type ClosingRow,
  findClosingList,
  findClosingListOf,
  insertClosingList,
} from "./list-queries.ts";

/** What a crew does at the door of a row now. */
export type Verdict = "close" | "paid" | "hold" | "closed-already";

export const verdictOf = (row: Pick<ClosingRow, "openNowFen" | "valveNow" | "holdsNow">): Verdict => {
  if (row.openNowFen === 0n) return "paid";
  if (row.holdsNow.length > 0) return "hold";
  return row.valveNow === "closed" || row.valveNow === "sealed" ? "closed-already" : "close";
};

/**
 * Makes the list of valves to close for what was unpaid at the end of `asOf`: homes of their own loop that were told by a valve notice
 * up to that day, have no hold and no payment in doubt. Waits for the certificates of all channels that collected on that day and for the shifts
 * of the counters. A day has one list; repeating answers it.
 * @throws DomainError `closing-list.day-not-over`, `closing-list.no-season`, `arrears.not-certified`
 */
export const makeClosingList = async (
  context: CommandContext,
  asOf: Day,
): Promise<{ readonly list: ClosingList; readonly made: boolean }> => {
  const { sql, today, now } = context;
  if (asOf >= today) {
    fail("closing-list.day-not-over", `${asOf} is not over`, {
      field: "asOf",
      remedy: "give a day of the past: who pays until its end is not on its list",
    });
  }
  const season = billingSeasonOf(await findSeasons(sql), asOf);
  if (season === null)
    fail("closing-list.no-season", `no season's bills are out on ${asOf}`, { field: "asOf" });
  await requireCertified(sql, asOf);
  const listId = await insertClosingList(sql, {
    seasonId: season.id,
    asOf,
    today,
    now,
    madeBy: staffIdOf(context.actor),
  });
  if (listId === null) {
    const known = await findClosingListOf(sql, { seasonId: season.id, asOf });
    return { list: must(known, "the list of this day"), made: false };
  }
  const list = must(await findClosingList(sql, listId), "the list that was made");
  context.audit({
    subject: `closing-list:${listId}`,
    details: { asOf, rows: list.rowCount, openFen: list.openFen },
  });
  return { list, made: true };
};
