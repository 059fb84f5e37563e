/** Routes of the lists: arrears and valves to close. Both wait for the certificates of their day. */
import { z } from "zod";
import { addDays, type Day, day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { billingSeasonOf, findSeasons } from "#src/office/calendars/index.ts";
import { askExport, exportOut } from "#src/office/exports/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { today } from "#src/platform/clock.ts";
import {
  dayIn,
  decodeCursor,
  defineRoute,
  fenJson,
  fenOut,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Platform,
  refuseCursor,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { exportIn } from "#src/platform/table-export.ts";
import { HOLD_KINDS } from "#src/town/accounts/index.ts";
import { lastCertifiedDay, requireCertified } from "./certified-days.ts";
import { makeClosingList, type ToldOfClosing, verdictOf } from "./closing-list.ts";
import { arrearsExport, type ArrearsWanted, closingExport } from "./list-export.ts";
import {
  type ArrearsRow,
  type ClosingList,
  type ClosingRow,
  findArrears,
  findClosingList,
  findClosingLists,
  findClosingRows,
  sumArrears,
} from "./list-queries.ts";

const tag = "Reminders 缴费通知";
const arrearsIn = {
  /** The day whose money must be certified; yesterday when left out. `last-certified`: the last one whose money is. */
  asOf: z.union([dayIn, z.literal("last-certified")]).optional(),
  /** `debts`: bills that are due; `open`: also those on offer. */
  of: z.enum(["debts", "open"]).default("open"),
};

const arrearsOut = z.object({
  accountNo: z.string(),
  address: z.string(),
  area: z.string().nullable(),
  manager: z.string().nullable(),
  openFen: fenOut,
  seasonFen: fenOut,
  dueFen: fenOut,
  oldestSeason: z.int(),
  stage: z.string().nullable(),
  /** As the ladder names it. */
  stageName: z.string().nullable(),
  stageNameEn: z.string().nullable(),
  holds: z.array(z.enum(HOLD_KINDS)),
});
const arrearsJson = (row: ArrearsRow) => ({
  accountNo: row.accountNo,
  address: row.address,
  area: row.area,
  manager: row.manager,
  openFen: fenJson(row.openFen),
  seasonFen: fenJson(row.seasonFen),
  dueFen: fenJson(row.dueFen),
  oldestSeason: row.oldestSeason,
  stage: row.stage,
  stageName: row.stageName,
  stageNameEn: row.stageNameEn,
  holds: [...row.holds],
});

const dayBefore = (platform: Platform): Day => addDays(today(platform.clock), -1);

/** The day that is asked for; where there is no certified one yesterday, which says what it waits for. */
const asOfOf = async (platform: Platform, wanted: string | undefined): Promise<Day> => {
  const yesterday = dayBefore(platform);
  if (wanted === undefined) return yesterday;
  if (wanted !== "last-certified") return day(wanted);
  return (await lastCertifiedDay(platform.database.sql, yesterday)) ?? yesterday;
};

const arrearsQuery = async (
  platform: Platform,
  actor: Actor,
  wanted: { readonly asOf?: string | undefined; readonly of: "debts" | "open" },
): Promise<{ readonly asOf: Day; readonly wanted: ArrearsWanted }> => {
  const { sql } = platform.database;
  const now = today(platform.clock);
  const asOf = await asOfOf(platform, wanted.asOf);
  await requireCertified(sql, asOf);
  const season = billingSeasonOf(await findSeasons(sql), now);
  return {
    asOf,
    wanted: {
      ...scopeBindings(actor.scope, now),
      season: season?.id ?? 0,
      day: now,
      onlyDue: wanted.of === "debts",
    },
  };
};

const arrearsRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/arrears",
    permission: "reminder.read",
    tag,
    summary: "Who has what to pay, when all money of the day is certified; what was paid since counts",
    query: pageIn.extend(arrearsIn),
    response: pageOf(arrearsOut).extend({
      asOf: z.string(),
      /** With the first page; null with the others: they are summed over every unpaid bill. */
      totals: z.object({ accounts: z.int(), openFen: fenOut }).nullable(),
    }),
    handle: async ({ platform, actor, query }) => {
      const { sql } = platform.database;
      const { asOf, wanted } = await arrearsQuery(platform, actor, query);
      const rows = await findArrears(sql, {
        ...wanted,
        afterAccount: idOfCursor(query.cursor) ?? 0n,
        limit: query.limit + 1,
      });
      const totals =
        query.cursor === undefined ? await platform.database.bulk((bulk) => sumArrears(bulk, wanted)) : null;
      return {
        body: {
          ...pageFrom(rows, query.limit, (row) => [String(row.accountId)], arrearsJson),
          asOf,
          totals: totals && { accounts: Number(totals.accounts), openFen: fenJson(totals.openFen) },
        },
      };
    },
  }),
  defineRoute({
    method: "post",
    path: "/arrears/export",
    permission: "reminder.read",
    stepUp: true,
    tag,
    summary:
      "Ask for the same as a table (CSV or XLSX): written in the background, found under /exports; audited",
    body: z.strictObject({ ...arrearsIn, ...exportIn }),
    response: exportOut,
    status: 202,
    idempotency: "optional",
    handle: async (asked) => {
      const { asOf, wanted } = await arrearsQuery(asked.platform, asked.actor, asked.body);
      return askExport(asked, arrearsExport, {
        subject: "arrears",
        title: { "zh-CN": `欠费清单 ${asOf}`, en: `Arrears ${asOf}` },
        name: `arrears-${asOf}`,
        details: { asOf, of: asked.body.of },
        wanted,
      });
    },
  }),
];

const listOut = z.object({
  id: z.string(),
  season: z.int(),
  asOf: z.string(),
  rows: z.int(),
  openFen: fenOut,
  madeAt: z.string(),
});
const listJson = (list: ClosingList) => ({
  id: String(list.id),
  season: list.seasonId,
  asOf: list.asOf,
  rows: list.rowCount,
  openFen: fenJson(list.openFen),
  madeAt: list.madeAt.toISOString(),
});

const closingRowOut = z.object({
  accountNo: z.string(),
  address: z.string(),
  area: z.string().nullable(),
  openFen: fenOut,
  notifiedOn: z.string(),
  /** The message that was delivered or the task whose result is `told`. */
  toldBy: z.string(),
  openNowFen: fenOut,
  valveNow: z.string(),
  holdsNow: z.array(z.enum(HOLD_KINDS)),
  /** What to do at the door now. */
  now: z.enum(["close", "paid", "hold", "closed-already"]),
});
const closingRowJson = (row: ClosingRow) => ({
  accountNo: row.accountNo,
  address: row.address,
  area: row.area,
  openFen: fenJson(row.openFen),
  notifiedOn: row.notifiedOn,
  toldBy: row.toldBy,
  openNowFen: fenJson(row.openNowFen),
  valveNow: row.valveNow,
  holdsNow: [...row.holdsNow],
  now: verdictOf(row),
});

const listParams = z.strictObject({ id: rowIdIn });

const requireList = async (platform: Platform, id: bigint): Promise<ClosingList> =>
  (await findClosingList(platform.database.sql, id)) ??
  fail("closing-list.not-found", "there is no such list", { field: "id" });

const cursorKey = z.tuple([rowIdIn, rowIdIn]);
const afterOf = (cursor: string | undefined): { afterAccount: bigint; afterPoint: bigint } => {
  if (cursor === undefined) return { afterAccount: 0n, afterPoint: 0n };
  const parsed = cursorKey.safeParse(decodeCursor(cursor));
  if (!parsed.success) return refuseCursor();
  return { afterAccount: parsed.data[0], afterPoint: parsed.data[1] };
};

const makeRoute = (toldOfClosing: ToldOfClosing): Route =>
  defineRoute({
    method: "post",
    path: "/closing-lists",
    permission: "reminder.run",
    tag,
    summary: "Make the closing list of a day that is over and certified; a day has one",
    body: z.strictObject({ asOf: dayIn.optional() }),
    response: z.object({
      made: z.boolean(),
      list: listOut,
      /** Not on it: notices and calls on their way, and doors to which somebody goes because none arrived. */
      untold: z.object({ waiting: z.int(), visits: z.int() }),
    }),
    handle: async ({ platform, actor, body, requestId }) => {
      const asOf = body.asOf === undefined ? dayBefore(platform) : day(body.asOf);
      const { result } = await platform.commands.run(
        { name: "closing-list.make", actor, requestId, pool: "bulk" },
        (context) => makeClosingList(context, asOf, toldOfClosing),
      );
      return { body: { made: result.made, list: listJson(result.list), untold: result.untold } };
    },
  });

const closingRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/closing-lists",
    permission: "reminder.read",
    tag,
    summary: "The closing lists, the latest first",
    query: pageIn,
    response: pageOf(listOut),
    handle: async ({ platform, query }) => {
      const rows = await findClosingLists(platform.database.sql, {
        beforeId: idOfCursor(query.cursor),
        limit: query.limit + 1,
      });
      return { body: pageFrom(rows, query.limit, (list) => [String(list.id)], listJson) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/closing-lists/{id}/rows",
    permission: "reminder.read",
    tag,
    summary: "The homes of a list within the reader's areas, each with what to do at its door now",
    params: listParams,
    query: pageIn,
    response: pageOf(closingRowOut),
    handle: async ({ platform, actor, params, query }) => {
      const list = await requireList(platform, params.id);
      const now = today(platform.clock);
      const rows = await findClosingRows(platform.database.sql, {
        ...scopeBindings(actor.scope, now),
        ...afterOf(query.cursor),
        listId: list.id,
        day: now,
        limit: query.limit + 1,
      });
      const key = (row: ClosingRow) => [String(row.accountId), String(row.chargePointId)];
      return { body: pageFrom(rows, query.limit, key, closingRowJson) };
    },
  }),
  defineRoute({
    method: "post",
    path: "/closing-lists/{id}/export",
    permission: "reminder.read",
    stepUp: true,
    tag,
    summary: "Ask for a list as a table to take along (CSV or XLSX), found under /exports; audited",
    params: listParams,
    body: z.strictObject(exportIn),
    response: exportOut,
    status: 202,
    idempotency: "optional",
    handle: async (asked) => {
      const { platform, actor } = asked;
      const list = await requireList(platform, asked.params.id);
      const now = today(platform.clock);
      return askExport(asked, closingExport, {
        subject: `closing-list:${list.id}`,
        title: { "zh-CN": `关阀名单 ${list.asOf}`, en: `Closing list ${list.asOf}` },
        name: `closing-list-${list.asOf}`,
        wanted: { ...scopeBindings(actor.scope, now), listId: list.id, day: now, rowCount: list.rowCount },
      });
    },
  }),
];

export const listRoutes = (toldOfClosing: ToldOfClosing): readonly Route[] => [
  ...arrearsRoutes,
  makeRoute(toldOfClosing),
  ...closingRoutes,
];
