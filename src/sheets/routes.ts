/** The sheets of the morning over HTTP. */
import { z } from "zod";
import { type Day, day as dayOf } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { renderPage, renderPdf } from "#src/office/documents/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { today } from "#src/platform/clock.ts";
import {
  dayIn,
  decodeCursor,
  defineRoute,
  pageFrom,
  pageIn,
  pageOf,
  type Platform,
  refuseCursor,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import type { Sql } from "#src/platform/sql.ts";
import {
  inOneMoment,
  makeSheet,
  type Report,
  REPORT_TAG as tag,
  reportOut,
  reportWord,
  SHEETS,
  type SheetName,
  spanOf,
  VALUE_WORDS,
  WHOLE_COMPANY_SHEETS,
  wordOut,
  wordsOf,
} from "#src/reports/index.ts";
import { adjustmentsOf } from "./adjustments.ts";
import { morningPage } from "./print.ts";
import { findSheets, listMailings, listReceivers, listSheetDays } from "./queries.ts";
import { addReceiver, removeReceiver, sendSheets } from "./send.ts";

const dayParams = z.strictObject({ day: dayIn });
const sheetParams = z.strictObject({ day: dayIn, sheet: z.enum(SHEETS) });
const isBound = (actor: Actor): boolean => actor.scope.kind !== "everything";

const days = defineRoute({
  method: "get",
  path: "/morning-sheets",
  permission: "report.read",
  tag,
  summary: "The days whose sheets are frozen, the latest first",
  query: pageIn,
  response: pageOf(
    z.object({
      day: z.string(),
      frozenAt: z.string(),
      sheets: z.array(z.object({ sheet: z.enum(SHEETS), red: z.boolean() })),
      mailed: z.int(),
    }),
  ),
  handle: async ({ platform, query }) => {
    const [before] = query.cursor === undefined ? [] : decodeCursor(query.cursor);
    if (before !== undefined && (typeof before !== "string" || !dayIn.safeParse(before).success))
      refuseCursor();
    const rows = await listSheetDays(platform.database.sql, {
      before: before === undefined ? null : dayOf(String(before)),
      limit: query.limit + 1,
    });
    return {
      body: pageFrom(
        rows,
        query.limit,
        (row) => [row.day],
        (row) => ({
          day: row.day,
          frozenAt: row.frozenAt.toISOString(),
          sheets: [...row.sheets],
          mailed: row.mailed,
        }),
      ),
    };
  },
});

/** @throws DomainError `report.whole-company`, `sheet.ahead` */
const requireReadable = (platform: Platform, actor: Actor, on: Day, sheet: SheetName): void => {
  if (WHOLE_COMPANY_SHEETS.includes(sheet) && isBound(actor))
    fail("report.whole-company", "this sheet is of the whole company, and your login is bound to areas", {
      remedy: "ask somebody who sees the whole company",
    });
  if (on > today(platform.clock)) fail("sheet.ahead", "this day has not come", { field: "day" });
};

const countNow = async (
  platform: Platform,
  actor: Actor,
  sql: Sql,
  on: Day,
  sheet: SheetName,
): Promise<Report> => {
  const asked = { from: on, to: on, today: today(platform.clock), now: platform.clock.now() };
  return makeSheet(sql, sheet, await spanOf(sql, actor, asked));
};

const show = defineRoute({
  method: "get",
  path: "/morning-sheets/{day}/{sheet}",
  permission: "report.read",
  tag,
  summary:
    "A sheet of a day: as it was frozen, or counted now when it is not; whoever is bound to areas sees it counted for those",
  params: sheetParams,
  response: z.object({
    day: z.string(),
    sheet: z.enum(SHEETS),
    title: wordOut,
    /** Null: counted now. */
    frozenAt: z.string().nullable(),
    asOf: z.string(),
    ofOwnAreas: z.boolean(),
    report: reportOut,
    words: z.record(z.string(), wordOut),
    values: z.record(z.string(), wordOut),
  }),
  handle: async ({ platform, actor, params }) => {
    const on = dayOf(params.day);
    requireReadable(platform, actor, on, params.sheet);
    return inOneMoment(platform, async (sql) => {
      const [frozen] = isBound(actor) ? [] : await findSheets(sql, on, params.sheet);
      const report =
        frozen === undefined
          ? await countNow(platform, actor, sql, on, params.sheet)
          : reportOut.parse(frozen.body);
      return {
        body: {
          day: on,
          sheet: params.sheet,
          title: reportWord(`sheet.${params.sheet}`),
          frozenAt: frozen?.frozenAt.toISOString() ?? null,
          asOf: (frozen?.frozenAt ?? platform.clock.now()).toISOString(),
          ofOwnAreas: isBound(actor),
          report,
          words: wordsOf(report),
          values: { ...VALUE_WORDS },
        },
      };
    });
  },
});

const adjustments = defineRoute({
  method: "get",
  path: "/morning-sheets/{day}/{sheet}/adjustments",
  permission: "report.read",
  tag,
  summary: "Where a frozen number and the same number counted now differ: what was corrected since",
  params: sheetParams,
  response: z.object({
    asOf: z.string(),
    items: z.array(
      z.object({
        grid: z.string(),
        row: z.string(),
        code: z.string(),
        kind: z.string(),
        frozen: z.union([z.int(), z.string()]).nullable(),
        now: z.union([z.int(), z.string()]).nullable(),
        word: wordOut,
      }),
    ),
  }),
  handle: async ({ platform, actor, params }) => {
    const on = dayOf(params.day);
    requireReadable(platform, actor, on, params.sheet);
    return inOneMoment(platform, async (sql) => {
      const [frozen] = isBound(actor) ? [] : await findSheets(sql, on, params.sheet);
      const items =
        frozen === undefined
          ? []
          : adjustmentsOf(
              reportOut.parse(frozen.body),
              await countNow(platform, actor, sql, on, params.sheet),
            );
      return {
        body: {
          asOf: platform.clock.now().toISOString(),
          items: items.map((item) => ({ ...item, word: reportWord(item.code) })),
        },
      };
    });
  },
});

const langQuery = z.strictObject({ lang: z.enum(["zh-CN", "en"]).default("zh-CN") });
const requireWhole = (actor: Actor): void => {
  if (isBound(actor))
    fail("report.whole-company", "this page is of the whole company, and your login is bound to areas", {
      remedy: "ask somebody who sees the whole company",
    });
};

const page = defineRoute({
  method: "get",
  path: "/morning-sheets/{day}/print",
  permission: "report.read",
  tag,
  summary: "The five sheets of a day on one page, to print",
  params: dayParams,
  query: langQuery,
  response: z.string(),
  produces: "text/html",
  handle: async ({ platform, actor, params, query: { lang } }) => {
    requireWhole(actor);
    const made = await morningPage(platform.database.sql, dayOf(params.day), platform.clock.now(), lang);
    return { body: renderPage(made, lang) };
  },
});

const pdf = defineRoute({
  method: "get",
  path: "/morning-sheets/{day}/print.pdf",
  permission: "report.read",
  tag,
  summary: "The five sheets of a day on one page, as PDF",
  params: dayParams,
  query: langQuery,
  response: z.instanceof(Buffer),
  produces: "application/pdf",
  handle: async ({ platform, actor, params, query: { lang } }) => {
    requireWhole(actor);
    const made = await morningPage(platform.database.sql, dayOf(params.day), platform.clock.now(), lang);
    return {
      headers: { "content-disposition": `inline; filename="morning-${params.day}.pdf"` },
      body: await renderPdf(made, lang),
    };
  },
});

const mailings = defineRoute({
  method: "get",
  path: "/morning-sheets/{day}/mailings",
  permission: "report.read",
  tag,
  summary: "To whom the page of a day went, and what became of each mail",
  params: dayParams,
  response: z.object({
    items: z.array(z.object({ name: z.string(), state: z.string(), queuedAt: z.string() })),
  }),
  handle: async ({ platform, actor, params }) => {
    requireWhole(actor);
    const rows = await listMailings(platform.database.sql, dayOf(params.day));
    return { body: { items: rows.map((row) => ({ ...row, queuedAt: row.queuedAt.toISOString() })) } };
  },
});

const send = defineRoute({
  method: "post",
  path: "/morning-sheets/{day}/mailings",
  permission: "report.settings",
  tag,
  summary: "Send the page of a day to the receivers who have not got it",
  params: dayParams,
  response: z.object({ queued: z.int() }),
  handle: async ({ platform, actor, params }) => {
    const { queued } = await sendSheets(platform, actor, dayOf(params.day));
    return { body: { queued } };
  },
});

const receiverOut = z.object({
  id: z.string(),
  name: z.string(),
  mail: z.string(),
  locale: z.enum(["zh-CN", "en"]),
  addedAt: z.string(),
});

const receivers: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/sheet-receivers",
    permission: "report.settings",
    tag,
    summary: "Who gets the page of the morning by mail",
    response: z.object({ items: z.array(receiverOut) }),
    handle: async ({ platform }) => ({
      body: {
        items: (await listReceivers(platform.database.sql)).map((row) => ({
          ...row,
          id: String(row.id),
          addedAt: row.addedAt.toISOString(),
        })),
      },
    }),
  }),
  defineRoute({
    method: "post",
    path: "/sheet-receivers",
    permission: "report.settings",
    tag,
    summary: "Send the page of the morning to this person too",
    body: z.strictObject({
      name: z.string().trim().min(1).max(60),
      mail: z.email().max(254),
      locale: z.enum(["zh-CN", "en"]).default("zh-CN"),
    }),
    response: z.object({ id: z.string() }),
    status: 201,
    idempotency: "optional",
    handle: async ({ platform, actor, requestId, idempotency, body }) => {
      const { result } = await platform.commands.run(
        { name: "sheets.add-receiver", actor, requestId, ...(idempotency && { idempotency }) },
        async (context) => ({ id: String(await addReceiver(context, body)) }),
      );
      return { body: result };
    },
  }),
  defineRoute({
    method: "post",
    path: "/sheet-receivers/{id}/end",
    permission: "report.settings",
    tag,
    summary: "Send it to this person no more",
    params: z.strictObject({ id: rowIdIn }),
    response: z.object({ id: z.string() }),
    handle: async ({ platform, actor, requestId, params: { id } }) => {
      await platform.commands.run({ name: "sheets.end-receiver", actor, requestId }, (context) =>
        removeReceiver(context, id),
      );
      return { body: { id: String(id) } };
    },
  }),
];

export const sheetRoutes: readonly Route[] = [
  days,
  page,
  pdf,
  mailings,
  send,
  show,
  adjustments,
  ...receivers,
];
