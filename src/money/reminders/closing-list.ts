/** The closing list (关阀名单) of a day. */
import { addDays, type Day, instantOfDay } from "#src/kernel/day.ts";
import { fail, must } from "#src/kernel/errors.ts";
import { billingSeasonOf, findSeasons } from "#src/office/calendars/index.ts";
import { openTasks } from "#src/office/tasks/index.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import { requireCertified } from "./certified-days.ts";
import {
  type ClosingCandidate,
  type ClosingList,
  type ClosingRow,
  findClosingCandidates,
  findClosingList,
  findClosingListOf,
  insertClosingList,
  insertClosingRows,
} from "./list-queries.ts";

/** What a crew does at the door of a row now. */
export type Verdict = "close" | "paid" | "hold" | "closed-already";

export const verdictOf = (row: Pick<ClosingRow, "openNowFen" | "valveNow" | "holdsNow">): Verdict => {
  if (row.openNowFen === 0n) return "paid";
  if (row.holdsNow.length > 0) return "hold";
  return row.valveNow === "closed" || row.valveNow === "sealed" ? "closed-already" : "close";
};

/** The task of somebody who goes to a door to say that the valve will be closed: no message did. */
export const CLOSING_VISIT_KIND = "payment-visit";
/**
 * What came of a call or a visit. Told: somebody of the home heard it, or holds it in hand. Only that counts before a valve is closed; of
 * anything else the next list sends somebody to the door again.
 */
export const TELLING_RESULTS = ["told", "not-reached", "refused"] as const;
const VISIT_WITHIN_MS = 3 * 86_400_000;
const TASKS_AT_ONCE = 500;

export type Told = { readonly on: Day; readonly by: string };

/**
 * Asked of the room that sends. `told`: when and by what (`message:17`, `task:9`) each was surely told that its valve will be closed, by a
 * message that was delivered, a call or a visit whose result says so; `waiting`: those whose notice waits for people or its sender, or whom somebody is to ring. Whoever is in neither was
 * not reached.
 */
export type ToldOfClosing = (
  sql: Sql,
  query: { readonly accountIds: readonly bigint[]; readonly season: number; readonly until: Date },
) => Promise<{ readonly told: ReadonlyMap<bigint, Told>; readonly waiting: ReadonlySet<bigint> }>;

export type ClosingMade = {
  readonly list: ClosingList;
  readonly made: boolean;
  /** Unpaid and on the stage, and not on the list: their notice or call is on its way; nobody was reached, and somebody goes there. */
  readonly untold: { readonly waiting: number; readonly visits: number };
};

const visitsOf = (
  candidates: readonly ClosingCandidate[],
  season: number,
  now: Date,
): Parameters<typeof openTasks>[1] =>
  candidates.map(({ accountId, accountNo, areaId, visits }) => ({
    kind: CLOSING_VISIT_KIND,
    // A visit that reached nobody, or was taken back, is followed by another; one that is open is not.
    source: `account:${accountId}:season:${season}:visit:${visits + 1}`,
    title: `上门送达关阀告知：户号 ${accountNo}，通知未送达 Tell this home at its door that its valve will be closed: no notice arrived`,
    details: { season },
    results: TELLING_RESULTS,
    accountId,
    areaId: areaId ?? undefined,
    ownerRole: "area-manager" as const,
    dueAt: new Date(now.getTime() + VISIT_WITHIN_MS),
  }));

/**
 * Makes the list of valves to close for what was unpaid at the end of `asOf`: homes of their own loop that were surely told of it by then
 * (Civil Code 654: notice before a supply is cut), have no hold and no payment in doubt. Whom no notice reached is not on it: a
 * task sends somebody to the door, and once that one has told it the next list has them. Waits for the certificates of all channels that collected on
 * that day and for the shifts of the counters. A day has one list; repeating answers it.
 * @throws DomainError `closing-list.day-not-over`, `closing-list.no-season`, `arrears.not-certified`
 */
export const makeClosingList = async (
  context: CommandContext,
  asOf: Day,
  toldOfClosing: ToldOfClosing,
): Promise<ClosingMade> => {
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
  const ofDay = { seasonId: season.id, asOf };
  const listId = await insertClosingList(sql, { ...ofDay, now, madeBy: staffIdOf(context.actor) });
  if (listId === null) {
    const known = must(await findClosingListOf(sql, ofDay), "the list of this day");
    return { list: known, made: false, untold: { waiting: 0, visits: 0 } };
  }
  const candidates = await findClosingCandidates(sql, {
    season: season.id,
    day: asOf,
    today,
    visit: CLOSING_VISIT_KIND,
  });
  const { told, waiting } = await toldOfClosing(sql, {
    accountIds: candidates.map(({ accountId }) => accountId),
    season: season.id,
    until: instantOfDay(addDays(asOf, 1)),
  });
  await insertClosingRows(sql, { listId, season: season.id, day: asOf, told });
  const unreached = candidates.filter(({ accountId }) => !told.has(accountId) && !waiting.has(accountId));
  for (let from = 0; from < unreached.length; from += TASKS_AT_ONCE) {
    await openTasks(context, visitsOf(unreached.slice(from, from + TASKS_AT_ONCE), season.id, now));
  }
  const list = must(await findClosingList(sql, listId), "the list that was made");
  const untold = { waiting: waiting.size, visits: unreached.length };
  context.audit({
    subject: `closing-list:${listId}`,
    details: { asOf, rows: list.rowCount, openFen: list.openFen, ...untold },
  });
  return { list, made: true, untold };
};
