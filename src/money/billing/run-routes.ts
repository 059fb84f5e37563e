/** Routes of the bill run: preview, its lists, issue, state, and what falls due. */
import { z } from "zod";
import { day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { today } from "#src/platform/clock.ts";
import {
  dayIn,
  defineRoute,
  encodeCursor,
  fenJson,
  fenOut,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import { askedAboutRun, requestRun, runNeedsTwo } from "./approve-run.ts";
import { requireWholeCompany } from "./check-run.ts";
import { fallDue } from "./fall-due.ts";
import { issueBillRun } from "./issue-bill-run.ts";
import { previewBillRun, previewPages, previewRecord } from "./preview.ts";
import { PREVIEW_GROUPS } from "./preview-queries.ts";
import { findRun, listRuns } from "./run-queries.ts";
import {
  askedRunJson,
  issueJson,
  issueOut,
  listedRunJson,
  previewIn,
  previewJson,
  previewOut,
  previewRowOut,
  runIn,
  runJson,
  runListOut,
  runOut,
  runRequestIn,
  seasonIn,
} from "./schema.ts";

const tag = "Bills 账单";
const optionalDay = (text: string | undefined) => (text === undefined ? undefined : day(text));

const LIST_PAGE_ACCOUNTS = 200;
/** A group may be sparse: an answer looks at no more than so many pages of accounts, and has at least so many rows before that. */
const LIST_PAGES = 25;
const LIST_ROWS = 100;

const previewRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/bill-runs/preview",
    permission: "bill.run",
    tag,
    summary: "What a bill run would issue, for whom not and why, and what differs from last season",
    body: previewIn,
    response: previewOut,
    handle: async ({ platform, actor, body }) => {
      requireWholeCompany(actor);
      const preview = await platform.database.bulk((sql) =>
        previewBillRun(sql, { ...body, asOf: optionalDay(body.asOf), today: today(platform.clock) }),
      );
      return { body: previewJson(preview) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/bill-runs/preview/{group}",
    permission: "bill.run",
    tag,
    summary: "The charge points of one group of the preview, each with its reason; a page may be empty",
    params: z.strictObject({ group: z.enum(PREVIEW_GROUPS) }),
    query: z.strictObject({
      season: seasonIn,
      asOf: dayIn.optional(),
      limitBasisPoints: z.coerce.number().int().min(0).max(1_000_000).optional(),
      cursor: z.string().max(200).optional(),
    }),
    response: pageOf(previewRowOut),
    handle: async ({ platform, actor, params, query }) => {
      requireWholeCompany(actor);
      const pages = previewPages(platform.database.sql, {
        season: query.season,
        today: today(platform.clock),
        asOf: optionalDay(query.asOf),
        limitBasisPoints: query.limitBasisPoints,
        groups: [params.group],
        afterAccount: idOfCursor(query.cursor) ?? 0n,
        pageAccounts: LIST_PAGE_ACCOUNTS,
      });
      const items: z.input<typeof previewRowOut>[] = [];
      let toAccount: bigint | null = null;
      for (let looked = 0; looked < LIST_PAGES && items.length < LIST_ROWS; looked += 1) {
        const page = await pages.next();
        toAccount = page.done === true ? null : page.value.toAccount;
        if (page.done === true) break;
        items.push(...page.value.rows.map(previewRecord));
      }
      return {
        body: { items, nextCursor: toAccount === null ? null : encodeCursor([String(toAccount)]) },
      };
    },
  }),
];

const issueRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/bill-runs",
    permission: "bill.run",
    tag,
    summary: "Issue the bills of a season, or finish an interrupted run; answers when all are issued",
    body: runIn,
    response: issueOut,
    handle: async ({ platform, actor, body, requestId }) => {
      const result = await issueBillRun(platform, {
        actor,
        requestId,
        season: body.season,
        asOf: optionalDay(body.asOf),
        reissueCancelled: body.reissueCancelled,
        approvalId: body.approvalId,
        expected: {
          count: body.expectCount === undefined ? undefined : BigInt(body.expectCount),
          sumFen: body.expectSumFen,
        },
      });
      return { body: issueJson(result) };
    },
  }),
  defineRoute({
    method: "post",
    path: "/bill-runs/requests",
    permission: "bill.run",
    tag,
    summary:
      "Ask a second person for a bill run of exactly these figures; the same question again is not asked twice",
    body: runRequestIn,
    response: z.object({ approvalId: z.string() }),
    handle: async ({ platform, actor, body, requestId }) => {
      requireWholeCompany(actor);
      const { result } = await platform.commands.run(
        { name: "bill-run.request", actor, requestId },
        async (context) => ({
          approvalId: String(
            await requestRun(context, { ...body, asOf: day(body.asOf), count: BigInt(body.count) }),
          ),
        }),
      );
      return { body: result };
    },
  }),
  defineRoute({
    method: "get",
    path: "/bill-runs",
    permission: "bill.run",
    tag,
    summary: "Bill runs, the latest first, whether two people decide, and what waits for the second",
    query: pageIn.extend({ season: seasonIn.optional() }),
    response: runListOut,
    handle: async ({ platform, actor, query }) => {
      requireWholeCompany(actor);
      const { sql } = platform.database;
      const rows = await listRuns(sql, {
        season: query.season ?? null,
        beforeId: idOfCursor(query.cursor),
        limit: query.limit + 1,
      });
      const asked = query.season === undefined ? null : await askedAboutRun(sql, query.season);
      return {
        body: {
          ...pageFrom(rows, query.limit, (run) => [String(run.id)], listedRunJson),
          needsTwo: await runNeedsTwo(sql),
          waiting: asked && askedRunJson(asked),
        },
      };
    },
  }),
  defineRoute({
    method: "get",
    path: "/bill-runs/{id}",
    permission: "bill.run",
    tag,
    summary: "How far a bill run is",
    params: z.strictObject({ id: rowIdIn }),
    response: runOut,
    handle: async ({ platform, actor, params }) => {
      requireWholeCompany(actor);
      const run = await findRun(platform.database.sql, params.id);
      return {
        body: runJson(run ?? fail("bill-run.not-found", "there is no such bill run", { field: "id" })),
      };
    },
  }),
  defineRoute({
    method: "post",
    path: "/seasons/{season}/fall-due",
    permission: "bill.run",
    tag,
    summary: "Make offers into debts whose due day has come; repeating is safe",
    params: z.strictObject({ season: seasonIn }),
    body: z.strictObject({ day: dayIn.optional() }),
    response: z.object({
      season: z.int(),
      day: z.string(),
      bills: z.int(),
      sumFen: fenOut,
      openFen: fenOut,
    }),
    handle: async ({ platform, actor, params, body, requestId }) => {
      const result = await fallDue(platform, {
        actor,
        requestId,
        season: params.season,
        day: optionalDay(body.day),
      });
      return {
        body: {
          season: result.season,
          day: result.day,
          bills: fenJson(result.bills),
          sumFen: fenJson(result.sumFen),
          openFen: fenJson(result.openFen),
        },
      };
    },
  }),
];

// The path with a fixed word stands before the one with a parameter.
export const billRunRoutes: readonly Route[] = [...previewRoutes, ...issueRoutes];
