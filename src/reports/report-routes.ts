/** Boards, and the lists behind numbers, over HTTP. */
import { z } from "zod";
import { addDays, type Day, daysBetween } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { askExport, exportOut } from "#src/office/exports/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { today } from "#src/platform/clock.ts";
import {
  dayIn,
  defineRoute,
  idOfCursor,
  pageFrom,
  pageIn,
  type Platform,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import type { Sql } from "#src/platform/sql.ts";
import { exportIn } from "#src/platform/table-export.ts";
import { closureLedger, COLLECTION_BY, collectionBoard, serviceBoard } from "./boards.ts";
import { type Report, reportOut } from "./figures.ts";
import { type ListDefinition, COLUMN_KINDS } from "./lists/model.ts";
import { listExport } from "./list-export.ts";
import { readList, requireList } from "./read-list.ts";
import { readOneMoment } from "./moment-queries.ts";
import { lastSeasonSpan, type Narrowing, type Span, spanOf } from "./span.ts";
import { reportWord, VALUE_WORDS } from "./words.ts";

export const REPORT_TAG = "Reports 报表";
const MOST_DAYS = 400;

export const wordOut = z.object({ "zh-CN": z.string(), en: z.string() });

/** The words of every code in a report: figures, grids, columns, lists, findings. */
export const wordsOf = (report: Report): Record<string, z.infer<typeof wordOut>> => {
  const codes = new Set([
    ...report.figures.map(({ code }) => code),
    ...report.figures.flatMap(({ list }) => (list === null ? [] : [`list.${list.name}`])),
    ...report.grids.flatMap(({ code, columns }) => [`grid.${code}`, ...columns.map((column) => column.code)]),
    ...report.findings.map((finding) => `finding.${finding}`),
  ]);
  return Object.fromEntries([...codes].map((code) => [code, reportWord(code)]));
};

const narrowingIn = {
  area: rowIdIn.optional(),
  channel: z.string().max(40).optional(),
  category: z.string().max(40).optional(),
  authority: z.string().max(40).optional(),
  station: rowIdIn.optional(),
  class: z.string().max(40).optional(),
  staff: rowIdIn.optional(),
  alone: z.literal("yes").optional(),
  season: z
    .string()
    .regex(/^\d{4}$/, "a season")
    .transform(Number)
    .optional(),
};
const daysIn = {
  /** First and last day; yesterday unless said. */
  from: dayIn.optional(),
  to: dayIn.optional(),
};

type Days = {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The days of the same numbers in the season before. */
  readonly before?: "yes" | undefined;
};

/** The days that were asked for: one order, no future, no more than a year. */
const daysOf = (platform: Platform, query: Days): { readonly from: Day; readonly to: Day } => {
  const now = today(platform.clock);
  const to = (query.to ?? query.from ?? addDays(now, -1)) as Day;
  const from = (query.from ?? to) as Day;
  if (from > to) fail("figures.period", "the period ends before it begins", { field: "to" });
  if (to > now) fail("figures.period", "the period lies ahead", { field: "to" });
  if (daysBetween(from, to) > MOST_DAYS)
    fail("figures.period", `a period has ${MOST_DAYS} days at most`, { field: "from" });
  return { from, to };
};

const spanAsked = async (
  platform: Platform,
  actor: Actor,
  sql: Sql,
  query: Days & Narrowing,
): Promise<Span> => {
  const { from, to, before, ...narrowing } = query;
  const days = daysOf(platform, { from, to });
  const asked = { ...days, today: today(platform.clock), now: platform.clock.now() };
  const span = await spanOf(sql, actor, asked, narrowing);
  if (before === undefined) return span;
  return (
    (await lastSeasonSpan(sql, span)) ??
    fail("figures.period", "there is no season before this one", { field: "before" })
  );
};

/** On the connections for long work, so that a board takes none from a counter; all of it is of one moment. */
export const inOneMoment = <T>(platform: Platform, read: (sql: Sql) => Promise<T>): Promise<T> =>
  platform.database.bulk(async (sql) => {
    await readOneMoment(sql);
    return read(sql);
  });

const boardOut = z.object({
  from: z.string(),
  to: z.string(),
  /** When it was counted. */
  asOf: z.string(),
  report: reportOut,
  words: z.record(z.string(), wordOut),
  values: z.record(z.string(), wordOut),
});

const board = <Query extends z.ZodType<Days & Narrowing>>(
  path: string,
  summary: string,
  query: Query,
  make: (sql: Sql, span: Span, query: z.output<Query>) => Promise<Report>,
): Route =>
  defineRoute({
    method: "get",
    path,
    permission: "report.read",
    tag: REPORT_TAG,
    summary,
    query,
    response: boardOut,
    handle: async ({ platform, actor, query: asked }) =>
      inOneMoment(platform, async (sql) => {
        const span = await spanAsked(platform, actor, sql, {
          from: asked.from,
          to: asked.to,
          area: asked.area,
          category: asked.category,
        });
        const report = await make(sql, span, asked);
        return {
          body: {
            from: span.fromDay,
            to: span.toDay,
            asOf: platform.clock.now().toISOString(),
            report,
            words: wordsOf(report),
            values: { ...VALUE_WORDS },
          },
        };
      }),
  });

const boardIn = z.strictObject({ ...daysIn, area: narrowingIn.area, category: narrowingIn.category });

const boards: readonly Route[] = [
  board(
    "/boards/service",
    "Calls, lost calls and call-back minutes, clocks kept and broken, first-contact fix, satisfaction with its denominator",
    boardIn,
    (sql, span) => serviceBoard(sql, span),
  ),
  board(
    "/boards/collection",
    "What was collected of the season against the same day of the season before, by area, branch, manager or channel",
    boardIn.extend({ by: z.enum(COLLECTION_BY).default("branch") }),
    (sql, span, { by }) => collectionBoard(sql, span, by),
  ),
  board(
    "/boards/closures",
    "The ledger of what was reported and found and what is closed; a rate never says 100 while one is open",
    boardIn,
    (sql, span) => closureLedger(sql, span),
  ),
];

const listIn = {
  ...daysIn,
  before: z.literal("yes").optional(),
  part: z.string().max(40).optional(),
  ...narrowingIn,
};
const listParams = z.strictObject({ name: z.string().max(60) });

const columnsOf = (list: ListDefinition) =>
  Object.entries(list.columns).map(([code, kind]) => ({ code, kind, word: reportWord(code) }));

const rows = defineRoute({
  method: "get",
  path: "/report-lists/{name}",
  permission: "report.read",
  tag: REPORT_TAG,
  summary:
    "The list behind a number of a sheet or board, within the reader's areas; numbers of callers are masked",
  params: listParams,
  query: pageIn.extend(listIn),
  response: z.object({
    from: z.string(),
    to: z.string(),
    asOf: z.string(),
    title: wordOut,
    columns: z.array(z.object({ code: z.string(), kind: z.enum(COLUMN_KINDS), word: wordOut })),
    values: z.record(z.string(), wordOut),
    items: z.array(
      z.object({
        id: z.string(),
        cells: z.record(z.string(), z.union([z.string(), z.int()]).nullable()),
      }),
    ),
    nextCursor: z.string().nullable(),
  }),
  handle: async ({ platform, actor, params, query: { limit, cursor, part, ...asked } }) => {
    const { list, part: chosen } = requireList(actor, params.name, part);
    return inOneMoment(platform, async (sql) => {
      const span = await spanAsked(platform, actor, sql, asked);
      const found = await readList(sql, list, {
        ...span,
        part: chosen,
        beforeId: idOfCursor(cursor),
        limit: limit + 1,
      });
      return {
        body: {
          from: span.fromDay,
          to: span.toDay,
          asOf: platform.clock.now().toISOString(),
          title: reportWord(`list.${params.name}`),
          columns: columnsOf(list),
          values: { ...VALUE_WORDS },
          ...pageFrom(
            found,
            limit,
            (row) => [row.id],
            (row) => ({ id: row.id, cells: { ...row.cells } }),
          ),
        },
      };
    });
  },
});

const exported = defineRoute({
  method: "post",
  path: "/report-lists/{name}/export",
  permission: "report.export",
  stepUp: true,
  tag: REPORT_TAG,
  summary: "Ask for the same list as a table (CSV or XLSX), found under /exports; audited",
  params: listParams,
  body: z.strictObject({ ...listIn, ...exportIn }),
  response: exportOut,
  status: 202,
  idempotency: "optional",
  handle: async (asked) => {
    const { platform, actor } = asked;
    const { name } = asked.params;
    const { purpose, format, part, ...days } = asked.body;
    const { part: chosen } = requireList(actor, name, part);
    const span = await spanAsked(platform, actor, platform.database.sql, days);
    const word = reportWord(`list.${name}`);
    const when = span.fromDay === span.toDay ? span.toDay : `${span.fromDay}–${span.toDay}`;
    return askExport({ ...asked, body: { purpose, format } }, listExport, {
      subject: `report-list:${name}`,
      title: { "zh-CN": `${word["zh-CN"]} ${when}`, en: `${word.en} ${when}` },
      name: `${name}-${span.toDay}`,
      details: { from: span.fromDay, to: span.toDay, part: chosen },
      wanted: { ...span, list: name, part: chosen },
    });
  },
});

export const reportListRoutes: readonly Route[] = [...boards, rows, exported];
